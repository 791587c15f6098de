"""A wiki as a source, read from a real HTTP server: what comes, changes and goes, robots, limits, a crash midway."""

from collections.abc import Iterator
from typing import Any

import pytest

from maru.errors import BadRequest
from maru.knowledge.ingest.sweep import sweep
from maru.knowledge.paging import Cursor
from maru.knowledge.sources import web
from maru.knowledge.sources.scope import Scope, allowed, check_url, normal
from maru.knowledge.sources.sync import sync
from tests.fakes.documents import DocumentSide, counts, new_store
from tests.fakes.wiki_server import Wiki, wiki
from tests.unit.knowledge.sources import ME, found, run, source, states


@pytest.fixture
def site() -> Iterator[Wiki]:
    with wiki() as one:
        one.page("/docs/", "Apples at home", "a", "b", "/elsewhere", "http://other.invalid/x", "mailto:x@y", "#top")
        one.page("/docs/a", "Pears of the garden", "c", "/docs/")
        one.page("/docs/b", "Plums in jars")
        one.page("/docs/c", "Cherries deep down")
        one.page("/elsewhere", "Not in scope")
        yield one


async def test_a_wiki_is_read_within_its_scope(side: DocumentSide, site: Wiki) -> None:
    store = new_store(side)
    row = source(side, store, "web", f"{site.url}/docs/")
    done = run(side, row)
    assert (done["phase"], done["counts"]["changed"], done.get("last_error")) == ("completed", 4, None)
    assert counts(side, store) == {"completed": 4, "total": 4}
    assert "/elsewhere" not in site.read()
    assert await found(side, store, "cherries") == [f"{site.url}/docs/{name}" for name in ("", "a", "b", "c")]
    (hit,) = await side.retriever.search(ME, store_ids_or_names=[store["id"]], query="cherries deep down", k=1)
    assert (hit.source, hit.attributes) == ("docs-c", {"from": "web"})
    assert hit.origin == {"kind": "web", "url": f"{site.url}/docs/c", "source_id": row["id"]}


async def test_a_wiki_is_followed_in_what_comes_changes_and_goes(side: DocumentSide, site: Wiki) -> None:
    store = new_store(side)
    row = source(side, store, "web", f"{site.url}/docs/")
    run(side, row)
    site.read()
    calls = side.embedder.calls
    again = run(side, row)
    # Nothing changed: no page is sent, and none is paid for.
    assert (site.read(), side.embedder.calls, again["counts"]) == ([], calls, {"pages": 4, "unchanged": 4, "queued": 4})
    site.page("/docs/a", "Pears, now with quinces", "c", "d")
    site.page("/docs/d", "Dates are new")
    del site.pages["/docs/b"]
    changed = run(side, row)
    assert sorted(site.read()) == ["/docs/a", "/docs/d"]
    assert (changed["counts"]["changed"], changed["counts"]["deleted"]) == (2, 1)
    assert states(side, row, f"{site.url}/docs/") == {"": "indexed", "a": "indexed", "c": "indexed", "d": "indexed"}
    assert f"{site.url}/docs/b" not in await found(side, store, "plums in jars")
    # A page that no other leads to any more is gone as well.
    site.page("/docs/a", "Pears alone")
    assert run(side, row)["counts"]["deleted"] == 2
    assert counts(side, store) == {"completed": 2, "total": 2}


async def test_robots_are_obeyed(side: DocumentSide, site: Wiki) -> None:
    store = new_store(side)
    site.robots = "User-agent: *\nDisallow: /docs/b\n"
    site.pages["/docs/a"] = site.pages["/docs/a"].replace("<head>", '<head><meta name="ROBOTS" content="noindex">')
    site.headers["/docs/c"] = {"X-Robots-Tag": "noindex, nofollow"}
    row = source(side, store, "web", f"{site.url}/docs/")
    run(side, row)
    assert states(side, row, f"{site.url}/docs/") == {"": "indexed", "a": "skipped", "b": "skipped", "c": "skipped"}
    assert "/docs/b" not in site.read()
    assert counts(side, store) == {"completed": 1, "total": 1}
    site.robots = "User-agent: MaruBot\nDisallow: /docs/\n"
    run(side, row)
    assert counts(side, store) == {}


@pytest.mark.parametrize("trouble", ["start", "robots", "gone"])
def test_a_wiki_that_is_down_loses_nothing(side: DocumentSide, site: Wiki, trouble: str) -> None:
    store = new_store(side)
    row = source(side, store, "web", f"{site.url}/docs/")
    run(side, row)
    if trouble == "gone":
        del site.pages["/docs/"]
    else:
        site.broken["/docs/" if trouble == "start" else "/robots.txt"] = 503
    failed = run(side, row)
    causes = {"start": "http_503", "robots": "robots_unreachable", "gone": "http_404"}
    assert (failed["phase"], failed["last_error"]) == ("failed", causes[trouble])
    assert counts(side, store) == {"completed": 4, "total": 4}
    site.broken.clear()
    site.page("/docs/", "Apples again", "a", "b")
    assert run(side, row)["phase"] == "completed"


def test_a_page_that_fails_stays_as_it_was(side: DocumentSide, site: Wiki) -> None:
    store = new_store(side)
    row = source(side, store, "web", f"{site.url}/docs/")
    run(side, row)
    site.broken["/docs/a"] = 500
    site.moved["/docs/b"] = "http://169.254.169.254/latest/meta-data/"
    done = run(side, row)
    assert (done["phase"], done["counts"]["failed"]) == ("completed", 2)
    errors = {item["item"].rsplit("/", 1)[-1]: item.get("error") for item in side.library.source_items.of(row["id"])}
    # Page c is reached through a alone, whose links are remembered.
    assert errors == {"": None, "a": "http_500", "b": "redirect_out_of_scope", "c": None}
    assert counts(side, store) == {"completed": 4, "total": 4}


