"""The document side's routes where they have what OpenAI's API does not: renderings, uploads by address, documents that fail, engines."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from maru.http import App
from maru.knowledge import rewriting
from tests.conftest import BUCKET
from tests.fakes.documents import DocumentSide
from tests.functions.documents_app import TEXT, error, upload


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
    error(web.post(f"/v1/vector_stores/{store}/search", json={"query": "a", "ranking_options": {"rerank": "nobody"}}), 404)


def test_a_query_is_rewritten_by_a_model_that_composes(web: TestClient, side: DocumentSide, monkeypatch: pytest.MonkeyPatch) -> None:
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()["id"]
    path, body = f"/v1/vector_stores/{store}/search", {"query": "그거 며칠이더라?", "rewrite_query": True}
    side.embedder.says = '{"query": "연차  휴가 일수"}'
    assert web.post(path, json=body).json()["search_query"] == ["연차 휴가 일수"]
    asked = side.embedder.asked[-1]
    assert asked["messages"][0]["content"].startswith("대화의 마지막")
    assert asked["messages"][1:] == [{"role": "user", "content": "그거 며칠이더라?"}]
    for unusable in (
        "연차 휴가",
        '{"query": ""}',
        '{"query": 5}',
        json.dumps({"query": "가" * 501}),
        r'{"query": "\ud800"}',
        "[" * 200_000,
    ):
        side.embedder.says = unusable
        assert web.post(path, json=body).json()["search_query"] == ["그거 며칠이더라?"]
    assert web.post(path, json={"query": "apples"}).json()["search_query"] == ["apples"]
    side.embedder.says, side.embedder.pause = '{"query": "연차 휴가 일수"}', 600
    monkeypatch.setattr(rewriting, "SECONDS", 0.05)
    assert web.post(path, json=body).json()["search_query"] == ["그거 며칠이더라?"]
