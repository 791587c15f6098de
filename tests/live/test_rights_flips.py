"""Rights that change at random, to narrower and wider ones: from the next query on nobody sees more, and nobody less, than they say.

After every change the callers look through every door there is: search (with its cache), the list of files, a document's text, the
references that a session stored, and what of the session a model may be told; and while a rebuild writes, at each of its writes. The
tables are AWS's own DynamoDB Local, the index is SQLite's: a thousand changes take half a minute.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from maru.agents.history import needed, recollect
from maru.agents.messages import Message
from maru.agents.sessions import SessionStore
from maru.dynamo import Item, Table, TableSpec
from maru.errors import NotFound
from maru.identity import Caller
from maru.knowledge.attaching import Wanted, attach_batch
from maru.knowledge.documents import change_rights
from maru.knowledge.paging import Cursor
from maru.knowledge.rebuild import Rebuilder
from maru.knowledge.stores.port import Chunk, SearchScope
from maru.knowledge.stores.sqlite import SqliteVectorStore
from maru.plain import PlainDynamo
from tests.conftest import BUCKET, MakeTable
from tests.engines.dynamodb_local import dynamodb_local
from tests.engines.ministack import EmbeddedAws
from tests.fakes.documents import DocumentSide, add, caller, document_side, new_store
from tests.fakes.memory_vector_store import MemoryVectorStore
from tests.fakes.runs import Runs
from tests.unit.knowledge.test_rebuild import Watched, finish, found, put, start

pytestmark = pytest.mark.live

CALLERS = (caller("kim", "hr"), caller("lee", "sales"), caller("park", "hr", "sales"), caller("choi"))
ENTRIES = ("public", "group:hr", "group:sales", "user:kim", "user:choi", "user:nobody")
ROOT = caller("root", role="admin")
FILES = 5


@dataclass
class World:
    """Documents, who may see each of them by the test's own book, and a session of every caller that cites them all."""

    side: DocumentSide
    store: str
    book: dict[str, list[str]]
    sessions: SessionStore

    def may_see(self, who: Caller) -> set[str]:
        """By the book."""
        return {file for file, acl in self.book.items() if set(acl) & set(who.principals)}

    async def searched(self, who: Caller) -> set[str]:
        hits = await self.side.retriever.search(who, store_ids_or_names=[self.store], query="apples ripen", k=20)
        return {hit.file_id for hit in hits}

    def indexed(self, who: Caller) -> set[str]:
        """What the engine alone would give: its filter must not be wider than the tables' check."""
        scope = SearchScope(who.tenant, who.principals, (self.store,))
        return {hit.chunk.file_id for hit in self.side.index.search_text(scope, "apples", 20)}

    def listed(self, who: Caller) -> set[str]:
        return {row["id"] for row in self.side.library.files.list(who, Cursor(100)).rows}

    def read(self, who: Caller) -> set[str]:
        found = set()
        for file in self.book:
            try:
                found.add(self.side.library.files.seen(who, file)["id"])
            except NotFound:
                continue
        return found

    def cited(self, who: Caller) -> set[str]:
        """The references of the stored answers that are not withheld."""
        messages = self.sessions.messages(who, who.user)
        visible = self.side.retriever.visible(who, {(one, 1) for one in self.book})
        shown = [reference for message in messages for reference in message.public(visible).get("references", ())]
        return {reference["file_id"] for reference in shown if not reference.get("withheld")}

    def remembered(self, who: Caller) -> set[str]:
        """The documents whose answers a model would be told of."""
        messages = self.sessions.messages(who, who.user)
        visible = self.side.retriever.visible(who, needed(messages, None))
        turns = recollect(messages, None, visible, limit=10**6).turns
        return {file for turn in turns for file, _ in turn.answer.sources()}


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedAws]:
    with dynamodb_local() as running:
        yield running


@pytest.fixture
def real_table(aws: None, engine: EmbeddedAws) -> Iterator[MakeTable]:
    """Makes tables of this test alone."""
    client, prefix = engine.client("dynamodb"), f"t{next(_NUMBERS)}-"
    plain: Any = PlainDynamo.like(client)

    def make(spec: TableSpec) -> Table:
        spec.create(client, prefix + spec.name)
        return Table(plain, prefix + spec.name, spec)

    yield make
    client.close()


_NUMBERS = itertools.count()


@pytest.fixture
def world(real_table: MakeTable, s3: Any, tmp_path: Path) -> World:
    side = document_side(real_table, s3, BUCKET, index=SqliteVectorStore(tmp_path / "vectors.sqlite"))
    store = new_store(side)
    files = [add(side, f"Apples of kind {n} ripen in month {n}.", f"{n}.md")["id"] for n in range(FILES)]
    attach_batch(side.library, ROOT, store, [Wanted(file) for file in files])
    side.work()
    sessions = SessionStore(real_table(SessionStore.SPEC))
    for who in CALLERS:
        head, _ = sessions.open(who, who.user, agent="hr", title="x")
        for number, file in enumerate(files):
            sessions.append(head, _turn(who.user, number, file))
    return World(side, store["id"], {file: ["public"] for file in files}, sessions)


