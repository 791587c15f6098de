"""What every vector store must do: one suite against the fake and the real engines, so that the fake cannot lie."""

import math

import pytest

from maru.errors import BadRequest
from maru.knowledge.stores.port import MAX_HITS, Chunk, IndexingFailed, SearchScope, VectorStore
from tests.contract.vector_rows import EAST, NORTH, PUBLIC, chunk, files, legs, scope


def test_a_row_comes_back_as_it_was_written(store: VectorStore) -> None:
    written = chunk(
        "file-1",
        "서버를 재시작하는 방법\n둘째 줄 “따옴표” 🙂",
        index=3,
        version=7,
        total_chunks=9,
        acl=("user:김 유진", "group:인사/팀"),
        attributes={"이름": "값", "n": 2.5, "flag": True},
        page=12,
        file_start=100,
        file_end=130,
        source="보고서 1+2%.pdf",
        heading="1장 > 개요",
    )
    store.upsert([written])
    (hit,) = store.search_vector(scope("user:김 유진"), EAST, 5)
    assert hit.chunk == Chunk(**{name: getattr(written, name) for name in Chunk.__dataclass_fields__} | {"vector": ()})
    assert hit.chunk.key == "vs_1/7/file-1_chunk_3"
    assert isinstance(hit.chunk.attributes["flag"], bool)


def test_cosines_lie_between_minus_one_and_one_and_order_the_hits(store: VectorStore) -> None:
    opposite = tuple(-3 * value for value in EAST)
    store.upsert([chunk("same", vector=(7, 0, 0, 0)), chunk("across", vector=NORTH), chunk("against", vector=opposite)])
    hits = store.search_vector(scope(), EAST, 10)
    assert files(hits) == ["same", "across", "against"]
    assert [hit.score for hit in hits] == pytest.approx([1, 0, -1], abs=1e-5)
    assert all(hit.vector_score == hit.score and hit.text_score is None for hit in hits)


def test_k_bounds_the_hits_and_may_pass_the_number_of_rows(store: VectorStore) -> None:
    store.upsert(chunk(f"f{number}", vector=(1, number / 10, 0, 0)) for number in range(5))
    assert files(store.search_vector(scope(), EAST, 2)) == ["f0", "f1"]
    assert len(store.search_vector(scope(), EAST, MAX_HITS)) == 5
    if "hybrid" in store.abilities:
        assert len(store.search_text(scope(), "words", 3)) == 3
        assert len(store.search_hybrid(scope(), "words", EAST, 3)) == 3


@pytest.mark.parametrize("k", [0, -1, MAX_HITS + 1])
def test_an_impossible_k_is_refused(store: VectorStore, k: int) -> None:
    with pytest.raises(BadRequest):
        store.search_vector(scope(), EAST, k)
    with pytest.raises(BadRequest):
        store.search_hybrid(scope(), "words", EAST, k)


@pytest.mark.parametrize("vector", [(0, 0, 0, 0), (math.nan, 0, 0, 0), (math.inf, 0, 0, 0), (1e300, -1e300, 0, 0), (1e-30, 0, 0, 0)])
def test_a_vector_without_direction_is_refused(store: VectorStore, vector: tuple[float, ...]) -> None:
    with pytest.raises(BadRequest):
        store.upsert([chunk("file-1", vector=vector)])
    with pytest.raises(BadRequest):
        store.search_vector(scope(), vector, 5)
    assert legs(store, scope(), "words") == set()


def test_the_acl_holds_in_every_leg(store: VectorStore) -> None:
    # The forbidden rows are the nearest and the best worded by far, so that filtering afterwards would leave nothing.
    store.upsert(chunk(f"secret{number}", "plain words plain words", acl=("group:board",)) for number in range(30))
    store.upsert([chunk("mine", "plain", vector=NORTH, acl=("user:a", "group:x"))])
    for asking in (("user:a",), ("group:x", "public"), ("nobody", "user:a")):
        assert legs(store, scope(*asking)) == {"mine"}
        assert files(store.search_vector(scope(*asking), EAST, 1)) == ["mine"]
        if "text" in store.abilities:
            assert files(store.search_text(scope(*asking), "plain words", 1)) == ["mine"]
    assert legs(store, scope("user:b", "board", "group:boar", "group:board2")) == set()


@pytest.mark.parametrize("empty", [SearchScope("acme", (), ("vs_1",)), SearchScope("acme", PUBLIC, ()), SearchScope("", PUBLIC, ("vs_1",))])
def test_nobody_and_nowhere_find_nothing(store: VectorStore, empty: SearchScope) -> None:
    store.upsert([chunk("file-1")])
    assert legs(store, empty) == set()


