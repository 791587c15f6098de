"""What only the S3 Vectors store must do: an index a tenant, lists of rows that outlive a crash, patience, and no text."""

import pytest

from maru.errors import BadRequest, Unavailable
from maru.knowledge.stores.port import IndexingFailed
from maru.knowledge.stores.s3vectors import S3VectorsStore
from tests.contract.vector_rows import EAST, chunk, files, legs, scope
from tests.fakes.s3_vectors import BUCKET, S3Vectors


def test_the_api_has_no_text_query_that_the_adapter_should_use(s3_vectors: S3Vectors) -> None:
    shape = s3_vectors.client.meta.service_model.operation_model("QueryVectors").input_shape
    names = {name.lower() for name in shape.members}
    assert not {name for name in names if "text" in name or "hybrid" in name or "sparse" in name}
    assert shape.members["queryMode"].enum == ["CLASSIC", "ENHANCED"]


def test_each_tenant_has_an_index_of_its_own(s3_vectors: S3Vectors, s3vectors_store: S3VectorsStore) -> None:
    s3vectors_store.upsert([chunk("mine"), chunk("theirs", tenant="other"), chunk("short", vector=(1, 0))])
    assert len(s3_vectors.indexes) == 3
    assert not [name for name in s3_vectors.indexes if "acme" in name or "other" in name]
    assert {index["metric"] for index in s3_vectors.indexes.values()} == {"cosine"}
    assert {index["hidden"] for index in s3_vectors.indexes.values()} == {frozenset({"content"})}


def test_long_answers_are_read_to_their_end(s3vectors_store: S3VectorsStore) -> None:
    s3vectors_store.upsert(chunk("file-1", index=number, total_chunks=250) for number in range(250))
    assert len(s3vectors_store.search_vector(scope(), EAST, 200)) == 200
    s3vectors_store.set_acl("acme", "vs_1", "file-1", ["user:a"])
    assert len(s3vectors_store.search_vector(scope("user:a"), EAST, 1000)) == 250
    assert len(s3vectors_store.chunks("acme", "vs_1", "file-1", 1, limit=1000)) == 250
    s3vectors_store.delete_store("acme", "vs_1")
    assert legs(s3vectors_store, scope("user:a")) == set()


def test_a_crash_between_list_and_rows_harms_nothing(s3_vectors: S3Vectors, s3vectors_store: S3VectorsStore) -> None:
    s3vectors_store.upsert([chunk("file-1")])
    (rows,) = s3_vectors.rows.values()
    for key in [key for key in rows if not key.endswith("/rows")]:
        del rows[key]
    s3vectors_store.set_acl("acme", "vs_1", "file-1", ["user:a"])
    assert s3vectors_store.chunks("acme", "vs_1", "file-1", 1) == []
    s3vectors_store.upsert([chunk("file-1")])
    assert files(s3vectors_store.search_vector(scope(), EAST, 5)) == ["file-1"]
    s3vectors_store.delete("acme", "vs_1", "file-1")
    assert rows == {}


def test_a_busy_service_is_asked_again_and_a_search_says_so(
    s3_vectors: S3Vectors, s3vectors_store: S3VectorsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3vectors_store.pause = lambda _: None
    s3vectors_store.upsert([chunk("file-0")])
    noted = s3vectors_store._note

    def then_busy(*arguments: object) -> None:
        noted(*arguments)  # type: ignore[arg-type]
        s3_vectors.busy = 2

    monkeypatch.setattr(s3vectors_store, "_note", then_busy)
    s3vectors_store.upsert(chunk(f"f{number}") for number in range(6))
    assert len(s3vectors_store.search_vector(scope(), EAST, 50)) == 7
    s3_vectors.busy = 1
    with pytest.raises(Unavailable):
        s3vectors_store.search_vector(scope(), EAST, 5)


def test_a_bucket_that_is_not_there_is_an_error(s3_vectors: S3Vectors) -> None:
    absent = S3VectorsStore(s3_vectors.client, "another-bucket")
    assert S3VectorsStore(s3_vectors.client, BUCKET).ready()
    assert not absent.ready()
    with pytest.raises(Exception, match="NotFound"):
        absent.upsert([chunk("file-1")])


def test_lengths_that_the_service_does_not_take_are_refused(s3vectors_store: S3VectorsStore) -> None:
    with pytest.raises(BadRequest, match="4096"):
        s3vectors_store.upsert([chunk("file-1", vector=(1.0,) * 4097)])


def test_more_filterable_metadata_than_the_service_takes_is_reported_for_its_row(s3vectors_store: S3VectorsStore) -> None:
    rows = [chunk("good"), chunk("bad", attributes={f"k{number}": "x" * 500 for number in range(5)})]
    with pytest.raises(IndexingFailed) as failed:
        s3vectors_store.upsert(rows)
    assert failed.value.failures == {"vs_1/1/bad_chunk_0": "ValidationException"}
    assert legs(s3vectors_store, scope()) == {"good"}
