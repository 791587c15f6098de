"""Who sees which documents: rights, scopes, and tenants."""

from starlette.testclient import TestClient

from maru.http import App, HttpServices
from tests.door import client, key_for
from tests.fakes.documents import DocumentSide
from tests.functions.documents_app import error, upload


def test_the_passages_of_a_document_are_what_is_searched(web: TestClient, outsider: TestClient, side: DocumentSide) -> None:
    strategy = {"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 0}}
    store = web.post("/v1/vector_stores", json={"name": "rules", "chunking_strategy": strategy}).json()["id"]
    body = "# 휴가\n\n" + "\n\n".join(
        f"제{number}조 연차 휴가는 {number}일이다. 쓰지 않은 휴가는 이월되지 않는다." for number in range(1, 30)
    )
    file = upload(web, body=body, acl='["group:hr"]').json()["id"]
    path = f"/v1/vector_stores/{store}/files/{file}"
    web.post(f"/v1/vector_stores/{store}/files", json={"file_id": file})
    assert error(web.get(f"{path}/chunks"), 409)["code"] == "file_not_ready"
    side.work()
    listed = web.get(f"{path}/chunks").json()
    rendering = web.get(f"/v1/files/{file}/rendering").text
    assert (len(listed["data"]), listed["has_more"]) == (web.get(path).json()["chunks"], False)
    for number, one in enumerate(listed["data"]):
        assert one["text"] == rendering[one["file_start"] : one["file_end"]]
        assert (one["id"], one["chunk_index"], one["total_chunks"]) == (f"{file}_chunk_{number}", number, len(listed["data"]))
    assert listed["data"][1]["headings"] == ["휴가"]
    second = web.get(f"{path}/chunks?limit=1&after=0").json()
    assert (second["data"], second["has_more"]) == ([listed["data"][1]], True)
    hit = web.post(f"/v1/vector_stores/{store}/search", json={"query": "제3조", "max_num_results": 1}).json()["data"][0]
    assert hit["chunk_id"] in {one["id"] for one in listed["data"]}
    error(outsider.get(f"{path}/chunks"), 404)


def test_who_is_not_named_sees_nothing(web: TestClient, outsider: TestClient, side: DocumentSide) -> None:
    store = web.post("/v1/vector_stores", json={"name": "rules"}).json()["id"]
    file = upload(web, acl='["group:hr"]').json()["id"]
    assert web.post(f"/v1/vector_stores/{store}/files", json={"file_id": file}).status_code == 200
    side.work()
    for path in (
        f"/v1/files/{file}",
        f"/v1/files/{file}/content",
        f"/v1/files/{file}/rendering",
        f"/v1/vector_stores/{store}/files/{file}",
    ):
        assert web.get(path).status_code == 200
        error(outsider.get(path), 404)
    error(outsider.get(f"/v1/vector_stores/{store}/files/{file}/content"), 404)
    error(outsider.delete(f"/v1/files/{file}"), 404)
    error(outsider.delete(f"/v1/vector_stores/{store}/files/{file}"), 404)
    error(outsider.post(f"/v1/files/{file}", json={"acl": ["group:sales"]}), 404)
    error(outsider.post(f"/v1/vector_stores/{store}/files", json={"file_id": file}), 404)
    error(outsider.post(f"/v1/vector_stores/{store}/file_batches", json={"file_ids": [file]}), 404)
    assert outsider.get("/v1/files").json()["data"] == []
    assert outsider.get(f"/v1/vector_stores/{store}/files").json()["data"] == []
    assert outsider.post("/v1/vector_stores/rules/search", json={"query": "휴가"}).json()["data"] == []
    assert web.post("/v1/vector_stores/rules/search", json={"query": "휴가"}).json()["data"][0]["file_id"] == file
    changed = web.post(f"/v1/files/{file}", json={"acl": ["group:sales", "group:hr"], "data_class": "customer"}).json()
    assert (changed["acl"], changed["data_class"]) == (["group:sales", "group:hr"], "customer")
    for data_class in ("customer", None):
        # A search reads, and is made anew whatever its key.
        for headers in ({}, {"Idempotency-Key": "once"}):
            found = outsider.post("/v1/vector_stores/rules/search", json={"query": "휴가"}, headers=headers).json()["data"]
            assert [one["data_class"] for one in found] == ([data_class] if data_class else [])
        assert web.post(f"/v1/files/{file}", json={"acl": ["group:hr"]}).status_code == 200


def test_an_admin_changes_rights_of_what_he_does_not_see(app: App, services: HttpServices, web: TestClient) -> None:
    file = upload(web, acl='["user:kim"]').json()["id"]
    error(web.get(f"/v1/files/{file}"), 404)
    admin = client(app, key_for(services, user="root", role="admin"))
    error(admin.get(f"/v1/files/{file}"), 404)
    assert admin.post(f"/v1/files/{file}", json={"acl": ["group:hr"]}).json()["acl"] == ["group:hr"]
    assert web.get(f"/v1/files/{file}").status_code == 200
    error(client(app, key_for(services, tenant="other", role="admin")).post(f"/v1/files/{file}", json={"acl": ["public"]}), 404)


def test_readers_do_not_write(app: App, services: HttpServices, web: TestClient) -> None:
    reader = client(app, key_for(services, role="user"))
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()["id"]
    assert reader.get(f"/v1/vector_stores/{store}").status_code == 200
    error(upload(reader), 403)
    error(reader.post("/v1/vector_stores", json={"name": "s"}), 403)
    error(reader.delete(f"/v1/vector_stores/{store}"), 403)
    error(reader.post("/v1/uploads", json={"filename": "a", "purpose": "assistants", "bytes": 1, "mime_type": "a/b"}), 403)
    error(reader.get("/v1/ingestion/failures"), 403)


def test_another_tenants_objects_are_not_there(app: App, services: HttpServices, web: TestClient) -> None:
    stranger = client(app, key_for(services, tenant="other", user="minji", groups=("hr",)))
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()["id"]
    file = upload(web).json()["id"]
    started = web.post("/v1/uploads", json={"filename": "a", "purpose": "assistants", "bytes": 1, "mime_type": "a/b"}).json()["id"]
    for path in (
        f"/v1/vector_stores/{store}",
        "/v1/vector_stores/s",
        f"/v1/vector_stores/{store}/files",
        f"/v1/files/{file}",
        f"/v1/uploads/{started}",
    ):
        error(stranger.get(path), 404)
    error(stranger.post(f"/v1/vector_stores/{store}/search", json={"query": "a"}), 404)
    error(stranger.post(f"/v1/uploads/{started}/complete", json={"part_ids": []}), 404)
    assert stranger.get("/v1/vector_stores").json()["data"] == []
    assert stranger.get("/v1/files").json()["data"] == []
