"""Rebuilding a vector store over HTTP, and the tasks of the worker that its machine calls."""

from typing import Any

from functions.ingest.handler import handle, rebuild_tasks
from functions.knowledge.app import ROUTERS
from maru.http import HttpServices, create_app
from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.ingest.worker import Worker
from maru.knowledge.rebuild import Machine, Rebuilder
from tests.conftest import BUCKET, MakeTable
from tests.door import client, key_for
from tests.fakes.documents import add, caller, document_side, new_store
from tests.fakes.runs import Runs


def test_the_routes_and_the_workers_tasks(make_table: MakeTable, s3: Any, services: HttpServices) -> None:
    side = document_side(lambda spec: services.tenants._table if spec.name == "tenants" else make_table(spec), s3, BUCKET)
    store, file_id = new_store(side), add(side, "재시작 방법")["id"]
    attach(side.library, caller(), store, Wanted(file_id))
    side.work()
    runs = Runs()
    shared = [side.library, side.retriever, side.searcher, Machine(runs, "arn:machine")]
    app = create_app(title="knowledge", routers=ROUTERS, services=services, collaborators=shared, ready={})
    web, path = client(app, key_for(services)), f"/v1/vector_stores/{store['id']}/rebuild"
    assert web.get(path).status_code == 404
    assert web.post(path, json={"embedding_model": "default"}).status_code in (400, 404)
    assert web.post(path, json={"engine": "nowhere"}).json()["error"]["param"] == "engine"
    begun = web.post(path, json={"embedding_model": "wide"})
    assert begun.status_code == 202
    assert (begun.json()["status"], begun.json()["engine"]) == ("in_progress", "sqlite")
    assert [run["name"] for run in runs.started] == [begun.json()["id"]]
    assert web.post(path, json={}).status_code == 409
    job = {"vector_store_id": store["id"], "rebuild_id": begun.json()["id"]}
    worker = Worker(side.library, side.pipeline, side.worker._door, further=rebuild_tasks(Rebuilder(side.library, side.pipeline)))
    assert handle(worker, side.log, {"task": "rebuild_step", **job}) == {"state": "more"}
    assert handle(worker, side.log, {"task": "rebuild_step", **job}) == {"state": "swapped"}
    assert handle(worker, side.log, {"task": "rebuild_clear", **job}) == {}
    assert handle(worker, side.log, {"task": "rebuild_fail", **job}) == {}
    done = web.get(path).json()
    assert (done["status"], done["files"]) == ("completed", {"done": 1, "total": 1})
    assert web.get(f"/v1/vector_stores/{store['id']}").json()["embedding_model"] == "wide"
    (hit,) = web.post(f"/v1/vector_stores/{store['id']}/search", json={"query": "재시작"}).json()["data"]
    assert (hit["file_id"], hit["vector_store_id"]) == (file_id, store["id"])
    other = client(app, key_for(services, tenant="other"))
    assert other.post(path, json={}).status_code == other.get(path).status_code == 404
