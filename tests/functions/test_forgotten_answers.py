"""Kept answers go with the documents that they were made of, whatever takes these away and whenever the work is cut off."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest

from maru.cache.entries import EntryStore, gone, of
from maru.cache.forgetting import Forgetting
from maru.cache.idempotent import IdempotencyStore, Shown, StoredAnswer
from maru.cache.question import Question
from maru.cache.responses import ResponseCache
from maru.cache.rules import Rules
from maru.cache.wanted import Wanted
from maru.dynamo import Item, Table
from maru.errors import Conflict
from maru.knowledge.arrivals import Event, depart, padded
from maru.knowledge.attaching import Wanted as Attached
from maru.knowledge.attaching import attach
from maru.knowledge.blobs import Blob, Blobs
from maru.knowledge.documents import delete_file, purge_file, remove_member
from maru.knowledge.engines import Engines
from maru.knowledge.rights import FileVersion
from maru.models.catalogue import Catalogue
from maru.telemetry import Telemetry
from tests.caching import cache_on
from tests.conftest import BUCKET, MakeTable
from tests.fakes.documents import DOOR, DocumentSide, add, caller, document_side, new_store
from tests.unit.knowledge.test_ingest_door import Door

TEXT = "연차는 15일입니다.".encode()
#: So often it takes more than a row holds.
LARGE = 20_000
COMPLETION = {"choices": [{"finish_reason": "stop", "message": {"content": "연차는 15일입니다 [1]."}}]}


class _OneVector:
    """Models and their meter for a cache: every text has the same vector."""

    def __init__(self) -> None:
        target = {"model": "m", "base_url": "http://localhost"}
        entries: list[dict[str, Any]] = [
            {"alias": "default", "kind": "chat", "targets": [target]},
            {"alias": "embedding", "kind": "embeddings", "languages": ["ko"], "targets": [target]},
        ]
        self.catalogue = Catalogue({"models": entries}, {})
        self.vectors = [[1.0, 0.0]]

    async def embed(self, *_: Any, **__: Any) -> "_OneVector":
        return self


@dataclass
class Caching:
    """A document side, and the cache of the answers that are made of it."""

    side: DocumentSide
    cache: ResponseCache
    alias: Any
    given: IdempotencyStore

    def question(self, *files: str, text: str = "연차 휴가는 며칠인가요?", version: int = 1) -> Question:
        passages = tuple(f"{file}/{version}/{file}_chunk_0/x" for file in files)
        return Question(caller(), self.alias, {}, text, agent="hr@1", passages=passages, files=tuple((file, version) for file in files))

    def give(self, key: str, *versions: FileVersion, size: int = 10) -> None:
        """Answer a request with an Idempotency-Key."""
        assert self.given.begin(key, "asked", "acme", "minji") is None
        self.end(key, *versions, size=size)

    def end(self, key: str, *versions: FileVersion, size: int = 10) -> None:
        answer = StoredAnswer(200, [], TEXT * size, frozenset(versions))
        self.given.finish(key, answer, Shown(self.side.library.answers._table, "acme"))

    def gives(self, key: str) -> bool:
        """Whether a repeated request gets its answer; False where it is told that this shows what is gone."""
        try:
            return self.given.begin(key, "asked", "acme", "minji") is not None
        except Conflict as refused:
            return bool(refused.code != "idempotent_answer_withheld")

    def texts(self) -> int:
        """How many answers lie in the table of kept ones and in S3, in whatever version."""
        rows = boto3.client("dynamodb").scan(TableName=IdempotencyStore.SPEC.name)["Items"]
        objects = self.side.s3.list_object_versions(Bucket=BUCKET, Prefix=IdempotencyStore.PREFIX)
        assert not objects.get("DeleteMarkers")
        return sum("body" in row.get("answer", {}).get("M", {}) for row in rows) + len(objects.get("Versions", []))

    async def keep(self, question: Question) -> None:
        lookup = await self.cache.look(question, Wanted("semantic"))
        assert lookup.found is None
        await lookup.keep(COMPLETION, model="m", usage=None, cost_usd=None)

    async def finds(self, question: Question) -> bool:
        return (await self.cache.look(question, Wanted("semantic"))).found is not None

    def left(self, file_id: str) -> list[str]:
        """Rows of the cache and of its vectors that hold something made of the file."""
        rows = boto3.client("dynamodb").scan(TableName=EntryStore.SPEC.name)["Items"]
        of_file = [row["id"]["S"] for row in rows if row["id"]["S"].startswith(of(file_id))]
        keys = {self.question(file_id).key}
        entries = [row["id"]["S"] for row in rows if row["id"]["S"].removeprefix("entry#") in keys]
        vectors = [key for key in self.side.index.rows if any(one in str(key) for one in keys)]  # type: ignore[attr-defined]  # the fake tells its rows
        return of_file + entries + [str(one) for one in vectors]


@pytest.fixture
def caching(make_table: MakeTable, s3: Any) -> Caching:
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    side = document_side(make_table, s3, BUCKET)
    models: Any = _OneVector()
    cache = cache_on(boto3.client("dynamodb"), models, models, Telemetry("test", stream=io.StringIO()), rules=Rules(), index=side.index)
    given = IdempotencyStore(make_table(IdempotencyStore.SPEC), Blobs(s3, BUCKET))
    return Caching(side, cache, models.catalogue.find("default", "chat"), given)


def placed(caching: Caching, body: str = "연차 휴가는 15일이다.") -> tuple[Item, Item]:
    """A document in a store of its own, indexed."""
    store, file = new_store(caching.side), add(caching.side, body)
    attach(caching.side.library, caller(), store, Attached(file["id"]))
    caching.side.work()
    return store, caching.side.library.files.row(file["id"]) or {}


def deleted(side: DocumentSide, _: Item, file: Item) -> None:
    delete_file(side.library, file)


def taken_out(side: DocumentSide, store: Item, file: Item) -> None:
    remove_member(side.library, store["id"], file["id"])


def with_its_store(side: DocumentSide, store: Item, _: Item) -> None:
    side.library.stores.bury(store)
    assert side.deliver([{"task": "purge_store", "vector_store_id": store["id"]}]) == []


@pytest.mark.parametrize("going", [deleted, taken_out, with_its_store])
async def test_answers_go_with_their_document_and_others_stay(caching: Caching, going: Callable[[DocumentSide, Item, Item], None]) -> None:
    store, file = placed(caching)
    mine, other = caching.question(file["id"]), caching.question("file-other")
    for one in (mine, other):
        await caching.keep(one)
    assert len(caching.left(file["id"])) == 3, "the answer, what it was made of, and its question's vector"
    for key, size, shown in (("small", 1, file["id"]), ("large", LARGE, file["id"]), ("theirs", LARGE, "file-other")):
        caching.give(key, (shown, 1), ("file-beside", 1), size=size)
    caching.give("plain")
    going(caching.side, store, file)
    assert caching.left(file["id"]) == []
    assert [caching.gives(key) for key in ("small", "large", "theirs", "plain")] == [False, False, True, True]
    assert caching.texts() == 2, "of the two that show other documents or none"
    assert await caching.finds(other)
    assert not await caching.finds(mine)


async def test_an_answer_that_is_being_written_is_not_kept_when_its_document_is_gone(caching: Caching) -> None:
    _, file = placed(caching)
    question = caching.question("file-other", file["id"])
    lookup = await caching.cache.look(question, Wanted("semantic"))
    delete_file(caching.side.library, file)
    await lookup.keep(COMPLETION, model="m", usage=None, cost_usd=None)
    assert not await caching.finds(question)
    assert caching.left(file["id"]) == []
    # An object that is put again at the S3 door is the same file: its answers are kept once those under way have ended.
    table = Table(boto3.client("dynamodb"), EntryStore.SPEC.name, EntryStore.SPEC)
    key = {"tenant": "acme", "id": gone(file["id"])}
    assert (table.get(key) or {})["expires_at"] > time.time() + 15 * 60, "longer than a function runs"
    table.set(key, {"expires_at": int(time.time()) - 1})
    await caching.keep(question)
    assert await caching.finds(question)


async def test_what_was_made_of_an_overwritten_version_is_kept_no_longer(caching: Caching) -> None:
    door = Door(caching.side)
    door.deliver(door.put("Apples."))
    old, new = (caching.question(door.file_id, version=version) for version in (1, 2))
    await caching.keep(old)
    caching.give("read", (door.file_id, 1))
    late = await caching.cache.look(replace(old, text="연차 이월"), Wanted("semantic"))
    door.deliver(door.put("Pears."))
    await late.keep(COMPLETION, model="m", usage=None, cost_usd=None)
    assert caching.left(door.file_id) == [of(door.file_id, "read")], "neither what lay there nor what was being written"
    assert caching.gives("read"), "its version may be read still"
    await caching.keep(new)
    assert await caching.finds(new)
    door.deliver(door.remove())
    assert (caching.left(door.file_id), caching.gives("read")) == ([], False)


async def test_what_is_put_again_before_its_deletion_came_to_its_end_shows_nothing_of_before(caching: Caching) -> None:
    door, library = Door(caching.side), caching.side.library
    door.deliver(door.put("Apples."))
    caching.give("before", (door.file_id, 1))
    caching.side.deliver([door.put("Pears.")])  # not ingested yet
    row = library.files.row(door.file_id) or {}
    removed = door.remove()["detail"]["object"]
    depart(library.files, Event("acme", door.store["id"], Blob(DOOR, door.key), padded(removed["sequencer"])))  # and killed there
    door.deliver(door.put("Plums."))
    assert (door.file["version"], door.file["first_version"]) == (3, 3), row
    assert not caching.gives("before")
    assert caching.texts() == 0
    assert [library.renderings.load("acme", door.file_id, version) is not None for version in (1, 2, 3)] == [False, False, True]


def test_an_answer_that_ends_after_its_document_went_leaves_that_it_was_given(caching: Caching) -> None:
    file = add(caching.side, "문서")
    for key in ("small", "large"):
        assert caching.given.begin(key, "asked", "acme", "minji") is None
    delete_file(caching.side.library, file)
    for key, size in (("small", 1), ("large", LARGE)):
        caching.end(key, (file["id"], 1), size=size)
    assert [caching.gives(key) for key in ("small", "large")] == [False, False]
    assert caching.texts() == 0


def test_an_answer_of_too_many_documents_is_given_once(caching: Caching) -> None:
    for key, many in (("few", 49), ("many", 50)):
        caching.give(key, *((f"file-{number}", version) for number in range(many) for version in (1, 2)))
    assert [caching.gives(key) for key in ("few", "many")] == [True, False]


class _Killed(Exception):
    """The process dies."""


class _Mortal:
    """What works until its steps are used up."""

    def __init__(self, of: Any, steps: list[int]) -> None:
        self._of, self._steps = of, steps

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._of, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            if not self._steps[0]:
                raise _Killed
            self._steps[0] -= 1
            return called(*args, **kwargs)

        return call


async def test_forgetting_that_is_killed_between_any_two_steps_is_taken_up_again(caching: Caching) -> None:
    library = caching.side.library
    table, kills = library.answers._table, 0
    for steps in range(20):
        file = add(caching.side, f"문서 {steps}")
        await caching.keep(caching.question(file["id"]))
        caching.give(f"key-{steps}", (file["id"], 1), size=LARGE)
        left = [steps]
        kept = IdempotencyStore(_Mortal(caching.given._table, left), _Mortal(caching.given._blobs, left))  # type: ignore[arg-type]
        dying = Forgetting(_Mortal(table, left), Engines.single(_Mortal(caching.side.index, left)), kept)  # type: ignore[arg-type]
        try:
            dying.forget("acme", file["id"])
        except _Killed:
            kills += 1
        library.files.bury(library.files.row(file["id"]) or {})
        caching.side.library.queue.send([{"task": "sweep", "all": True}])
        caching.side.work()
        assert caching.left(file["id"]) == [], f"killed after {steps} steps"
        assert (caching.gives(f"key-{steps}"), caching.texts()) == (False, 0), f"killed after {steps} steps"
        assert library.files.row(file["id"]) is None or "open" not in (library.files.row(file["id"]) or {})
    assert kills == 8, "before the mark, the query, the vector, the answer, what named it; the given answer, its object, what named it"


async def test_every_answer_of_a_document_is_found_page_after_page(caching: Caching) -> None:
    file = add(caching.side, "많이 물은 문서")
    table = caching.side.library.answers._table
    for number in range(40):  # 4 MB: a query gives one at a time
        key = f"{number:03d}"
        table.put({"tenant": "acme", "id": of(file["id"], key), "entry": key, "place": None, "padding": "x" * 100_000})
        table.put({"tenant": "acme", "id": f"entry#{key}"})
        table.put({"tenant": "other", "id": f"entry#{key}"})
    library = caching.side.library
    library.files.bury(library.files.row(file["id"]) or {})
    purge_file(library, library.files.row(file["id"]) or {})
    assert [row["id"] for row in table.query("tenant = :tenant", {":tenant": "acme"})] == [gone(file["id"])]
    assert len(list(table.query("tenant = :tenant", {":tenant": "other"}))) == 40


async def test_answers_of_too_many_documents_are_given_and_not_kept(caching: Caching) -> None:
    question = caching.question(*(f"file-{number}" for number in range(50)))
    await caching.keep(question)
    assert not await caching.finds(question)
    few = caching.question(*(f"file-{number}" for number in range(49)))
    await caching.keep(few)
    assert await caching.finds(few)
