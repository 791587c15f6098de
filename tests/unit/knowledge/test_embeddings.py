"""What was embedded once is not paid for again, and goes with the file that it came with."""

from typing import Any

import pytest

from maru.knowledge.attaching import Wanted, attach, set_attributes
from maru.knowledge.documents import delete_file
from maru.knowledge.embeddings import EmbeddingStore, model_of
from maru.knowledge.rebuild import Machine, Rebuilder, begin
from tests.conftest import MakeTable
from tests.fakes.documents import CATALOGUE, DocumentSide, add, caller, new_store
from tests.fakes.runs import Runs


def put(side: DocumentSide, store: Any, text: str, *, tenant: str = "acme") -> str:
    file = add(side, text, tenant=tenant)
    attach(side.library, caller(tenant=tenant), store, Wanted(file["id"]))
    side.work()
    return str(file["id"])


def paragraphs(*texts: str) -> str:
    return "\n\n".join(f"# {text}\n\n{text} " * 1 + f"{text} 설명입니다. " * 12 for text in texts)


async def test_only_changed_chunks_are_embedded(side: DocumentSide) -> None:
    store = new_store(side, size=200)
    put(side, store, paragraphs("하나", "둘", "셋"))
    first = len(side.embedder.embedded)
    assert first >= 3
    second = put(side, store, paragraphs("하나", "둘", "셋", "넷"))
    new = side.embedder.embedded[first:]
    assert new
    assert all("넷" in text for text in new), "only what was not there before"
    before = len(side.embedder.embedded)
    set_attributes(side.library, caller(), side.library.stores.get("acme", store["id"]), second, {"year": 2024})
    side.work()
    assert len(side.embedder.embedded) == before, "other attributes cost no embedding"
    found = await side.retriever.search(caller(), store_ids_or_names=[store["id"]], query="넷 설명", k=3)
    assert found[0].attributes == {"year": 2024}


def test_a_rebuild_pays_for_another_model_alone(side: DocumentSide) -> None:
    store = new_store(side, size=200)
    put(side, store, paragraphs("하나", "둘"))
    paid = len(side.embedder.embedded)
    for embedding, cost in ((None, 0), ("wide", paid)):
        before = len(side.embedder.embedded)
        row = begin(side.library, caller(), store["id"], embedding=embedding, engine=None, machine=Machine(Runs(), "arn"))
        rebuilder = Rebuilder(side.library, side.pipeline)
        while rebuilder.step(store["id"], row["building"]["id"]) == "more":
            pass
        rebuilder.clear(store["id"])
        assert len(side.embedder.embedded) - before == cost


def test_tenants_share_nothing_and_a_deleted_files_embeddings_go(side: DocumentSide) -> None:
    store, theirs = new_store(side, size=200), new_store(side, tenant="other", size=200)
    file_id = put(side, store, paragraphs("하나"))
    paid = len(side.embedder.embedded)
    put(side, theirs, paragraphs("하나"), tenant="other")
    assert len(side.embedder.embedded) == 2 * paid
    delete_file(side.library, side.library.files.row(file_id) or {})
    side.work()
    put(side, store, paragraphs("하나"))
    assert len(side.embedder.embedded) == 3 * paid


def test_a_text_that_stands_twice_is_asked_for_once_and_floats_come_back(make_table: MakeTable) -> None:
    store, asked = EmbeddingStore(make_table(EmbeddingStore.SPEC)), list[str]()

    def embed(texts: Any) -> list[list[float]]:
        asked.extend(texts)
        return [[0.1, len(text)] for text in texts]

    for _ in range(2):
        vectors = store.through(["a", "bb", "a"], tenant="t", file_id="f", model="m", embed=embed)
        assert [list(vector) for vector in vectors] == [pytest.approx([0.1, size]) for size in (1, 2, 1)]
    assert asked == ["a", "bb"]
    many = [f"text {number}" for number in range(60)]
    store.through(many, tenant="t", file_id="f", model="m", embed=embed)
    store.through(many, tenant="t", file_id="f", model="m", embed=embed)
    assert len(asked) == 62
    store.through(["a"], tenant="t", file_id="f", model="another", embed=embed)
    assert len(asked) == 63


def test_an_alias_that_leads_elsewhere_is_another_model() -> None:
    assert model_of(CATALOGUE.get("embedding"), "embedding") != model_of(CATALOGUE.get("wide"), "wide")
    assert model_of(None, "gone") == "gone"
