"""Rebuilding a vector store over HTTP, and the tasks of the worker that its machine calls."""

from functions.ingest.handler import handle, rebuild_tasks
from maru.http import HttpServices
from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.ingest.worker import Worker
from maru.knowledge.rebuild import Machine, Rebuilder
from tests.door import client, key_for
from tests.fakes.documents import DocumentSide, add, caller, new_store
from tests.fakes.runs import Runs
from tests.functions.documents_app import documents_app


def test_the_routes_and_the_workers_tasks(side: DocumentSide, services: HttpServices) -> None:
    store, file_id = new_store(side), add(side, "재시작 방법")["id"]
    attach(side.library, caller(), store, Wanted(file_id))
    side.work()
    runs = Runs()
    app = documents_app(side, services, Machine(runs, "arn:machine"))
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