def test_tenants_never_meet_even_under_the_same_ids(store: VectorStore) -> None:
    store.upsert([chunk("file-1", "plain words of acme"), chunk("file-1", "plain words of other", tenant="other")])
    for tenant in ("acme", "other"):
        assert [hit.chunk.text for hit in store.search_vector(scope(tenant=tenant), EAST, 5)] == [f"plain words of {tenant}"]
    store.set_acl("other", "vs_1", "file-1", ["user:o"])
    assert legs(store, scope()) == {"file-1"}
    assert legs(store, scope(tenant="other")) == set()
    store.delete("other", "vs_1", "file-1")
    store.delete_store("third", "vs_1")
    assert legs(store, scope()) == {"file-1"}
    assert store.chunks("other", "vs_1", "file-1", 1) == []
    assert store.chunks("third", "vs_1", "file-1", 1) == []


def test_stores_are_searched_alone_or_together(store: VectorStore) -> None:
    store.upsert([chunk("a"), chunk("b", vector_store_id="vs_2"), chunk("c", vector_store_id="vs_3")])
    assert legs(store, scope()) == {"a"}
    assert legs(store, scope(stores=("vs_1", "vs_3", "vs_absent"))) == {"a", "c"}


def test_writing_a_row_again_replaces_it(store: VectorStore) -> None:
    first = chunk("file-1", "old words", attributes={"v": 1})
    store.upsert([first, first])
    store.upsert([first])
    assert len(store.search_vector(scope(), EAST, 10)) == 1
    store.upsert([chunk("file-1", "새로운 낱말", vector=NORTH, acl=("user:a",), attributes={"v": 2})])
    (hit,) = store.search_vector(scope("user:a"), NORTH, 5)
    assert (hit.chunk.text, hit.chunk.attributes) == ("새로운 낱말", {"v": 2})
    assert hit.score == pytest.approx(1, abs=1e-5)
    if "text" in store.abilities:
        assert store.search_text(scope("user:a"), "old", 5) == []
        assert len(store.search_text(scope("user:a"), "낱말", 5)) == 1
    assert legs(store, scope(where={"type": "eq", "key": "v", "value": 1})) == set()


def test_versions_stand_side_by_side_until_one_is_removed(store: VectorStore) -> None:
    store.upsert(chunk("file-1", index=index, version=version) for version in (1, 2, 3) for index in range(2))
    store.upsert([chunk("file-2")])
    assert {hit.chunk.version for hit in store.search_vector(scope(), EAST, 50)} == {1, 2, 3}
    store.delete("acme", "vs_1", "file-1", version=1)
    assert {hit.chunk.version for hit in store.search_vector(scope(), EAST, 50) if hit.chunk.file_id == "file-1"} == {2, 3}
    store.delete("acme", "vs_1", "file-1", keep_version=3)
    assert {hit.chunk.key for hit in store.search_vector(scope(), EAST, 50)} == {
        "vs_1/3/file-1_chunk_0",
        "vs_1/3/file-1_chunk_1",
        "vs_1/1/file-2_chunk_0",
    }
    store.delete("acme", "vs_1", "file-1", keep_version=9)
    assert legs(store, scope()) == {"file-2"}


def test_a_new_acl_holds_from_the_very_next_query(store: VectorStore) -> None:
    rows = [chunk("file-1", index=index, version=version, attributes={"i": index}) for version in (1, 2) for index in range(3)]
    store.upsert([*rows, chunk("file-2")])
    for turn in range(6):
        holder = f"user:{turn}"
        store.set_acl("acme", "vs_1", "file-1", [holder, "group:g"])
        assert legs(store, scope()) == {"file-2"}
        assert legs(store, scope(f"user:{turn - 1}")) == set()
        assert [len(store.search_vector(scope(one), EAST, 50)) for one in (holder, "group:g")] == [6, 6]
    assert legs(store, scope("group:g", where={"type": "eq", "key": "i", "value": 2})) == {"file-1"}
    store.set_acl("acme", "vs_1", "file-1", [])
    assert legs(store, scope("group:g", "user:5")) == set()


def test_deleting_takes_rows_out_of_every_leg(store: VectorStore) -> None:
    store.upsert([chunk("a"), chunk("b"), chunk("c", vector_store_id="vs_2")])
    store.delete("acme", "vs_1", "a")
    store.delete("acme", "vs_1", "a")
    store.delete("acme", "vs_1", "never")
    both = scope(stores=("vs_1", "vs_2"))
    assert legs(store, both) == {"b", "c"}
    store.delete_store("acme", "vs_1")
    assert legs(store, both) == {"c"}


