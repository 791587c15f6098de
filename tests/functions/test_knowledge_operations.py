"""Running the document side over HTTP: bare texts, retries, imports, dead letters, and whose turn it is."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from maru.http import App, HttpServices
from maru.knowledge.attaching import Wanted, attach_batch
from tests.door import answered, client, key_for
from tests.fakes.documents import DOOR, DocumentSide, add, caller, counts, new_store


@pytest.fixture
def web(app: App, services: HttpServices) -> TestClient:
    return client(app, key_for(services, groups=("hr",)))


@pytest.fixture
def store(web: TestClient) -> str:
    return f"/v1/vector_stores/{web.post('/v1/vector_stores', json={'name': 's'}).json()['id']}"


def hits(web: TestClient, store: str, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answered(web.post(f"{store}/search", json={"query": query}))["data"]
    return found


def test_a_text_is_indexed_under_the_callers_own_id(web: TestClient, side: DocumentSide, store: str) -> None:
    text = {"id": "faq:17", "text": "연차 휴가는 15일이다.", "title": "휴가", "attributes": {"year": 2024}, "acl": ["group:hr"]}
    made = answered(web.post(f"{store}/texts", json=text))
    assert (made["object"], made["id"], made["status"], made["attempts"]) == ("vector_store.text", "faq:17", "in_progress", 0)
    side.work()
    told = answered(web.get(f"{store}/texts/faq:17"))
    assert (told["status"], told["version"], told["chunks"], told["chunks_indexed"], told["attempts"]) == ("completed", 1, 1, 1, 1)
    (hit,) = hits(web, store, "연차 휴가")
    assert (hit["filename"], hit["attributes"], hit["origin"]) == ("휴가", {"year": 2024}, {"kind": "text", "id": "faq:17"})
    assert hit["content"][0]["text"] == text["text"]


def test_the_same_text_again_costs_nothing_another_is_a_new_version(web: TestClient, side: DocumentSide, store: str) -> None:
    text = {"id": "a", "text": "Apples grow here.", "acl": ["group:hr"]}
    answered(web.post(f"{store}/texts", json=text))
    side.work()
    calls = side.embedder.calls
    assert answered(web.post(f"{store}/texts", json=text))["status"] == "completed"
    assert (side.work(), side.embedder.calls) == (0, calls)
    # What is not said stays as it is: the rights do.
    answered(web.post(f"{store}/texts", json={"id": "a", "text": "Pears grow here."}))
    assert [hit["content"][0]["text"] for hit in hits(web, store, "grow")] == ["Apples grow here."]
    side.work()
    assert [hit["content"][0]["text"] for hit in hits(web, store, "grow")] == ["Pears grow here."]
    file = side.library.files.find("acme", answered(web.get(f"{store}/texts/a"))["file_id"])
    assert file is not None
    assert (file["acl"], file["version"]) == (["group:hr"], 2)
    answered(web.post(f"{store}/texts", json={**text, "text": "Pears grow here.", "acl": ["user:nobody"]}))
    assert hits(web, store, "grow") == []


def test_a_text_that_is_deleted_is_gone_and_may_come_back(web: TestClient, side: DocumentSide, store: str) -> None:
    text = {"id": "a", "text": "Apples grow here."}
    answered(web.post(f"{store}/texts", json=text))
    side.work()
    assert answered(web.delete(f"{store}/texts/a")) == {"id": "a", "object": "vector_store.text.deleted", "deleted": True}
    assert hits(web, store, "apples") == []
    answered(web.get(f"{store}/texts/a"), 404)
    answered(web.post(f"{store}/texts", json=text))
    side.work()
    assert len(hits(web, store, "apples")) == 1


def test_nobody_writes_over_a_text_that_they_may_not_see(web: TestClient, app: App, services: HttpServices, store: str) -> None:
    answered(web.post(f"{store}/texts", json={"id": "a", "text": "x", "acl": ["group:hr"]}))
    other = client(app, key_for(services, user="lee", groups=("sales",)))
    assert answered(other.post(f"{store}/texts", json={"id": "a", "text": "y"}), 404)["error"]["param"] == "id"
    answered(other.get(f"{store}/texts/a"), 404)
    answered(other.delete(f"{store}/texts/a"), 404)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"id": "", "text": "x"}, "id"),
        ({"id": "a/b", "text": "x"}, "id"),
        ({"id": "a"}, "text"),
        ({"id": "a", "text": ""}, "text"),
        ({"id": "a", "text": "x", "acl": []}, "acl"),
        ({"id": "a", "text": "x", "attributes": {"a": []}}, "attributes"),
        ({"id": "a", "text": "x", "data_class": "secret"}, "data_class"),
        ({"id": "a", "text": "x", "file_id": "f"}, "file_id"),
    ],
)
def test_a_text_that_is_wrong_is_refused_by_name(web: TestClient, store: str, body: dict[str, Any], param: str) -> None:
    assert answered(web.post(f"{store}/texts", json=body), 400)["error"]["param"] == param


def test_what_failed_tells_its_cause_and_is_tried_again(web: TestClient, side: DocumentSide, store: str) -> None:
    files = [add(side, "Apples.", f"{n}.md", acl=("group:hr",))["id"] for n in range(2)]
    bad = add(side, "\x00\x01\x02PK", "x.docx")["id"]
    side.embedder.down = True
    for file in (*files, bad):
        answered(web.post(f"{store}/files", json={"file_id": file}))
    side.work()
    told = answered(web.get(f"{store}/files/{files[0]}"))
    assert (told["status"], told["attempts"], told["last_error"]["cause"]) == ("failed", 8, "model_unavailable")
    side.embedder.down = False
    assert answered(web.post(f"{store}/files/{files[0]}/retry"))["status"] == "in_progress"
    assert answered(web.post(f"{store}/files/{files[0]}/retry"), 409)["error"]["code"] == "not_failed"
    assert answered(web.post(f"{store}/retry"))["retried"] == 2
    side.work()
    assert answered(web.get(store))["file_counts"] == {"in_progress": 0, "completed": 2, "failed": 1, "cancelled": 0, "total": 3}
    assert answered(web.get(f"{store}/files/{bad}"))["last_error"]["code"] in {"invalid_file", "unsupported_file"}


def test_a_prefix_is_imported_by_one_call_that_may_be_repeated(web: TestClient, side: DocumentSide, store: str) -> None:
    prefix = f"acme/{store.rsplit('/', 1)[-1]}"
    names = [f"old/보고서 {n}.md" for n in range(5)]
    for name in (*names, "new/late.md", "old/"):
        body = b"" if name.endswith("/") else b"Figs grow there." if "late" in name else b"Apples grow here."
        side.s3.put_object(Bucket=DOOR, Key=f"{prefix}/{name}", Body=body)
    side.s3.put_object(Bucket=DOOR, Key=f"{prefix}/{names[0]}.maru.json", Body=b'{"acl": ["group:hr"]}')
    made = answered(web.post(f"{store}/imports", json={"prefix": "old/"}))
    side.work()
    done = answered(web.get(f"{store}/imports/{made['id']}"))
    assert (done["status"], done["counts"]) == ("completed", {"objects": 5, "queued": 5, "skipped": 0})
    assert answered(web.get(store))["file_counts"]["completed"] == 5
    calls = side.embedder.calls
    again = answered(web.post(f"{store}/imports", json={}))
    side.work()
    counted = answered(web.get(f"{store}/imports/{again['id']}"))["counts"]
    assert (counted, side.embedder.calls) == ({"objects": 6, "queued": 1, "skipped": 5}, calls + 1)
    side.s3.put_object(Bucket=DOOR, Key=f"{prefix}/{names[1]}", Body=b"Pears.")
    answered(web.post(f"{store}/imports", json={}))
    side.work()
    assert next(hit["filename"] for hit in hits(web, store, "pears")) == "보고서 1.md"


def test_an_import_goes_on_where_it_was_cut_off(side: DocumentSide) -> None:
    from maru.knowledge import jobs
    from maru.knowledge.ingest.importing import import_page

    store = new_store(side)
    for number in range(7):
        side.s3.put_object(Bucket=DOOR, Key=f"acme/{store['id']}/{number}.md", Body=b"Apples.")
    row = side.library.imports.create(tenant="acme", store_id=store["id"], prefix=f"acme/{store['id']}/")
    import_page(side.library, row["id"], page=3)
    first = [message for message in side.queue.messages if message != jobs.import_page(row["id"])]
    assert len(first) == 3
    # The worker died before the note of the first page was written: the page comes again, and counts once.
    side.library.imports._table.set({"id": row["id"]}, {"seen_to": "", "objects": 0, "queued": 0})
    for _ in range(3):
        import_page(side.library, row["id"], page=3)
    side.work()
    assert side.library.imports.get("acme", store["id"], row["id"])["objects"] == 7
    assert counts(side, store) == {"completed": 7, "total": 7}


def test_dead_letters_are_counted_and_put_back(app: App, services: HttpServices, web: TestClient, side: DocumentSide) -> None:
    operator = client(app, key_for(services, role="operator"))
    side.queue.dead = [{"task": "sweep", "n": n} for n in range(25)]
    assert answered(operator.get("/v1/ingestion/dead_letters"))["count"] == 25
    assert answered(operator.post("/v1/ingestion/dead_letters/redrive", json={"limit": 12}))["moved"] == 12
    assert (len(side.queue.dead), len(side.queue.messages)) == (13, 12)
    assert answered(operator.post("/v1/ingestion/dead_letters/redrive", json={}))["moved"] == 13
    answered(web.get("/v1/ingestion/dead_letters"), 403)
    answered(web.post("/v1/ingestion/dead_letters/redrive", json={}), 403)


def test_one_tenants_flood_does_not_hold_up_anothers_document(side: DocumentSide) -> None:
    flood, single = new_store(side, "flood"), new_store(side, "single", tenant="other")
    many = [add(side, f"Apples {n}.", f"{n}.md")["id"] for n in range(40)]
    attach_batch(side.library, caller(), flood, [Wanted(file) for file in many])
    one = add(side, "Pears.", "one.md", tenant="other")["id"]
    attach_batch(side.library, caller(tenant="other"), single, [Wanted(one)])
    messages, side.queue.messages = side.queue.messages, []
    assert len(messages) == 41
    for message in messages[:2]:
        assert side.deliver([message]) == []
    assert counts(side, single) == {"completed": 1, "total": 1}
    for message in messages[2:]:
        assert side.deliver([message]) == []
    # Every message did one document's work: none was left out for the other's sake.
    assert counts(side, flood) == {"completed": 40, "total": 40}
    assert side.queue.messages == []
    assert all(json.dumps(row.get("attempts")) == "1" for row in side.library.members.of_store(flood["id"]))
