"""Which engine a vector store lives on: named when it is made, obeyed by everything that touches its rows."""

from typing import Any

import pytest
from pydantic import ValidationError

from maru.errors import BadRequest, Unavailable
from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.documents import change_rights, delete_file
from maru.knowledge.engines import Engines, EngineSettings
from maru.knowledge.stores.options import IndexOptions
from maru.knowledge.stores.port import Ability
from tests.conftest import BUCKET, MakeTable
from tests.fakes.documents import DocumentSide, add, caller, document_side, new_store
from tests.fakes.memory_vector_store import MemoryVectorStore


class VectorsAlone(MemoryVectorStore):
    """An engine that knows no words."""

    abilities: frozenset[Ability] = frozenset({"refresh"})


@pytest.fixture
def cloud() -> MemoryVectorStore:
    return VectorsAlone()


@pytest.fixture
def company() -> MemoryVectorStore:
    return MemoryVectorStore()


@pytest.fixture
def side(make_table: MakeTable, s3: Any, cloud: MemoryVectorStore, company: MemoryVectorStore) -> DocumentSide:
    return document_side(make_table, s3, BUCKET, engines=Engines({"cloud": lambda: cloud, "company": lambda: company}, "cloud"))


async def test_a_store_lives_on_its_engine_and_a_search_asks_both(
    side: DocumentSide, cloud: MemoryVectorStore, company: MemoryVectorStore
) -> None:
    here, there = new_store(side, "here", engine="company"), new_store(side, "there", engine="cloud")
    one, two = add(side, "재시작 방법은 안내서에 있습니다."), add(side, "재시작 방법은 게시판에 있습니다.")
    attach(side.library, caller(), here, Wanted(one["id"]))
    attach(side.library, caller(), there, Wanted(two["id"]))
    side.work()
    assert {row.file_id for row in company.rows.values()} == {one["id"]}
    assert {row.file_id for row in cloud.rows.values()} == {two["id"]}
    found = await side.retriever.search(caller(), store_ids_or_names=["here", "there"], query="재시작 방법", k=5)
    assert {passage.vector_store_id for passage in found} == {here["id"], there["id"]}
    assert await side.retriever.mode(caller(), ["here"]) == "hybrid"
    assert await side.retriever.mode(caller(), ["there"]) == "vector"
    change_rights(side.library, caller(), one["id"], acl=["user:minji"])
    assert {row.acl for row in company.rows.values()} == {("user:minji",)}
    assert {row.acl for row in cloud.rows.values()} == {("public",)}
    delete_file(side.library, side.library.files.row(one["id"]) or {})
    assert company.rows == {}
    assert cloud.rows != {}


def test_engines_are_named_after_their_kind_or_as_the_deployment_names_them() -> None:
    further = {"company": EngineSettings(kind="postgres", location="postgresql://maru@db/maru", secret="arn:aws:secretsmanager:x")}
    engines = Engines.connect("sqlite", "/tmp/x.db", further)
    assert engines.choose(None) == "sqlite"
    assert engines.choose("company") == "company"
    with pytest.raises(BadRequest, match="'company', 'sqlite'") as refused:
        engines.choose("elsewhere")
    assert (refused.value.param, refused.value.code) == ("engine", "unknown_engine")
    assert Engines.connect("none", None, further).choose(None) == "company"
    with pytest.raises(BadRequest) as none:
        Engines.connect("none", None, {}).choose(None)
    assert none.value.code == "no_vector_store"
    with pytest.raises(ValueError, match="vector_store_location"):
        Engines.connect("opensearch", None, {})


def test_a_store_whose_engine_is_configured_no_more_says_so(side: DocumentSide) -> None:
    store = new_store(side, engine="gone")
    with pytest.raises(Unavailable, match="'gone'"):
        side.library.place(store)
    assert side.library.places(store["id"]) == []


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "pinecone", "location": "aws/us-east-1"},
        {"kind": "s3vectors", "location": "bucket", "options": IndexOptions(m=8)},
        {"kind": "sqlite", "location": ""},
        {"kind": "mysql", "location": "x"},
        {"kind": "postgres", "location": "x", "password": "in the open"},
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EngineSettings(**given)
