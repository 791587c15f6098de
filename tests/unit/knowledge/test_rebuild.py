"""A vector store's rows built anew while documents come, go and change their rights: searches see nothing of it but the end."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from maru.dynamo import Item
from maru.errors import Conflict, NotFound, Unavailable
from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.documents import delete_file, remove_member
from maru.knowledge.engines import Engines
from maru.knowledge.rebuild import Machine, Rebuilder, begin, rebuild_object
from tests.conftest import BUCKET, MakeTable
from tests.fakes.documents import WIDE, DocumentSide, add, caller, document_side, new_store
from tests.fakes.memory_vector_store import MemoryVectorStore
from tests.fakes.runs import Runs


class Watched(MemoryVectorStore):
    """Calls ``meanwhile`` before each write, as if others were at work."""

    meanwhile: Callable[[], None] | None = None

    def upsert(self, chunks: Any) -> None:
        self._interrupted()
        super().upsert(chunks)
        self._interrupted()

    def _interrupted(self) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
            self.meanwhile = meanwhile


@pytest.fixture
def index() -> Watched:
    return Watched()


@pytest.fixture
def cloud() -> MemoryVectorStore:
    return MemoryVectorStore()


@pytest.fixture
def side(make_table: MakeTable, s3: Any, index: Watched, cloud: MemoryVectorStore) -> DocumentSide:
    engines = Engines({"sqlite": lambda: index, "cloud": lambda: cloud}, "sqlite")
    return document_side(make_table, s3, BUCKET, index=index, engines=engines, step=2)


@pytest.fixture
def runs() -> Runs:
    return Runs()


@pytest.fixture
def store(side: DocumentSide) -> Item:
    return new_store(side, size=200)


def put(side: DocumentSide, store: Item, text: str, acl: Sequence[str] = ("public",)) -> str:
    file = add(side, text, acl=acl)
    attach(side.library, caller(), store, Wanted(file["id"]))
    side.work()
    return str(file["id"])


def start(side: DocumentSide, runs: Runs, store: Item, **changes: str | None) -> str:
    given = {"embedding": None, "engine": None} | changes
    row = begin(side.library, caller(), store["id"], machine=Machine(runs, "arn:machine"), **given)
    return str(row["building"]["id"])


def finish(side: DocumentSide, store: Item, rebuild_id: str, *, most: int = 20) -> list[str]:
    rebuilder = Rebuilder(side.library, side.pipeline)
    states: list[str] = []
    while not states or (states[-1] == "more" and len(states) < most):
        states.append(rebuilder.step(store["id"], rebuild_id))
    return states


async def found(side: DocumentSide, store: Item, query: str, user: str = "minji", *groups: str) -> set[str]:
    return {one.file_id for one in await side.retriever.search(caller(user, *groups), store_ids_or_names=[store["id"]], query=query, k=50)}


async def test_another_embedding_is_built_beside_and_changed_over_at_once(
    side: DocumentSide, runs: Runs, store: Item, index: Watched
) -> None:
    ids = {put(side, store, f"재시작 방법 {number}. " * 30) for number in range(3)}
    before = dict(index.rows)
    rebuild_id = start(side, runs, store, embedding="wide")
    assert runs.started[0]["name"] == rebuild_id
    steps = Rebuilder(side.library, side.pipeline)
    assert steps.step(store["id"], rebuild_id) == "more"
    assert rebuild_object(side.library.stores.get("acme", store["id"]))["files"] == {"done": 3, "total": 3}
    assert {key: row for key, row in index.rows.items() if "~" not in row.vector_store_id} == before
    assert await found(side, store, "재시작 방법") == ids
    assert steps.step(store["id"], rebuild_id) == "swapped"
    row = side.library.stores.get("acme", store["id"])
    assert (row["embedding"], row["generation"]) == ("wide", 2)
    assert await found(side, store, "재시작 방법") == ids
    hits = await side.retriever.search(caller(), store_ids_or_names=[store["id"]], query="재시작", k=3)
    assert {hit.vector_store_id for hit in hits} == {store["id"]}
    assert steps.step(store["id"], rebuild_id) == "swapped", "a step that is called again changes nothing"
    with pytest.raises(Conflict):
        start(side, runs, store)
    steps.clear(store["id"])
    assert {len(one.vector) for one in index.rows.values()} == {WIDE}
    assert await found(side, store, "재시작 방법") == ids
    told = rebuild_object(side.library.stores.get("acme", store["id"]))
    assert (told["status"], told["embedding_model"], told["last_error"]) == ("completed", "wide", None)


async def test_a_store_moves_to_another_engine(
    side: DocumentSide, runs: Runs, store: Item, index: Watched, cloud: MemoryVectorStore
) -> None:
    file_id = put(side, store, "재시작 방법은 안내서에 있습니다.")
    rebuild_id = start(side, runs, store, engine="cloud")
    assert finish(side, store, rebuild_id)[-1] == "swapped"
    Rebuilder(side.library, side.pipeline).clear(store["id"])
    assert index.rows == {}
    assert {row.file_id for row in cloud.rows.values()} == {file_id}
    assert await found(side, store, "재시작") == {file_id}
    assert put(side, store, "재시작 둘째") in await found(side, store, "재시작")


async def test_a_rebuild_that_fails_leaves_the_rows_of_before_in_use(side: DocumentSide, runs: Runs, store: Item, index: Watched) -> None:
    file_id = put(side, store, "재시작 방법은 안내서에 있습니다. " * 20)
    before = dict(index.rows)
    rebuild_id = start(side, runs, store, embedding="wide")
    side.embedder.down = True
    steps = Rebuilder(side.library, side.pipeline)
    with pytest.raises(Unavailable):
        steps.step(store["id"], rebuild_id)
    side.embedder.down = False
    steps.fail(store["id"], rebuild_id)
    assert index.rows == before
    assert await found(side, store, "재시작") == {file_id}
    row = side.library.stores.get("acme", store["id"])
    assert (row["embedding"], rebuild_object(row)["status"]) == ("embedding", "failed")
    assert "id" in rebuild_object(row)["last_error"]["message"]
    assert steps.step(store["id"], rebuild_id) == "over"
    again = start(side, runs, store, embedding="wide")
    assert finish(side, store, again)[-1] == "swapped"
    assert await found(side, store, "재시작") == {file_id}


async def test_what_comes_and_goes_meanwhile_is_there_and_gone_afterwards(side: DocumentSide, runs: Runs, store: Item) -> None:
    stays, leaves, dies = (put(side, store, f"재시작 {name}") for name in ("남는 것", "빠지는 것", "지우는 것"))
    rebuild_id = start(side, runs, store, embedding="wide")
    steps = Rebuilder(side.library, side.pipeline)
    assert steps.step(store["id"], rebuild_id) == "more"
    comes = put(side, store, "재시작 새로 온 것")
    remove_member(side.library, store["id"], leaves)
    delete_file(side.library, side.library.files.row(dies) or {})
    side.work()
    assert finish(side, store, rebuild_id)[-1] == "swapped"
    assert await found(side, store, "재시작") == {stays, comes}
    steps.clear(store["id"])
    assert await found(side, store, "재시작") == {stays, comes}


async def test_a_document_that_goes_while_a_worker_dies_over_it_leaves_nothing(
    side: DocumentSide, runs: Runs, store: Item, index: Watched
) -> None:
    gone = put(side, store, "Pears grow in the north.")
    file = side.library.files.row(gone) or {}
    rebuild_id = start(side, runs, store, embedding="wide")

    def deleted_and_killed() -> None:
        if "deleted" in (side.library.files.row(gone) or {}):
            raise InterruptedError  # behind the write
        delete_file(side.library, file)

    index.meanwhile = deleted_and_killed
    with pytest.raises(InterruptedError):
        finish(side, store, rebuild_id)
    assert any(gone in str(key) for key in index.rows), "written behind the deletion"
    finish(side, store, rebuild_id)
    side.work()
    assert not any(gone in str(key) for key in index.rows)


async def test_a_document_that_was_underway_at_the_swap_is_indexed_again_in_the_new_rows(
    make_table: MakeTable, s3: Any, runs: Runs
) -> None:
    swaps: list[Callable[[], None]] = []

    def parse(source: Any, **known: Any) -> Any:
        from maru.knowledge.parse.limited import parse_limited

        document = parse_limited(source, **known)
        while swaps:
            swaps.pop()()
        return document

    index = MemoryVectorStore()
    side = document_side(make_table, s3, BUCKET, index=index, parse_with=parse, step=2)
    store = new_store(side, size=200)
    first = put(side, store, "재시작 하나")
    rebuild_id = start(side, runs, store, embedding="wide")
    swaps.append(lambda: assert_swapped(side, store, rebuild_id))
    second = put(side, store, "재시작 둘 " * 100)
    assert swaps == []
    assert await found(side, store, "재시작") == {first, second}
    live = [row for row in index.rows.values() if row.file_id == second and "~2" in row.vector_store_id]
    assert {len(row.vector) for row in live} == {WIDE}
    assert len({row.chunk_index for row in live}) == live[0].total_chunks


def assert_swapped(side: DocumentSide, store: Item, rebuild_id: str) -> None:
    assert finish(side, store, rebuild_id)[-1] == "swapped"


def test_one_rebuild_at_a_time_and_only_of_ones_own_store(side: DocumentSide, runs: Runs, store: Item) -> None:
    with pytest.raises(NotFound):
        begin(side.library, caller(tenant="other"), store["id"], embedding=None, engine=None, machine=Machine(runs, "arn"))
    with pytest.raises(NotFound):
        rebuild_object(side.library.stores.get("acme", store["id"]))
    start(side, runs, store)
    with pytest.raises(Conflict) as refused:
        start(side, runs, store)
    assert refused.value.code == "rebuild_running"
    other = new_store(side, "other")
    runs.down = True
    with pytest.raises(Unavailable):
        start(side, runs, other)
    row = side.library.stores.get("acme", other["id"])
    assert (row.get("building"), rebuild_object(row)["status"]) == (None, "failed")
