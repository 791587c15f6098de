"""A Git repository as a source, read over its smart protocol from a real server: what comes, changes and goes, a crash midway."""

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from maru.knowledge.sources import git
from maru.knowledge.sources.sync import Sync, sync
from tests.fakes.documents import DocumentSide, counts, new_store
from tests.unit.knowledge.sources import ME, found, run, source, states


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing is logged."""


class Repository:
    """A real repository, written with the git binary and served over Git's smart HTTP protocol."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, ""
        self.requests = 0
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> None:
        identity = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t"}
        subprocess.run(["git", "-C", str(self.folder), *words], check=True, capture_output=True, env={**os.environ, **identity})

    def commit(self, **files: str | None) -> None:
        for name, text in files.items():
            path = self.folder / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink() if text is None else path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    from dulwich.repo import Repo
    from dulwich.server import DictBackend
    from dulwich.web import make_wsgi_chain

    (tmp_path / "repo").mkdir()
    one = Repository(tmp_path / "repo")
    one.commit(docs__a_md="# Apples\n\nApples are red.", docs__b_md="# 배\n\n배는 시원하다.", code_py="print()", other__c_md="# Cherries")
    served: Any = {"/wiki.git": Repo(str(one.folder))}
    chain = make_wsgi_chain(DictBackend(served))

    def counted(environ: Any, start: Any) -> Any:
        one.requests += 1
        return chain(environ, start)

    server = make_server("127.0.0.1", 0, counted, handler_class=Quiet)
    one.url = f"http://127.0.0.1:{server.server_port}/wiki.git"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield one
    server.shutdown()
    server.server_close()
    thread.join()


async def test_a_repository_is_followed_in_what_comes_changes_and_goes(side: DocumentSide, repository: Repository) -> None:
    store = new_store(side)
    row = source(side, store, "git", repository.url)
    done = run(side, row)
    assert (done["phase"], done["counts"]) == ("completed", {"files": 3, "changed": 3})
    assert await found(side, store, "apples red") == ["docs/a.md", "docs/b.md", "other/c.md"]
    (hit,) = await side.retriever.search(ME, store_ids_or_names=[store["id"]], query="배는 시원하다", k=1)
    assert (hit.source, hit.heading) == ("b.md", "배")
    calls = side.embedder.calls
    assert run(side, row)["counts"] == {"files": 3, "unchanged": 3}
    assert side.embedder.calls == calls
    repository.commit(docs__a_md="# Apples\n\nApples are green.", docs__b_md=None, docs__d_md="# Dates")
    changed = run(side, row)
    assert changed["counts"] == {"files": 3, "changed": 2, "unchanged": 1, "deleted": 1}
    assert states(side, row) == {"docs/a.md": "indexed", "docs/d.md": "indexed", "other/c.md": "indexed"}
    (hit,) = await side.retriever.search(ME, store_ids_or_names=[store["id"]], query="apples", k=1)
    assert "green" in hit.text


def test_a_repository_within_folders_and_branches(side: DocumentSide, repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "next")
    repository.commit(docs__e_md="# Elder")
    repository.git("checkout", "-q", "main")
    store = new_store(side)
    row = source(side, store, "git", repository.url, branch="next", include=["docs/"], exclude=["docs/b"])
    run(side, row)
    assert set(states(side, row)) == {"docs/a.md", "docs/e.md"}
    missing = run(side, source(side, store, "git", repository.url, branch="nowhere"))
    assert (missing["phase"], missing["last_error"]) == ("failed", "no_such_branch")
    gone = run(side, source(side, store, "git", repository.url.replace("wiki", "none")))
    assert gone["last_error"] == "not_found"
    assert git._cause(None) == "unreachable"
    assert git._cause(403) == "http_403"
    assert run(side, source(side, store, "git", "https://git.invalid/x"))["last_error"] == "host_not_allowed"


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_repository_sync_goes_on_where_a_worker_died(
    side: DocumentSide, repository: Repository, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = new_store(side)
    row = source(side, store, "git", repository.url)
    keep, left = Sync.keep, after

    def dying(*given: Any, **named: Any) -> tuple[str, bool]:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return keep(*given, **named)

    monkeypatch.setattr(Sync, "keep", dying)
    with pytest.raises(KeyboardInterrupt):
        sync(side.library, row["id"], {"git": git.reader(side.library.source_hosts)}, log=side.log)
    monkeypatch.setattr(Sync, "keep", keep)
    side.library.sources._table.set({"id": row["id"]}, {"due": 1})
    side.deliver([{"task": "sweep"}])
    side.work()
    assert side.library.sources.get("acme", row["id"])["phase"] == "completed"
    assert counts(side, store) == {"completed": 3, "total": 3}
