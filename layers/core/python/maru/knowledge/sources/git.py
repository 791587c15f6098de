"""A Git repository of texts: its present tree, read shallowly over HTTP, each file by the hash that Git gives it."""

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from maru.knowledge.sources.scope import allowed, normal
from maru.knowledge.sources.sync import Reader, Sync, SyncFailed, kept

#: What is taken for a document, by its name's end.
SUFFIXES = (".md", ".markdown", ".mdx", ".txt", ".rst", ".html")
_LARGEST = 8 * 1024 * 1024
_MEDIA = {".md": "text/markdown", ".markdown": "text/markdown", ".mdx": "text/markdown", ".html": "text/html"}


def reader(hosts: Sequence[str]) -> Reader:
    """The reader of Git sources; ``hosts`` are those that the operator allows."""
    return partial(_portion, hosts=hosts)


def _portion(work: Sync, *, hosts: Sequence[str]) -> bool:
    """Every file of the tree that this sync has not met yet. Files that Git gives the hash they had are left as they are."""
    settings = work.source["settings"]
    url = normal(settings["url"])
    if url is None or not allowed(url, hosts):
        raise SyncFailed("host_not_allowed")
    with tempfile.TemporaryDirectory(prefix="maru-git-") as folder:
        commit, files = _tree(url, settings.get("branch"), folder, hosts)
        for path, blob_id, read in files:
            if not _wanted(path, settings):
                continue
            _visit(work, path, blob_id, read, {"kind": "git", "url": url, "path": path, "commit": commit})
            if work.over or not work.library.sources.note(work.source, counts=work.counts):
                return False
    return True


def _visit(work: Sync, path: str, blob_id: str, read: Any, origin: dict[str, str]) -> None:
    items = work.library.source_items
    known = items.find(work.source_id, path)
    if known is not None and int(known["syncs"]) == work.number and not known.get("pending"):
        return  # done before this portion began
    work.count("files")
    row = {"source_id": work.source_id, "item": path}
    if known is not None and known.get("digest") == blob_id and known.get("status") == "indexed":
        work.count("unchanged")
        items.done(row, syncs=work.number)
        return
    body = read()
    if len(body) > _LARGEST:
        work.count("failed")
        items.done(row, syncs=work.number, status="failed", error="too_large", digest=None)
        return
    name = PurePosixPath(path)
    media_type = _MEDIA.get(name.suffix.lower(), "text/plain")
    noted = kept(work, path, body, filename=name.name, media_type=media_type, origin=origin)
    items.done(row, syncs=work.number, digest=blob_id if noted["status"] == "indexed" else None, **noted)


def _wanted(path: str, settings: dict[str, Any]) -> bool:
    inside = path.startswith(tuple(settings.get("include") or ("",)))
    outside = settings.get("exclude") and path.startswith(tuple(settings["exclude"]))
    return inside and not outside and path.lower().endswith(SUFFIXES)


def _tree(url: str, branch: str | None, folder: str, hosts: Sequence[str]) -> tuple[str, Iterator[tuple[str, str, Any]]]:
    """The commit and its files as ``(path, hash, how to read it)``. Raises SyncFailed."""
    from dulwich.client import HttpGitClient
    from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
    from dulwich.repo import Repo
    from urllib3.exceptions import HTTPError

    parts = urlsplit(url)
    wanted: list[bytes] = []

    def choose(refs: Any, *_: Any, **__: Any) -> Any:
        head = refs.get(f"refs/heads/{branch}".encode() if branch else b"HEAD")
        if head is None:
            raise SyncFailed("no_such_branch")
        wanted.append(head)
        return [head]

    connections = _bound(hosts)
    try:
        repository = Repo.init_bare(folder)
        client = HttpGitClient(f"{parts.scheme}://{parts.netloc}", pool_manager=connections, quiet=True)
        client.fetch(parts.path, repository, determine_wants=choose, depth=1)
    except (GitProtocolError, HangupException, NotGitRepository, HTTPError, OSError) as error:
        raise SyncFailed(_cause(connections.refused)) from error
    commit: Any = repository[wanted[0]]
    store: Any = repository.object_store

    def files() -> Iterator[tuple[str, str, Any]]:
        for entry in store.iter_tree_contents(commit.tree):
            # Links and submodules lead out of what was asked for.
            if entry.mode & 0o170000 == 0o100000:
                yield entry.path.decode("utf-8", "replace"), entry.sha.decode(), partial(lambda sha: store[sha].data, entry.sha)

    return wanted[0].decode(), files()


def _cause(refused: int | None) -> str:
    """Why nothing came, by the status with which the server refused; None where it did not answer."""
    if refused is None:
        return "unreachable"
    return "not_found" if refused in {404, 410} else f"http_{refused}"


def _bound(hosts: Sequence[str]) -> Any:
    """Connections that lead nowhere but to the allowed hosts, redirects included. `refused` is the last status from 400 on."""
    import urllib3

    class Bound(urllib3.PoolManager):
        """Asks the list for every address."""

        refused: int | None = None

        def urlopen(self, method: str, url: str, redirect: bool = True, **rest: Any) -> Any:  # type: ignore[override]
            """As urllib3's own, where the host is allowed."""
            plain = normal(url)
            if plain is None or not allowed(plain, hosts):
                raise SyncFailed("redirect_out_of_scope")
            answer = super().urlopen(method, url, redirect=redirect, **rest)
            self.refused = answer.status if answer.status >= 400 else None
            return answer

    return Bound(timeout=30.0, headers={"user-agent": "git/maru"})