def test_a_file_is_listed_page_by_page(store: VectorStore) -> None:
    store.upsert(chunk("file-1", f"part {index}", index=index, total_chunks=25) for index in reversed(range(25)))
    store.upsert([chunk("file-1", version=2)])
    pages = [store.chunks("acme", "vs_1", "file-1", 1, after=after, limit=10) for after in (-1, 9, 19, 24)]
    assert [[row.chunk_index for row in page] for page in pages] == [[*range(10)], [*range(10, 20)], [*range(20, 25)], []]
    assert pages[0][0].text == "part 0"
    assert pages[0][0].chunk_id == "file-1_chunk_0"


def test_stores_with_other_embedding_lengths_live_beside(store: VectorStore) -> None:
    store.ensure_index(2)
    store.upsert([chunk("four"), chunk("two", vector=(1, 0), vector_store_id="vs_2")])
    everywhere = scope(stores=("vs_1", "vs_2"))
    assert files(store.search_vector(everywhere, EAST, 5)) == ["four"]
    assert files(store.search_vector(everywhere, (1, 0), 5)) == ["two"]
    assert store.search_vector(everywhere, (1, 0, 0), 5) == []
    store.set_acl("acme", "vs_2", "two", ["user:a"])
    assert files(store.search_vector(scope("user:a", stores=("vs_2",)), (1, 0), 5)) == ["two"]
    assert [row.file_id for row in store.chunks("acme", "vs_2", "two", 1)] == ["two"]
    store.delete("acme", "vs_2", "two")
    assert store.search_vector(scope("user:a", stores=("vs_2",)), (1, 0), 5) == []


def test_a_row_without_a_vector_is_found_by_its_words(text_store: VectorStore) -> None:
    text_store.ensure_index(2)
    text_store.upsert([chunk("four"), chunk("two", vector=(1, 0)), chunk("none", vector=())])
    assert files(text_store.search_vector(scope(), EAST, 5)) == ["four"]
    assert set(files(text_store.search_text(scope(), "words", 5))) == {"four", "two", "none"}
    assert set(files(text_store.search_hybrid(scope(), "words", (1, 0), 5))) == {"four", "two", "none"}


def test_an_engine_without_text_refuses_it(vectors_only_store: VectorStore) -> None:
    for refused in (
        lambda: vectors_only_store.search_text(scope(), "words", 5),
        lambda: vectors_only_store.search_hybrid(scope(), "words", EAST, 5),
        lambda: vectors_only_store.upsert([chunk("none", vector=())]),
    ):
        with pytest.raises(BadRequest):
            refused()
    assert not vectors_only_store.abilities & {"text", "hybrid"}


def test_what_an_engine_cannot_hold_is_named_chunk_by_chunk(bounded_store: VectorStore) -> None:
    rows = [chunk(f"f{number}", "word " * (12_000 if number == 3 else 1)) for number in range(8)]
    with pytest.raises(IndexingFailed) as failed:
        bounded_store.upsert(rows)
    assert set(failed.value.failures) == {"vs_1/1/f3_chunk_0"}
    assert "word" not in str(failed.value.failures)
    assert legs(bounded_store, scope()) == {f"f{number}" for number in range(8) if number != 3}


def test_odd_ids_are_only_ids(store: VectorStore) -> None:
    odd = ["a/b", "a b", "파일-1", "'; DROP TABLE chunks; --", '"', "*", "%", "_", "x" * 300, "a_chunk_1"]
    store.upsert(chunk(name, vector_store_id=f"vs {name}", acl=(f"user:{name}",)) for name in odd)
    for name in odd:
        assert legs(store, scope(f"user:{name}", stores=(f"vs {name}",))) == {name}
        store.delete("acme", f"vs {name}", name)
        assert store.chunks("acme", f"vs {name}", name, 1) == []


def test_searching_before_anything_was_written(store: VectorStore) -> None:
    assert legs(store, scope()) == set()
    assert store.chunks("acme", "vs_1", "file-1", 1) == []
    store.upsert([])
    store.delete("acme", "vs_1", "file-1")
    store.set_acl("acme", "vs_1", "file-1", ["public"])
    store.ensure_index(4)
    assert store.ready()


def test_an_engine_that_nobody_wrote_to_has_nothing(fresh_store: VectorStore) -> None:
    fresh_store.delete("acme", "vs_1", "file-1", version=1)
    fresh_store.delete_store("acme", "vs_1")
    fresh_store.set_acl("acme", "vs_1", "file-1", ["tenant"])
    assert fresh_store.search_vector(scope(), EAST, 5) == []
    assert fresh_store.chunks("acme", "vs_1", "file-1", 1) == []
    if "hybrid" in fresh_store.abilities:
        assert fresh_store.search_text(scope(), "words", 5) == []
        assert fresh_store.search_hybrid(scope(), "words", EAST, 5) == []
