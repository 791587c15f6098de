"""What operators are told of a document that has to be tried again."""

import json
from collections.abc import Iterable
from typing import Any

from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.stores.port import Chunk, IndexingFailed
from tests.conftest import BUCKET, MakeTable
from tests.fakes.documents import add, caller, document_side, new_store
from tests.fakes.memory_vector_store import MemoryVectorStore


class Busy(MemoryVectorStore):
    """An engine that takes nothing."""

    def upsert(self, chunks: Iterable[Chunk]) -> None:
        """Refuse every row, each with the engine's word for why."""
        raise IndexingFailed({chunk.key: "circuit_breaking_exception" for chunk in chunks})


def test_the_log_names_the_chunks_that_an_engine_did_not_take(make_table: MakeTable, s3: Any) -> None:
    side = document_side(make_table, s3, BUCKET, index=Busy())
    store, file = new_store(side), add(side, "Apples.")["id"]
    attach(side.library, caller(), store, Wanted(file))
    side.worker.do(side.queue.messages.pop())
    lines = [json.loads(line) for line in side.lines.getvalue().splitlines()]
    (told,) = [line["chunks"] for line in lines if line.get("message") == "document put off"]
    assert told == {f"{store['id']}/1/{file}_chunk_0": "circuit_breaking_exception"}
    assert "Apples" not in side.lines.getvalue()
