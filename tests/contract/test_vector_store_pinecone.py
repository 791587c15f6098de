"""What only the Pinecone store must do: a namespace a tenant, patience, and rows that Pinecone's own SDK reads and writes."""

import json
import subprocess
import sys

import pytest

from maru.errors import Unavailable
from maru.knowledge.stores.bulk import ATTEMPTS
from maru.knowledge.stores.pinecone import PineconeVectorStore, opener
from maru.knowledge.stores.port import IndexingFailed
from tests.contract.vector_rows import EAST, chunk, files, scope
from tests.engines.wheels import installed
from tests.fakes.pinecone_server import KEY, PineconeServer
from tests.processes import free_port

SDK = "pinecone==10.2.0"
_PROGRAM = """
import json, sys
from pinecone import Pinecone
index = Pinecone(api_key=sys.argv[1], host=sys.argv[2]).Index(host=sys.argv[3])
wanted = {"$and": [{"store": {"$in": ["vs_1"]}}, {"acl": {"$in": ["public"]}}]}
found = index.query(vector=[1.0, 0.0, 0.0, 0.0], top_k=5, namespace=sys.argv[4], filter=wanted, include_metadata=True)
first = found.matches[0]
index.update(filter={"file": {"$eq": "file-2"}}, set_metadata={"acl": ["user:a"]}, namespace=sys.argv[4])
index.upsert(vectors=[("sdk", [1.0, 0.0, 0.0, 0.0], {**first.metadata, "file": "sdk"})], namespace=sys.argv[4])
index.delete(filter={"file": {"$eq": "file-1"}}, namespace=sys.argv[4])
print(json.dumps([[match.id, match.score] for match in found.matches]))
"""


@pytest.fixture
def ready(pinecone: PineconeServer, pinecone_store: PineconeVectorStore) -> PineconeVectorStore:
    pinecone_store.ensure_index(4)
    return pinecone_store


@pytest.mark.live
def test_the_sdk_and_the_adapter_speak_of_the_same_rows(pinecone: PineconeServer, ready: PineconeVectorStore) -> None:
    home = installed("pinecone", SDK, alone=False)
    ready.upsert([chunk("file-1"), chunk("file-2", vector=(0.6, 0.8, 0, 0)), chunk("theirs", tenant="other")])
    (namespace,) = {body["namespace"] for _, path, body in pinecone.requests if path.endswith("/upsert") and len(body["vectors"]) == 2}
    host = pinecone.indexes["maru-4"]["host"]
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, KEY, pinecone.url, host, namespace],
        env={"PYTHONPATH": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert [score for _, score in json.loads(ran.stdout)] == pytest.approx([1.0, 0.6])
    assert files(ready.search_vector(scope(), EAST, 5)) == ["sdk"]
    assert files(ready.search_vector(scope("user:a"), EAST, 5)) == ["file-2"]
    assert files(ready.search_vector(scope(tenant="other"), EAST, 5)) == ["theirs"]


def test_every_call_stays_in_the_tenants_namespace(pinecone: PineconeServer, ready: PineconeVectorStore) -> None:
    ready.upsert([chunk("file-1")])
    ready.set_acl("acme", "vs_1", "file-1", ["user:a"])
    ready.search_vector(scope(), EAST, 5)
    ready.chunks("acme", "vs_1", "file-1", 1)
    ready.delete("acme", "vs_1", "file-1")
    ready.delete_store("acme", "vs_1")
    bodies = [body for _, path, body in pinecone.requests if path.startswith("/data/")]
    assert len(bodies) == 6
    assert len({body["namespace"] for body in bodies}) == 1
    assert "acme" not in json.dumps([body["namespace"] for body in bodies])


def test_a_busy_index_is_offered_fewer_rows_later(pinecone: PineconeServer, ready: PineconeVectorStore) -> None:
    pauses: list[float] = []
    ready.pause = pauses.append
    pinecone.busy = 2
    ready.upsert(chunk(f"f{number}") for number in range(8))
    sizes = [len(body["vectors"]) for _, path, body in pinecone.requests if path.endswith("/upsert")]
    assert sizes == [8, 4, 2, 2, 4]
    assert pauses == [0.2, 0.4]
    assert len(ready.search_vector(scope(), EAST, 50)) == 8
    pinecone.busy = ATTEMPTS
    with pytest.raises(IndexingFailed) as failed:
        ready.upsert([chunk("late")])
    assert failed.value.failures == {"vs_1/1/late_chunk_0": "busy"}


def test_a_wrong_key_and_an_absent_service_are_no_empty_answers(pinecone: PineconeServer) -> None:
    wrong = PineconeVectorStore(opener("wrong"), api=pinecone.url)
    away = PineconeVectorStore(opener(KEY), api=f"http://127.0.0.1:{free_port()}")
    for store in (wrong, away):
        assert not store.ready()
    with pytest.raises(Unavailable):
        away.search_vector(scope(), EAST, 5)


def test_many_pages_of_a_file_are_read(ready: PineconeVectorStore) -> None:
    ready.upsert(chunk("file-1", index=number, total_chunks=55) for number in range(55))
    assert [row.chunk_index for row in ready.chunks("acme", "vs_1", "file-1", 1)] == [*range(55)]
