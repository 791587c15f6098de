"""The document side's routes: what they refuse and in whose name, rights and scopes, and what OpenAI's API does not have."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from maru.http import App, HttpServices
from tests.conftest import BUCKET
from tests.door import client, key_for
from tests.fakes.documents import DocumentSide

TEXT = "연차 휴가는 15일이다.\n\nApples grow here."


@pytest.fixture
def web(app: App, services: HttpServices) -> TestClient:
    return client(app, key_for(services, groups=("hr",)))


@pytest.fixture
def outsider(app: App, services: HttpServices) -> TestClient:
    return client(app, key_for(services, user="lee", groups=("sales",)))


def upload(web: TestClient, *, name: str = "휴가 규정.md", body: str = TEXT, **fields: str) -> Any:
    return web.post("/v1/files", files={"file": (name, body.encode(), "text/markdown")}, data={"purpose": "assistants", **fields})


def error(answer: Any, status: int, param: str | None = None) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()["error"]
    assert set(told) == {"message", "type", "param", "code"}
    if param:
        assert told["param"] == param
    return told


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"purpose": "nothing"}, "purpose"),
        ({"acl": "group:hr"}, "acl"),
        ({"acl": "[]"}, "acl"),
        ({"data_class": "secret"}, "data_class"),
        ({"attributes": "[]"}, "attributes"),
        ({"attributes": json.dumps({"a": "b" * 600})}, "attributes"),
        ({"attributes": json.dumps({f"k{n}": "b" * 400 for n in range(4)})}, "attributes"),
        ({"acls": "[]"}, "acls"),
        ({"expires_after[anchor]": "created_at", "expires_after[seconds]": "5"}, "expires_after"),
    ],
)
def test_a_form_that_is_wrong_is_refused_by_name(web: TestClient, fields: dict[str, str], param: str) -> None:
    error(upload(web, **fields), 400, param)


def test_a_form_without_a_file_or_purpose_is_refused(web: TestClient) -> None:
    error(web.post("/v1/files", data={"purpose": "assistants"}), 400, "file")
    error(web.post("/v1/files", files={"file": ("a.txt", b"a")}), 400, "purpose")
    nameless = web.post("/v1/files", data={"purpose": "assistants", "file": "a"})
    error(nameless, 400, "file")
    assert "multipart/form-data" in nameless.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "query"),
        ({"query": ""}, "query"),
        ({"query": []}, "query"),
        ({"query": "a", "max_num_results": 51}, "max_num_results"),
        ({"query": "a", "max_num_results": 0}, "max_num_results"),
        ({"query": "a", "top_k": 5}, "top_k"),
        ({"query": "a", "filters": {"type": "like", "key": "a", "value": "b"}}, "filters.type"),
        ({"query": "a", "ranking_options": {"score_threshold": 2}}, "ranking_options.score_threshold"),
        ({"query": "a", "ranking_options": {"hybrid_search": {}}}, "ranking_options.hybrid_search"),
    ],
)
def test_a_search_that_is_wrong_is_refused_by_name(web: TestClient, body: dict[str, Any], param: str) -> None:
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()
    error(web.post(f"/v1/vector_stores/{store['id']}/search", json=body), 400, param)


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("", {"name": "a", "files": []}, "files"),
        ("", {"chunking_strategy": {"type": "semantic"}}, "chunking_strategy.type"),
        ("", {"chunking_strategy": {"type": "heading", "heading": {"size": 9}}}, "chunking_strategy.heading.size"),
        ("", {"expires_after": {"anchor": "created_at", "days": 1}}, "expires_after.anchor"),
        ("", {"embedding_model": "default"}, "model"),
        ("/{id}/files", {"file_id": "file-unknown"}, None),
        ("/{id}/files", {"file_id": "file-unknown", "attributes": {"a": []}}, "attributes"),
        ("/{id}/file_batches", {}, "file_ids"),
        ("/{id}/file_batches", {"file_ids": ["file-unknown"]}, "file_ids"),
    ],
)
def test_a_store_request_that_is_wrong_is_refused_by_name(web: TestClient, path: str, body: dict[str, Any], param: str | None) -> None:
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()
    answer = web.post(f"/v1/vector_stores{path.format(id=store['id'])}", json=body)
    error(answer, 404 if "file-unknown" in str(body) and param in (None, "file_ids") else 400, param)


def test_lists_refuse_cursors_and_limits_that_are_none(web: TestClient) -> None:
    error(web.get("/v1/vector_stores?limit=101"), 400, "limit")
    error(web.get("/v1/vector_stores?order=up"), 400, "order")
    error(web.get("/v1/vector_stores?after=vs_unknown"), 400, "after")
    error(web.get("/v1/files?after=file-unknown"), 400, "after")


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
    assert outsider.post("/v1/vector_stores/rules/search", json={"query": "휴가"}).json()["data"][0]["data_class"] == "customer"
    assert web.post(f"/v1/files/{file}", json={"acl": ["group:hr"]}).status_code == 200
    assert outsider.post("/v1/vector_stores/rules/search", json={"query": "휴가"}).json()["data"] == []


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


def test_a_rendering_is_text_in_nfc(web: TestClient, side: DocumentSide) -> None:
    import unicodedata

    store = web.post("/v1/vector_stores", json={"name": "s"}).json()["id"]
    file = upload(web, body=unicodedata.normalize("NFD", TEXT)).json()["id"]
    error(web.get(f"/v1/files/{file}/rendering"), 404, "version")
    web.post(f"/v1/vector_stores/{store}/files", json={"file_id": file})
    side.work()
    answer = web.get(f"/v1/files/{file}/rendering?version=1")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == unicodedata.normalize("NFC", answer.text)
    assert "15일" in answer.text
    (hit,) = web.post("/v1/vector_stores/s/search", json={"query": "휴가", "max_num_results": 1}).json()["data"]
    assert answer.text[hit["file_start"] : hit["file_end"]] == hit["content"][0]["text"]
    shaped = web.get(f"/v1/files/{file}/rendering", headers={"accept": "application/json"}).json()
    assert (shaped["text"], shaped["version"]) == (answer.text, 1)
    error(web.get(f"/v1/files/{file}/rendering?version=2"), 404, "version")
    content = web.get(f"/v1/files/{file}/content")
    assert content.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%ED%9C%B4")
    web.delete(f"/v1/files/{file}")
    error(web.get(f"/v1/files/{file}/rendering?version=1"), 404)


def test_an_upload_by_its_address(web: TestClient, side: DocumentSide) -> None:
    body = TEXT.encode()
    asked = {"filename": "a.md", "purpose": "assistants", "bytes": len(body), "mime_type": "text/markdown", "acl": ["group:hr"]}
    made = web.post("/v1/uploads", json=asked).json()
    address = urlsplit(made["upload_url"])
    assert "content-length" in parse_qs(address.query)["X-Amz-SignedHeaders"][0]
    error(web.post(f"/v1/uploads/{made['id']}/complete", json={}), 400, "part_ids")
    key = address.path.removeprefix("/").removeprefix(f"{BUCKET}/")
    side.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    done = web.post(f"/v1/uploads/{made['id']}/complete", json={"part_ids": []}).json()
    assert (done["status"], done["file"]["acl"]) == ("completed", ["group:hr"])
    file = done["file"]["id"]
    error(web.get(f"/v1/files/{file}/content"), 409)
    assert web.post(f"/v1/uploads/{made['id']}/complete", json={"part_ids": []}).json()["file"]["id"] == file
    side.s3.put_object(Bucket=BUCKET, Key="uploads/other/kept", Body=b"")
    side.work()
    assert web.get(f"/v1/files/{file}/content").content == body
    left = side.s3.list_objects_v2(Bucket=BUCKET, Prefix="uploads/")["Contents"]
    assert [one["Key"] for one in left] == ["uploads/other/kept"]


def test_bytes_that_change_after_completion_are_refused(web: TestClient, side: DocumentSide) -> None:
    made = web.post("/v1/uploads", json={"filename": "a.md", "purpose": "assistants", "bytes": 4, "mime_type": "text/markdown"}).json()
    key = f"uploads/{made['id']}/whole"
    side.s3.put_object(Bucket=BUCKET, Key=key, Body=b"good")
    file = web.post(f"/v1/uploads/{made['id']}/complete", json={}).json()["file"]["id"]
    side.s3.put_object(Bucket=BUCKET, Key=key, Body=b"evil")
    side.work()
    assert web.get(f"/v1/files/{file}").json()["status"] == "error"


def test_uploads_have_limits(web: TestClient) -> None:
    asked = {"filename": "a.md", "purpose": "assistants", "bytes": 512 * 1024 * 1024 + 1, "mime_type": "text/markdown"}
    error(web.post("/v1/uploads", json=asked), 413, "bytes")
    made = web.post("/v1/uploads", json=asked | {"bytes": 6_000_000}).json()["id"]
    told = error(web.post(f"/v1/uploads/{made}/parts", files={"data": b"x" * 5_000_000}), 413, "part_size")
    assert "part_size" in told["message"]
    part = web.post(f"/v1/uploads/{made}/parts", files={"data": b"x" * 1000}).json()
    assert part["object"] == "upload.part"
    error(web.post(f"/v1/uploads/{made}/complete", json={"part_ids": [part["id"]]}), 400, "part_ids")
    error(web.post(f"/v1/uploads/{made}/complete", json={"part_ids": [part["id"], part["id"]]}), 400, "part_ids")
    error(web.post(f"/v1/uploads/{made}/complete", json={"part_ids": ["part_unknown"]}), 400, "part_ids")


def test_a_file_that_fails_says_why_and_blocks_nothing(web: TestClient, side: DocumentSide) -> None:
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()["id"]
    bodies = {"empty.txt": "", "broken.pdf": "%PDF-1.7 nothing", "movie.mp4": "\x00\x00\x00 ftypisom", "good.md": TEXT}
    ids = {name: upload(web, name=name, body=body).json()["id"] for name, body in bodies.items()}
    batch = web.post(f"/v1/vector_stores/{store}/file_batches", json={"file_ids": list(ids.values())}).json()["id"]
    side.work()
    found = web.get(f"/v1/vector_stores/{store}/file_batches/{batch}").json()
    assert found["file_counts"] == {"in_progress": 0, "completed": 1, "failed": 3, "cancelled": 0, "total": 4}
    for name, file in ids.items():
        member = web.get(f"/v1/vector_stores/{store}/files/{file}").json()
        if name == "good.md":
            assert (member["status"], member["last_error"]) == ("completed", None)
        else:
            assert member["status"] == "failed"
            assert member["last_error"]["message"]
    movie = web.get(f"/v1/vector_stores/{store}/files/{ids['movie.mp4']}").json()
    assert movie["last_error"]["code"] == "unsupported_file"


def test_an_embedder_that_is_down_is_waited_for(web: TestClient, side: DocumentSide) -> None:
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()["id"]
    file = upload(web).json()["id"]
    web.post(f"/v1/vector_stores/{store}/files", json={"file_id": file})
    side.embedder.down = True
    messages, side.queue.messages = side.queue.messages, []
    assert side.deliver(messages) == []
    assert side.queue.delays[-1] == 10
    assert web.get(f"/v1/vector_stores/{store}/files/{file}").json()["status"] == "in_progress"
    error(web.post("/v1/vector_stores/s/search", json={"query": "휴가"}), 503)
    side.embedder.down = False
    side.work()
    assert web.get(f"/v1/vector_stores/{store}/files/{file}").json()["status"] == "completed"


def test_an_embedder_that_stays_down_fails_the_document(web: TestClient, side: DocumentSide) -> None:
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()["id"]
    file = upload(web).json()["id"]
    web.post(f"/v1/vector_stores/{store}/files", json={"file_id": file})
    side.embedder.down = True
    side.work()
    member = web.get(f"/v1/vector_stores/{store}/files/{file}").json()
    assert member["status"] == "failed"
    assert member["last_error"]["message"] == "The model 'embedding' cannot be reached at present."
    side.embedder.down = False
    assert web.post(f"/v1/vector_stores/{store}/files", json={"file_id": file}).json()["status"] == "in_progress"
    side.work()
    assert web.get(f"/v1/vector_stores/{store}").json()["file_counts"]["completed"] == 1


def test_a_deleted_store_leaves_its_files(web: TestClient, side: DocumentSide) -> None:
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()["id"]
    file = upload(web).json()["id"]
    web.post(f"/v1/vector_stores/{store}/files", json={"file_id": file})
    side.work()
    assert web.delete(f"/v1/vector_stores/{store}").json() == {"id": store, "object": "vector_store.deleted", "deleted": True}
    error(web.get(f"/v1/vector_stores/{store}"), 404)
    error(web.post("/v1/vector_stores/s/search", json={"query": "휴가"}), 404)
    assert side.index.chunks("acme", store, file, 1) != []
    side.work()
    assert side.index.chunks("acme", store, file, 1) == []
    assert web.get(f"/v1/files/{file}").status_code == 200
    assert side.library.files.row(file).get("stores") is None  # type: ignore[union-attr]


def test_files_whose_time_is_over_go(web: TestClient, side: DocumentSide) -> None:
    file = upload(web, **{"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}).json()
    assert file["expires_at"] == file["created_at"] + 3600
    side.deliver([{"task": "sweep"}])
    assert web.get(f"/v1/files/{file['id']}").status_code == 200
    side.library.files.table.set({"id": file["id"]}, {"expires_at": 1})
    side.deliver([{"task": "sweep"}])
    error(web.get(f"/v1/files/{file['id']}"), 404)


def test_without_a_vector_store_files_are_kept_and_stores_refused(app: App, web: TestClient, side: DocumentSide) -> None:
    from dataclasses import replace

    from maru.knowledge.engines import Engines

    bare = replace(side.library, engines=Engines.single(None))
    app.api.state.collaborators[type(bare)] = bare
    file = upload(web).json()["id"]
    assert web.get(f"/v1/files/{file}/content").status_code == 200
    told = error(web.post("/v1/vector_stores", json={"name": "s"}), 400)
    assert told["code"] == "no_vector_store"
    assert web.delete(f"/v1/files/{file}").json()["deleted"]


def test_a_vector_store_names_its_engine(web: TestClient) -> None:
    assert web.post("/v1/vector_stores", json={"name": "s"}).json()["engine"] == "sqlite"
    assert web.post("/v1/vector_stores", json={"name": "s", "engine": "sqlite"}).json()["engine"] == "sqlite"
    told = error(web.post("/v1/vector_stores", json={"name": "s", "engine": "elsewhere"}), 400)
    assert (told["param"], told["code"]) == ("engine", "unknown_engine")
    assert "'sqlite'" in told["message"]


def test_an_idempotency_key_makes_one_file(web: TestClient) -> None:
    sent = {"files": {"file": ("a.md", TEXT.encode())}, "data": {"purpose": "assistants"}, "headers": {"Idempotency-Key": "once"}}
    first, second = (web.post("/v1/files", **sent).json() for _ in range(2))  # type: ignore[arg-type]
    assert first == second
    assert len(web.get("/v1/files").json()["data"]) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/vector_stores", '{"name": "\\ud800"}'),
        ("/v1/vector_stores/s/files", '{"file_id": "\\ud800"}'),
        ("/v1/vector_stores/s/files", '{"file_id": "FILE", "attributes": {"a": 1e300}}'),
        ("/v1/vector_stores/s/files", '{"file_id": "FILE", "attributes": {"a": NaN}}'),
        ("/v1/vector_stores/s/search", '{"query": "\\udc00"}'),
        ("/v1/vector_stores/s/search", '{"query": ' + "[" * 10_000),
        ("/v1/files/FILE", '{"acl": ["group:\\ud800"]}'),
    ],
)
def test_bodies_that_nothing_can_keep_are_refused(web: TestClient, path: str, body: str) -> None:
    web.post("/v1/vector_stores", json={"name": "s"})
    file = upload(web).json()["id"]
    sent = body.replace("FILE", file).encode()
    error(web.post(path.replace("FILE", file), content=sent, headers={"content-type": "application/json"}), 400)


@pytest.mark.parametrize("name", ["x" * 3000, "%00", "%20", "%FF", "-"])
def test_names_that_nothing_has_are_not_there(web: TestClient, name: str) -> None:
    web.post("/v1/vector_stores", json={"name": "s", "file_ids": None, "metadata": None})
    for path in (
        "/v1/files/{}",
        "/v1/vector_stores/{}",
        "/v1/uploads/{}",
        "/v1/vector_stores/s/files/{}",
        "/v1/vector_stores/s/file_batches/{}",
    ):
        error(web.get(path.format(name)), 404)
    error(web.post("/v1/vector_stores/s/files", json={"file_id": ""}), 404)
    error(web.get(f"/v1/vector_stores?after={name}"), 400, "after")


def test_a_search_shows_the_legs_scores_and_a_models_order_on_request(web: TestClient, side: DocumentSide) -> None:
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()["id"]
    for number, text in enumerate(("Apples grow here and there.", "Apples.")):
        file = upload(web, name=f"{number}.md", body=text).json()["id"]
        web.post(f"/v1/vector_stores/{store}/files", json={"file_id": file})
    side.work()

    def asked(**options: Any) -> Any:
        answer = web.post(f"/v1/vector_stores/{store}/search", json={"query": "apples", **options})
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert all("scores" not in hit for hit in asked()["data"])
    plain = asked(include_scores=True)["data"]
    assert all(-1 <= hit["scores"]["vector"] <= 1 and hit["scores"]["text"] > 0 for hit in plain)
    ranked = asked(include_scores=True, ranking_options={"rerank": "ranks"})["data"]
    assert [hit["scores"]["rerank"] for hit in ranked] == [hit["score"] for hit in ranked] == [1.0, 0.5]
    assert ranked[0]["content"][0]["text"] == "Apples."
    off = asked(include_scores=True, ranking_options={"rerank": "ranks", "ranker": "none"})["data"]
    assert off == plain
    error(web.post(f"/v1/vector_stores/{store}/search", json={"query": "a", "ranking_options": {"rerank": "nobody"}}), 404, "model")


def test_a_query_is_rewritten_by_a_model_that_composes(web: TestClient, side: DocumentSide) -> None:
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()["id"]
    path, body = f"/v1/vector_stores/{store}/search", {"query": "그거 며칠이더라?", "rewrite_query": True}
    side.embedder.says = '{"query": "연차  휴가 일수"}'
    assert web.post(path, json=body).json()["search_query"] == ["연차 휴가 일수"]
    asked = side.embedder.asked[-1]
    assert asked["messages"][0]["content"].startswith("대화의 마지막")
    assert asked["messages"][1:] == [{"role": "user", "content": "그거 며칠이더라?"}]
    for unusable in ("연차 휴가", '{"query": ""}', '{"query": 5}', json.dumps({"query": "가" * 501})):
        side.embedder.says = unusable
        assert web.post(path, json=body).json()["search_query"] == ["그거 며칠이더라?"]
    assert web.post(path, json={"query": "apples"}).json()["search_query"] == ["apples"]