def _turn(session: str, number: int, file: str) -> list[Message]:
    reference = {"index": 1, "file_id": file, "version": 1, "quote": "Apples"}
    question = Message(f"q{number}-{session}", session, "user", "apples?", 0)
    answer = Message(f"a{number}-{session}", session, "assistant", "Apples [1].", 0, references=(reference,), used=frozenset({(file, 1)}))
    return [question, answer]


async def flip(world: World, chance: random.Random, changes: int) -> None:
    """Change rights so often, and look after each change through every door, as one of the callers in turn."""
    for number in range(changes):
        file = chance.choice(list(world.book))
        acl = chance.sample(ENTRIES, chance.randint(1, 3))
        change_rights(world.side.library, ROOT, file, acl=acl)
        world.book[file] = acl
        who = CALLERS[number % len(CALLERS)]
        expected = world.may_see(who)
        assert await world.searched(who) == expected, (number, "search")
        assert world.indexed(who) == expected, (number, "index")
        # The other doors read the same table, one after the other: each in its turn.
        door = (world.listed, world.read, world.cited, world.remembered)[number // len(CALLERS) % 4]
        assert door(who) == expected, (number, door.__name__)


async def test_a_thousand_changes_of_rights_hold_from_the_next_query_on(world: World) -> None:
    await flip(world, random.Random(1), 1000)  # noqa: S311 - the same changes each time


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 13))
async def test_thousands_of_changes_of_rights(world: World, seed: int) -> None:
    await flip(world, random.Random(seed), 1000)  # noqa: S311 - the same changes each time


async def test_a_thousand_changes_of_rights_at_every_moment_of_rebuilds_neither_leak_nor_miss(real_table: MakeTable, s3: Any) -> None:
    index = Watched()
    side = document_side(real_table, s3, BUCKET, index=index, step=2)
    assert await flipped_while_rebuilding(side, Runs(), new_store(side, size=200), index, least=1000) == {"leaks": 0, "misses": 0}


async def flipped_while_rebuilding(side: DocumentSide, runs: Runs, store: Item, index: Watched, *, least: int) -> dict[str, int]:
    """Rebuild again and again until so many rights changed within rebuilds; how many rows anybody saw too much, or missed."""
    drawn = random.Random(11)  # noqa: S311 - flips drawn anew the same
    counted = {"leaks": 0, "misses": 0}
    done = 0
    people = ["public", "user:a", "user:b", "group:g"]
    rights = {put(side, store, f"재시작 방법 {number} " * 25): ["public"] for number in range(6)}

    def flip() -> None:
        nonlocal done
        done += 1
        file_id = drawn.choice(list(rights))
        acl = drawn.sample(people, drawn.randint(1, 3))
        change_rights(side.library, caller(role="admin"), file_id, acl=acl)
        rights[file_id] = acl
        for user, groups in (("a", ()), ("b", ("g",)), ("c", ())):
            principals = ("public", f"user:{user}", *(f"group:{group}" for group in groups))
            wanted = {one for one, granted in rights.items() if set(granted) & set(principals)}
            row = side.library.stores.get("acme", store["id"])
            key = side.library.place(row).key
            found_rows = seen(index, SearchScope("acme", principals, (key,)))
            counted["leaks"] += len(found_rows - wanted)
            counted["misses"] += len(wanted - found_rows)

    steps = Rebuilder(side.library, side.pipeline)
    while done < least:
        embedding = "wide" if side.library.stores.get("acme", store["id"])["embedding"] == "embedding" else "embedding"
        rebuild_id = start(side, runs, store, embedding=embedding)
        index.meanwhile = flip
        before = done
        assert finish(side, store, rebuild_id, most=200)[-1] == "swapped"
        assert done > before, "rights changed while the rebuild ran"
        flip()
        index.meanwhile = None
        steps.clear(store["id"])
    for user, groups in (("a", ()), ("b", ("g",)), ("c", ())):
        mine = {f"user:{user}", "public", *(f"group:{group}" for group in groups)}
        assert await found(side, store, "재시작", user, *groups) == {one for one, granted in rights.items() if set(granted) & mine}
    return counted


def seen(index: MemoryVectorStore, scope: SearchScope) -> set[str]:
    rows: list[Chunk] = [hit.chunk for hit in index.search_text(scope, "재시작 방법", 500)]
    return {row.file_id for row in rows}
