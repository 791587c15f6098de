"""What only the PostgreSQL store must do: rights inside the server, its graph, and errors that tell nothing of what rows hold."""
# ruff: noqa: S608, S311 - names of our own tables, and vectors drawn anew the same

import random

import pytest

from maru.errors import Unavailable
from maru.knowledge.stores import postgres_queries
from maru.knowledge.stores.options import IndexOptions
from maru.knowledge.stores.port import IndexingFailed
from maru.knowledge.stores.postgres import PostgresVectorStore
from tests.contract.articles import OTHERS, TEXTS
from tests.contract.vector_rows import EAST, chunk, files, legs, scope
from tests.engines.postgres import Postgres
from tests.processes import free_port

pytestmark = pytest.mark.live
TABLES = ("chunks", "contents", "vectors", "words", "totals")


def database(url: str) -> str:
    return url.rsplit("/", 1)[1]


def test_the_server_itself_shows_a_role_one_tenants_rows_and_none_without_one(
    postgres: Postgres, postgres_store: PostgresVectorStore, postgres_url: str
) -> None:
    postgres_store.ensure_index(4)
    postgres_store.upsert([chunk("mine"), chunk("theirs", tenant="other"), chunk("theirs2", tenant="other")])
    place = {"database": database(postgres_url), "user": "maru"}
    for table in TABLES:
        assert postgres.sql(f"SELECT count(*) FROM maru.{table}", **place) == "0"
        seen = postgres.sql(f"SET maru.tenant = 'acme'; SELECT DISTINCT tenant FROM maru.{table}", **place)
        assert seen == "acme"
    moved = "SET maru.tenant = 'acme'; UPDATE maru.chunks SET tenant = 'other'"
    with pytest.raises(Exception, match="returned non-zero"):
        postgres.sql(moved, **place)
    postgres.sql("SET maru.tenant = 'acme'; DELETE FROM maru.chunks", **place)
    assert postgres.sql("SELECT count(*) FROM maru.chunks", place["database"]) == "2"


def test_a_role_that_row_level_security_does_not_bind_is_refused(postgres: Postgres, postgres_url: str) -> None:
    unbound = PostgresVectorStore(postgres.url("postgres", database(postgres_url)))
    with pytest.raises(Unavailable, match="row-level security"):
        unbound.ensure_index(4)
    assert not unbound.ready()


def test_nothing_of_a_removed_document_stays(postgres: Postgres, postgres_store: PostgresVectorStore, postgres_url: str) -> None:
    postgres_store.ensure_index(4)
    postgres_store.upsert(chunk("file-1", f"secret words {number}", index=number) for number in range(5))
    postgres_store.upsert([chunk("file-1", "secret words anew")])
    postgres_store.delete("acme", "vs_1", "file-1")
    for table in TABLES[:4]:
        assert postgres.sql(f"SELECT count(*) FROM maru.{table}", database(postgres_url)) == "0"
    assert postgres.sql("SELECT chunks, length FROM maru.totals", database(postgres_url)) == "0\t0"


@pytest.mark.parametrize("quantisation", ["none", "scalar"])
def test_the_graph_finds_what_an_exact_search_finds_under_a_filter(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, quantisation: str
) -> None:
    drawn = random.Random(5)
    store = PostgresVectorStore(postgres_url, options=IndexOptions(quantisation=quantisation))
    store.ensure_index(16)
    rows = [[drawn.gauss(0, 1) for _ in range(16)] for _ in range(600)]
    store.upsert(chunk(f"f{number}", vector=row, attributes={"one": number % 20 == 0}) for number, row in enumerate(rows))
    where = scope(where={"type": "eq", "key": "one", "value": True})
    questions = [[drawn.gauss(0, 1) for _ in range(16)] for _ in range(20)]
    exact = [store.search_vector(where, question, 10) for question in questions]
    monkeypatch.setattr(postgres_queries, "EXACT", 0)
    walked = [store.search_vector(where, question, 10) for question in questions]
    found = sum(len(set(files(one)) & set(files(other))) for one, other in zip(exact, walked, strict=True))
    assert found >= 0.98 * 200
    assert all([hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True) for hits in walked)
    best = {hit.chunk.file_id: hit.score for hit in exact[0]}
    assert {hit.chunk.file_id: hit.score for hit in walked[0]} == pytest.approx(best, abs=1e-6), "scores stay exact"
    store.close()


def test_vectors_too_long_for_a_graph_are_compared_one_by_one(postgres_store: PostgresVectorStore) -> None:
    postgres_store.ensure_index(4100)
    long = [1.0] + [0.0] * 4099
    postgres_store.upsert([chunk("long", vector=long)])
    assert files(postgres_store.search_vector(scope(), long, 5)) == ["long"]


def test_a_row_that_the_server_refuses_is_named_and_the_others_are_written(postgres_store: PostgresVectorStore) -> None:
    postgres_store.ensure_index(4)
    rows = [chunk("good"), chunk("bad", version=2**70), chunk("fine")]
    with pytest.raises(IndexingFailed) as failed:
        postgres_store.upsert(rows)
    ((key, reason),) = failed.value.failures.items()
    assert key == rows[1].key
    assert reason.startswith("sqlstate_22")
    assert legs(postgres_store, scope()) == {"good", "fine"}


def test_an_error_undoes_its_transaction_and_the_connection_serves_on(postgres_store: PostgresVectorStore) -> None:
    postgres_store.ensure_index(4)
    for _ in range(15):
        with pytest.raises(IndexingFailed):
            postgres_store.upsert([chunk("bad", version=2**70)])
    postgres_store.upsert([chunk("good")])
    assert files(postgres_store.search_hybrid(scope(), "plain", EAST, 5)) == ["good"]


def test_a_server_that_is_away_says_so() -> None:
    away = PostgresVectorStore(f"postgresql://maru@127.0.0.1:{free_port()}/x")
    assert not away.ready()
    with pytest.raises(Unavailable):
        away.search_vector(scope(), EAST, 5)
    with pytest.raises(Unavailable, match="postgresql://user@host"):
        PostgresVectorStore("http://somewhere").search_vector(scope(), EAST, 5)


def test_connections_that_the_server_ended_are_replaced(postgres: Postgres, postgres_store: PostgresVectorStore) -> None:
    postgres_store.ensure_index(4)
    postgres_store.upsert([chunk("file-1")])
    postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'maru'")
    assert files(postgres_store.search_vector(scope(), EAST, 5)) == ["file-1"]


def test_the_right_article_and_the_right_code_come_first(postgres_store: PostgresVectorStore) -> None:
    postgres_store.ensure_index(4)
    postgres_store.upsert([chunk(name, text) for name, text in (TEXTS | OTHERS).items()])
    asked = {"12조3항": "12-3", "제 12 조": "12-3", "err4012": "4012", "err-4012": "4012"}
    assert {query: postgres_store.search_text(scope(), query, 3)[0].chunk.file_id for query in asked} == asked
