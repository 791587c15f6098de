"""A web crawl: from a start page along its links, within the scope and what robots are told, asking again only for what changed."""

import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import unquote, urlsplit

from maru.dynamo import Item
from maru.knowledge.documents import delete_file
from maru.knowledge.sources.fetch import Fetcher, FetchFailed, Page
from maru.knowledge.sources.links import look
from maru.knowledge.sources.scope import Scope
from maru.knowledge.sources.sync import Reader, Sync, SyncFailed, kept

_AT_ONCE = 20
_HTML = ("text/html", "application/xhtml+xml")


def reader(hosts: Sequence[str], fetcher: Callable[[Scope], Fetcher] | None = None) -> Reader:
    """The reader of web sources; ``hosts`` are those that the operator allows."""
    return partial(_portion, hosts=hosts, fetcher=fetcher or (lambda scope: Fetcher(scope.holds)))


def _portion(work: Sync, *, hosts: Sequence[str], fetcher: Callable[[Scope], Fetcher]) -> bool:
    settings = work.source["settings"]
    scope = Scope.of(settings["url"], hosts, settings.get("include") or (), settings.get("exclude") or ())
    if not scope.holds(settings["url"]):
        raise SyncFailed("host_not_allowed")
    fetch = fetcher(scope)
    items = work.library.source_items
    items.await_(work.source_id, settings["url"], run=work.number, depth=0)
    while not work.over:
        waiting = items.awaited(work.source_id, _AT_ONCE)
        if not waiting:
            return True
        for row in waiting:
            _visit(work, scope, fetch, row)
            if work.over or not work.library.sources.note(work.source, counts=work.counts):
                break
    return False


def _visit(work: Sync, scope: Scope, fetch: Fetcher, row: Item) -> None:
    """Read one page, and have its links read after it. Raises SyncFailed where it is the start and cannot be had."""
    url, start = row["item"], work.source["settings"]["url"]
    work.count("pages")
    try:
        if not fetch.permitted(url):
            _leave(work, row, "robots")
            return
        page = fetch.get(url, etag=row.get("etag"), last_modified=row.get("last_modified"))
    except FetchFailed as failure:
        if url == start:
            raise SyncFailed(failure.cause) from None
        # It may be back tomorrow: what is known of it stays, its links too.
        work.count("failed")
        _follow(work, scope, row, _links(row))
        work.library.source_items.done(row, status="failed", error=failure.cause)
        return
    if page.status == 304:
        work.count("unchanged")
        _follow(work, scope, row, _links(row))
        work.library.source_items.done(row, status=row.get("status", "indexed"), error=None)
    elif page.status != 200:
        if url == start:
            raise SyncFailed(f"http_{page.status}")
        work.forget(row)
    else:
        _read(work, scope, row, page)


def _read(work: Sync, scope: Scope, row: Item, page: Page) -> None:
    seen = look(page.body, page.url, page.robots) if page.media_type in _HTML else None
    links = [link for link in seen.links if scope.holds(link)] if seen else []
    _follow(work, scope, row, links)
    packed = zlib.compress(json.dumps(links).encode())
    if seen is not None and not seen.indexed:
        _leave(work, row, "noindex", links=packed)
        return
    name = (
        (seen.title if seen else "") or unquote(urlsplit(row["item"]).path).rstrip("/").rpartition("/")[2] or urlsplit(row["item"]).netloc
    )
    origin = {"kind": "web", "url": row["item"]}
    noted = kept(work, row["item"], page.body, filename=_filename(name), media_type=page.media_type or "text/html", origin=origin)
    known = (
        {"etag": page.etag, "last_modified": page.last_modified} if noted["status"] == "indexed" else {"etag": None, "last_modified": None}
    )
    digest = hashlib.sha256(page.body).hexdigest()
    work.library.source_items.done(row, **noted, **known, links=packed, digest=digest)


def _leave(work: Sync, row: Item, why: str, links: bytes | None = None) -> None:
    """A page that is not to be kept: met, and without a document."""
    if row.get("file_id"):
        file = work.library.files.find(work.source["tenant"], row["file_id"])
        if file is not None:
            delete_file(work.library, file)
            work.count("deleted")
    work.count("skipped")
    gone = {"file_id": None, "etag": None, "last_modified": None, "digest": None}
    work.library.source_items.done(row, status="skipped", error=why, links=links, **gone)


def _follow(work: Sync, scope: Scope, row: Item, links: Sequence[str]) -> None:
    settings = work.source["settings"]
    depth = int(row["depth"]) + 1
    if depth > settings["max_depth"]:
        return
    for link in links:
        if work.counts.get("queued", 1) >= settings["max_pages"]:
            return
        if scope.holds(link) and work.library.source_items.await_(work.source_id, link, run=work.number, depth=depth):
            work.counts["queued"] = work.counts.get("queued", 1) + 1


def _links(row: Item) -> list[str]:
    return list(json.loads(zlib.decompress(row["links"]))) if row.get("links") else []


def _filename(name: str) -> str:
    plain = "".join(one if one.isprintable() else " " for one in name).replace("/", "-")
    return " ".join(plain.split())[:200] or "page"
