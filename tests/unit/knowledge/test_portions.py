"""Very large documents: done in portions, none of which counts as a failed attempt, with others' documents in between."""

from typing import Any

import pytest

from maru.knowledge.attaching import Wanted, attach
from tests.fakes.documents import DocumentSide, add, caller, counts, new_store


async def test_a_large_document_is_done_in_portions(side: DocumentSide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side.pipeline, "_portion_s", 0.0)
    store = new_store(side, size=100)
    # More portions than a document has attempts.
    large = add(side, "\n\n".join(f"Apples of kind {n} grow in the garden of house {n}, {'and more' * 5}." for n in range(40)))["id"]
    attach(side.library, caller(), store, Wanted(large))
    message: Any = side.queue.messages[0]
    side.queue.messages = []
    delivered, seen = 0, set()
    while message is not None:
        side.deliver([message])
        delivered += 1
        member: Any = side.library.members.get(store["id"], large)
        seen.add(member["attempts"])
        message = side.queue.messages.pop() if side.queue.messages else None
        if delivered == 3:
            small = add(side, "Pears.", "pears.md")["id"]
            attach(side.library, caller(), store, Wanted(small))
            # What the small one's message would find waits behind no portion of the large one.
            side.deliver([side.queue.messages.pop()])
            assert side.library.members.get(store["id"], small)["status"] == "completed"
    assert delivered > 10
    assert seen <= {0, 1}
    assert counts(side, store) == {"completed": 2, "total": 2}
    member = side.library.members.get(store["id"], large)
    rows = side.index.chunks("acme", store["id"], large, 1, limit=1000)
    assert (len(rows), [row.chunk_index for row in rows]) == (member["chunks"], list(range(member["chunks"])))