@pytest.mark.parametrize("after", range(1, 4))
def test_a_crawl_goes_on_where_a_worker_died(side: DocumentSide, site: Wiki, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store = new_store(side)
    row = source(side, store, "web", f"{site.url}/docs/")
    visit, left = web._visit, after

    def dying(*given: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        visit(*given)

    readers = {"web": web.reader(side.library.source_hosts)}
    monkeypatch.setattr(web, "_visit", dying)
    with pytest.raises(KeyboardInterrupt):
        sync(side.library, row["id"], readers, log=side.log)
    monkeypatch.setattr(web, "_visit", visit)
    # Nobody else takes it while its lease holds; then the sweep sees that it goes on.
    side.deliver([{"task": "sync", "source_id": row["id"]}])
    side.library.sources._table.set({"id": row["id"]}, {"due": 1})
    side.deliver([{"task": "sweep"}])
    side.work()
    assert side.library.sources.get("acme", row["id"])["phase"] == "completed"
    assert side.library.sources.get("acme", row["id"])["syncs"] == 1
    assert counts(side, store) == {"completed": 4, "total": 4}


def test_a_crawl_that_a_restart_cut_off_goes_on_at_once(side: DocumentSide, site: Wiki) -> None:
    row = source(side, new_store(side), "web", f"{site.url}/docs/")
    side.queue.messages.clear()
    assert side.library.sources.claim(row)  # by a worker that is no more
    assert sweep(side.library) == 0
    assert sweep(side.library, everything=True) == 1
    side.work()
    assert side.library.sources.get("acme", row["id"])["phase"] == "completed"
    assert sweep(side.library, everything=True) == 0


def test_a_crawl_is_done_in_portions(side: DocumentSide, site: Wiki) -> None:
    store = new_store(side)
    row = source(side, store, "web", f"{site.url}/docs/")
    readers = {"web": web.reader(side.library.source_hosts)}
    for _ in range(8):
        sync(side.library, row["id"], readers, log=side.log, seconds=0.001)
    side.queue.messages = [one for one in side.queue.messages if one["task"] != "sync"]
    assert run(side, row)["phase"] == "completed"
    assert counts(side, store) == {"completed": 4, "total": 4}


@pytest.mark.parametrize(
    ("limit", "pages"), [({"max_pages": 2}, 2), ({"max_depth": 1}, 3), ({"max_depth": 0}, 1), ({"exclude": ["{}/docs/a"]}, 2)]
)
def test_a_crawl_keeps_to_its_limits(side: DocumentSide, site: Wiki, limit: dict[str, Any], pages: int) -> None:
    store = new_store(side)
    named = {name: [one.format(site.url) for one in value] if isinstance(value, list) else value for name, value in limit.items()}
    run(side, source(side, store, "web", f"{site.url}/docs/", **named))
    assert counts(side, store)["total"] == pages


def test_a_deleted_source_takes_its_documents_along(side: DocumentSide, site: Wiki) -> None:
    store = new_store(side)
    row = source(side, store, "web", f"{site.url}/docs/")
    run(side, row)
    side.library.sources.bury(row)
    side.deliver([{"task": "purge_source", "source_id": row["id"]}])
    side.work()
    assert counts(side, store) == {}
    assert list(side.library.source_items.of(row["id"])) == []
    assert side.library.sources.list("acme", Cursor()).rows == []


def test_a_schedule_begins_syncs_and_no_other_hosts_are_read(side: DocumentSide, site: Wiki) -> None:
    store = new_store(side)
    row = source(side, store, "web", f"{site.url}/docs/")
    side.library.sources._table.set({"id": row["id"]}, {"minutes": 5, "open": "open", "due": 1})
    side.deliver([{"task": "sweep"}])
    side.work()
    synced = side.library.sources.get("acme", row["id"])
    assert (synced["phase"], synced["open"]) == ("completed", "open")
    assert synced["due"] > synced["ended_at"] + 290
    refused = source(side, store, "web", "http://169.254.169.254/latest/")
    assert run(side, refused)["last_error"] == "host_not_allowed"


@pytest.mark.parametrize(
    ("url", "hosts", "fits"),
    [
        ("http://wiki.corp/a", ("wiki.corp",), True),
        ("http://wiki.corp:8080/a", ("wiki.corp",), False),
        ("http://wiki.corp:8080/a", ("wiki.corp:8080",), True),
        ("http://wiki.corp:8080/a", ("wiki.corp:*",), True),
        ("https://a.wiki.corp/", ("*.corp",), True),
        ("https://corp/", ("*.corp",), False),
        ("https://evilcorp/", ("*.corp",), False),
        ("http://wiki.corp.evil.example/", ("wiki.corp",), False),
        ("http://[::1]/", ("[::1]",), True),
        ("http://127.0.0.1/", (), False),
    ],
)
def test_hosts_are_those_of_the_list(url: str, hosts: tuple[str, ...], fits: bool) -> None:
    assert allowed(url, hosts) is fits


@pytest.mark.parametrize(
    "url", ["ftp://wiki.corp/", "http://me:pw@wiki.corp/", "file:///etc/passwd", "http:///x", "javascript:alert(1)", "http://[bad/"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadRequest):
        check_url(url, ("*",))
    assert normal("#x", "http://a/b#c") == "http://a/b"
    assert not Scope.of("http://a/b/c", ("a",), (), ()).holds("http://a/other")
