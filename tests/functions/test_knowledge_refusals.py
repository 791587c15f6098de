"""What the document side refuses, and in whose name."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.functions.documents_app import error, upload


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


@pytest.mark.parametrize("name", ["👨‍👩‍👧.txt", "می‌خواهم.txt"])
def test_a_files_name_may_join_its_characters(web: TestClient, name: str) -> None:
    made = web.post("/v1/files", data={"purpose": "assistants"}, files={"file": (name, b"text")})
    assert (made.status_code, made.json()["filename"]) == (200, name)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "query"),
        ({"query": ""}, "query"),
        ({"query": []}, "query"),
        ({"query": "a", "max_num_results": 51}, "max_num_results"),
        ({"query": "a", "max_num_results": 0}, "max_num_results"),
        ({"query": "a", "max_num_results": "5"}, "max_num_results"),
        ({"query": "a", "rewrite_query": "yes"}, "rewrite_query"),
        ({"query": "a", "ranking_options": {"distinct": 1}}, "ranking_options.distinct"),
        ({"query": "a", "top_k": 5}, "top_k"),
        ({"query": "a", "ranking_options": {"rerank": "default"}}, "ranking_options.rerank"),
        ({"query": "a", "ranking_options": {"rerank": "nobody"}}, "ranking_options.rerank"),
        ({"query": "a", "filters": {"type": "like", "key": "a", "value": "b"}}, "filters.type"),
        ({"query": "a", "ranking_options": {"score_threshold": 2}}, "ranking_options.score_threshold"),
        ({"query": "a", "ranking_options": {"hybrid_search": {}}}, "ranking_options.hybrid_search"),
    ],
)
def test_a_search_that_is_wrong_is_refused_by_name(web: TestClient, body: dict[str, Any], param: str) -> None:
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()
    error(web.post(f"/v1/vector_stores/{store['id']}/search", json=body), 404 if "nobody" in str(body) else 400, param)


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("", {"name": "a", "files": []}, "files"),
        ("", {"chunking_strategy": {"type": "semantic"}}, "chunking_strategy.type"),
        ("", {"chunking_strategy": {"type": "heading", "heading": {"size": 9}}}, "chunking_strategy.heading.size"),
        ("", {"expires_after": {"anchor": "created_at", "days": 1}}, "expires_after.anchor"),
        ("", {"expires_after": {"anchor": "last_active_at", "days": "1"}}, "expires_after.days"),
        ("", {"embedding_model": "default"}, "embedding_model"),
        ("/{id}/files", {"file_id": "file-unknown"}, None),
        ("/{id}/files", {"file_id": "file-unknown", "attributes": {"a": []}}, "attributes"),
        ("/{id}/file_batches", {}, "file_ids"),
        ("/{id}/texts", {"id": "a", "text": " \n"}, "text"),
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
