"""Sources over HTTP: what is refused and in whose name, what is told of each document, whose they are."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from maru.http import App, HttpServices
from tests.door import answered, client, key_for
from tests.fakes.documents import DocumentSide
from tests.fakes.wiki_server import Wiki, wiki


@pytest.fixture
def web(app: App, services: HttpServices) -> TestClient:
    return client(app, key_for(services, groups=("hr",)))


@pytest.fixture
def site() -> Iterator[Wiki]:
    with wiki() as one:
        one.page("/", "Apples", "/a", "/b")
        one.page("/a", "Pears")
        yield one


def test_a_source_from_its_first_sync_to_its_end(web: TestClient, side: DocumentSide, site: Wiki) -> None:
    store = answered(web.post("/v1/vector_stores", json={"name": "s"}))["id"]
    body = {"kind": "web", "url": site.url, "vector_store_id": "s", "acl": ["group:hr"], "schedule_minutes": 60}
    made = answered(web.post("/v1/sources", json=body))
    assert (made["status"], made["url"], made["vector_store_id"], made["syncs"]) == ("new", f"{site.url}/", store, 0)
    side.work()
    done = answered(web.get(f"/v1/sources/{made['id']}"))
    assert (done["status"], done["counts"]) == ("completed", {"pages": 3, "changed": 2})
    documents = answered(web.get(f"/v1/sources/{made['id']}/documents"))["data"]
    assert [(one["name"].removeprefix(site.url), one["status"]) for one in documents] == [("/", "indexed"), ("/a", "indexed")]
    page = answered(web.get(f"/v1/sources/{made['id']}/documents?limit=1"))
    assert (page["has_more"], len(page["data"])) == (True, 1)
    rest = answered(web.get(f"/v1/sources/{made['id']}/documents?limit=1&after={page['last_id']}"))
    assert (rest["has_more"], rest["data"][0]["name"]) == (False, f"{site.url}/a")
    site.page("/b", "Plums")
    answered(web.post(f"/v1/sources/{made['id']}/sync"))
    side.work()
    assert answered(web.get(f"/v1/vector_stores/{store}"))["file_counts"]["completed"] == 3
    assert [one["id"] for one in answered(web.get("/v1/sources"))["data"]] == [made["id"]]
    answered(web.delete(f"/v1/sources/{made['id']}"))
    side.work()
    assert answered(web.get("/v1/files"))["data"] == []
    answered(web.get(f"/v1/sources/{made['id']}"), 404)


def test_a_source_is_changed_in_schedule_and_scope(
    web: TestClient, app: App, services: HttpServices, side: DocumentSide, site: Wiki
) -> None:
    answered(web.post("/v1/vector_stores", json={"name": "s"}))
    place = answered(web.post("/v1/sources", json={"kind": "web", "url": site.url, "vector_store_id": "s", "max_depth": 0}))["id"]
    side.work()
    changed = answered(web.post(f"/v1/sources/{place}", json={"schedule_minutes": 30, "max_depth": 3, "exclude": [f"{site.url}/b"]}))
    assert (changed["schedule_minutes"], changed["max_depth"], changed["max_pages"]) == (30, 3, 500)
    row = side.library.sources.get("acme", place)
    assert row["due"] > row["ended_at"] + 1_000
    answered(web.post(f"/v1/sources/{place}/sync"))
    side.work()
    documents = answered(web.get(f"/v1/sources/{place}/documents"))["data"]
    assert [one["name"].removeprefix(site.url) for one in documents] == ["/", "/a"]
    assert answered(web.post(f"/v1/sources/{place}", json={"schedule_minutes": None}))["schedule_minutes"] is None
    assert "due" not in side.library.sources.get("acme", place)
    for change in ({"include": ["http://internal.example/"]}, {"branch": "main"}, {"url": site.url}, {"schedule_minutes": 1}):
        assert answered(web.post(f"/v1/sources/{place}", json=change), 400)["error"]["param"] == next(iter(change))
    answered(client(app, key_for(services, tenant="other")).post(f"/v1/sources/{place}", json={"max_depth": 1}), 404)


def test_what_a_caller_may_not_see_of_a_source_is_not_told(
    web: TestClient, app: App, services: HttpServices, side: DocumentSide, site: Wiki
) -> None:
    answered(web.post("/v1/vector_stores", json={"name": "s"}))
    made = answered(web.post("/v1/sources", json={"kind": "web", "url": site.url, "vector_store_id": "s", "acl": ["group:hr"]}))
    side.work()
    colleague = client(app, key_for(services, user="lee", groups=("sales",)))
    assert answered(colleague.get(f"/v1/sources/{made['id']}/documents"))["data"] == []
    stranger = client(app, key_for(services, tenant="other"))
    for call in (stranger.get, stranger.delete):
        answered(call(f"/v1/sources/{made['id']}"), 404)
    answered(stranger.post(f"/v1/sources/{made['id']}/sync"), 404)
    answered(stranger.get(f"/v1/sources/{made['id']}/documents"), 404)
    assert answered(stranger.get("/v1/sources"))["data"] == []
    answered(stranger.post("/v1/sources", json={"kind": "web", "url": site.url, "vector_store_id": made["vector_store_id"]}), 404)


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"url": "http://169.254.169.254/latest/"}, "url"),
        ({"url": "http://internal.example/"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"kind": "ftp"}, "kind"),
        ({"include": ["http://internal.example/"]}, "include"),
        ({"branch": "main"}, "branch"),
        ({"max_pages": 0}, "max_pages"),
        ({"schedule_minutes": 1}, "schedule_minutes"),
        ({"acl": ["hr"]}, "acl"),
        ({"attributes": {"a": []}}, "attributes"),
        ({"data_class": "secret"}, "data_class"),
    ],
)
def test_a_source_that_is_wrong_is_refused_by_name(web: TestClient, change: dict[str, Any], param: str) -> None:
    answered(web.post("/v1/vector_stores", json={"name": "s"}))
    body = {"kind": "web", "url": "http://127.0.0.1:1/", "vector_store_id": "s", **change}
    assert answered(web.post("/v1/sources", json=body), 400)["error"]["param"] == param
