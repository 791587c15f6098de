"""What operators and owners are told of a document that has to be tried again."""

import json
from collections.abc import Iterable
from typing import Any

from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.ingest.ending import MAX_ATTEMPTS
from maru.knowledge.memberships import member_object
from maru.knowledge.stores.port import Chunk, IndexingFailed
from tests.conftest import BUCKET, MakeTable
from tests.fakes.documents import add, caller, document_side, new_store
from tests.fakes.memory_vector_store import MemoryVectorStore


class Busy(MemoryVectorStore):
    """An engine that takes nothing."""

    def upsert(self, chunks: Iterable[Chunk]) -> None:
        """Refuse every row, each with the engine's word for why."""
        raise IndexingFailed({chunk.key: "circuit_breaking_exception" for chunk in chunks})


def test_log_and_state_name_the_chunks_that_an_engine_did_not_take(make_table: MakeTable, s3: Any) -> None:
    side = document_side(make_table, s3, BUCKET, index=Busy())
    store, file = new_store(side), add(side, "Apples.")["id"]
    attach(side.library, caller(), store, Wanted(file))
    side.worker.do(side.queue.messages.pop())
    chunks = [{"chunk_id": f"{file}_chunk_0", "cause": "circuit_breaking_exception"}]
    lines = [json.loads(line) for line in side.lines.getvalue().splitlines()]
    assert [line["chunks"] for line in lines if line.get("message") == "document put off"] == [chunks]
    assert "Apples" not in side.lines.getvalue()
    shown = member_object(side.library.members.get(store["id"], file))
    assert (shown["status"], shown["attempts"], shown["last_error"]["chunks"]) == ("in_progress", 1, chunks)
    while side.queue.messages:
        side.worker.do(side.queue.messages.pop())
    shown = member_object(side.library.members.get(store["id"], file))
    assert (shown["status"], shown["attempts"], shown["last_error"]["chunks"]) == ("failed", MAX_ATTEMPTS, chunks)
    assert shown["last_error"]["cause"] == "upstream_error"
