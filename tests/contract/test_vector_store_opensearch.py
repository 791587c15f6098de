"""What only the OpenSearch store must do: its mapping, partial failures, and an engine that does not answer."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from opensearchpy import OpenSearch, exceptions

from maru.errors import Unavailable
from maru.knowledge.stores import opensearch_index as index
from maru.knowledge.stores import opensearch_queries as queries
from maru.knowledge.stores.opensearch import ATTEMPTS, BATCH, OpenSearchVectorStore, connect
from maru.knowledge.stores.opensearch_index import index_body, index_name, vector_mapping
from maru.knowledge.stores.options import IndexOptions
from maru.knowledge.stores.port import Chunk, IndexingFailed, SearchScope
from tests.contract.articles import OTHERS, TEXTS

SCOPE = SearchScope("acme", ("public",), ("vs_1",))


def row(file_id: str, **fields: Any) -> Chunk:
    given: dict[str, Any] = {"text": "plain words", "vector": (1.0, 0.5), "acl": ("public",)}
    return Chunk(vector_store_id="vs_1", file_id=file_id, version=1, chunk_index=0, total_chunks=1, tenant="acme", **given | fields)


class ScriptedBulk:
    """A client whose bulk calls answer by script: for each call, the status of every document id, 201 unless named."""

    def __init__(self, *script: dict[str, int]) -> None:
        self._script: Iterator[dict[str, int]] = iter(script)
        self.sent: list[list[str]] = []
        self.indices = self

    def refresh(self, **_: Any) -> None:
        """The store makes its rows visible at the end."""

    def bulk(self, *, body: list[Any], **_: Any) -> Any:
        ids = [line["index"]["_id"] for line in body[::2]]
        statuses = next(self._script)
        self.sent.append(ids)
        return {"items": [{"index": self._item(place, statuses.get(place, 201))} for place in ids]}

    @staticmethod
    def _item(place: str, status: int) -> dict[str, Any]:
        failed = {"error": {"type": f"refused_{status}", "reason": "secret text"}} if status >= 400 else {}
        return {"_id": place, "status": status, **failed}


def test_the_engine_is_lucene_and_nothing_else() -> None:
    (field,) = vector_mapping(384)["properties"].values()
    assert field["method"]["engine"] == "lucene"
    assert field["method"]["space_type"] == "cosinesimil"
    assert index_body()["mappings"]["dynamic"] == "strict"


def test_rows_that_were_put_off_are_sent_again_and_the_others_are_named() -> None:
    rows = [row("good"), row("late"), row("bad")]
    good, late, bad = map(index.document_id, rows)
    client, pauses = ScriptedBulk({late: 429, bad: 400}, {late: 503}, {}), list[float]()
    with pytest.raises(IndexingFailed) as failed:
        OpenSearchVectorStore(client, "a", pause=pauses.append).upsert(rows)  # type: ignore[arg-type]
    assert client.sent == [[good, late, bad], [late], [late]]
    assert pauses == sorted(pauses)
    assert failed.value.failures == {"vs_1/1/bad_chunk_0": "refused_400"}
    assert "secret" not in str(failed.value)


def test_rows_that_stay_refused_are_named_at_the_end() -> None:
    only = row("late")
    client = ScriptedBulk(*[{index.document_id(only): 429}] * ATTEMPTS)
    with pytest.raises(IndexingFailed) as failed:
        OpenSearchVectorStore(client, "a", pause=lambda _: None).upsert([only])  # type: ignore[arg-type]
    assert failed.value.failures == {only.key: "refused_429"}
    assert len(client.sent) == ATTEMPTS


def test_an_engine_that_is_not_there_is_unavailable() -> None:
    with OpenSearch("http://127.0.0.1:9", timeout=1, max_retries=0) as client:
        store = OpenSearchVectorStore(client, "a")
        assert not store.ready()
        for call in (
            lambda: store.ensure_index(2),
            lambda: store.upsert([row("file-1")]),
            lambda: store.search_text(SCOPE, "words", 5),
            lambda: store.set_acl("acme", "vs_1", "file-1", []),
        ):
            with pytest.raises(Unavailable):
                call()


def test_requests_to_aws_are_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with connect("https://search-maru.ap-northeast-2.es.amazonaws.com", "ap-northeast-2") as client:
        connection = client.transport.get_connection()
        assert (connection.host, connection.use_ssl) == ("https://search-maru.ap-northeast-2.es.amazonaws.com:443", True)
        headers = connection.http_auth("GET", "https://search-maru.ap-northeast-2.es.amazonaws.com/_search", None)
    assert "/ap-northeast-2/es/aws4_request" in headers["Authorization"]


@pytest.mark.live
def test_a_versioned_index_stands_behind_the_alias(opensearch_client: OpenSearch, opensearch_store: OpenSearchVectorStore) -> None:
    for dimensions in (2, 2, 3):
        opensearch_store.ensure_index(dimensions)
    alias = opensearch_store._alias
    assert list(opensearch_client.indices.get_alias(name=alias)) == [index_name(alias)]
    properties = opensearch_client.indices.get_mapping(index=alias)[index_name(alias)]["mappings"]["properties"]
    assert {name for name in properties if name.startswith("vector_")} == {"vector_2", "vector_3"}
    assert properties["vector_2"]["method"]["engine"] == "lucene"


@pytest.mark.live
def test_a_length_without_a_field_is_reported_for_each_row(opensearch_store: OpenSearchVectorStore) -> None:
    opensearch_store.ensure_index(2)
    with pytest.raises(IndexingFailed) as failed:
        opensearch_store.upsert([row("good"), row("long", vector=(1.0, 0.0, 0.0))])
    assert failed.value.failures == {"vs_1/1/long_chunk_0": "strict_dynamic_mapping_exception"}
    assert [hit.chunk.file_id for hit in opensearch_store.search_text(SCOPE, "words", 5)] == ["good"]


@pytest.mark.live
def test_writing_before_the_index_was_ensured_makes_no_index(
    opensearch_client: OpenSearch, opensearch_store: OpenSearchVectorStore
) -> None:
    assert not opensearch_store.ready()
    assert opensearch_store.search_hybrid(SCOPE, "words", (1, 0), 5) == []
    opensearch_store.delete("acme", "vs_1", "file-1")
    with pytest.raises(IndexingFailed):
        opensearch_store.upsert([row("file-1")])
    assert not opensearch_client.indices.exists(index=opensearch_store._alias)


@pytest.mark.live
def test_morphemes_find_what_pairs_of_characters_do_not(opensearch_store: OpenSearchVectorStore) -> None:
    opensearch_store.ensure_index(2)
    opensearch_store.upsert([row("walked", text="매일 아침 걸었다."), row("ate", text="매일 아침 먹었다.")])
    assert [hit.chunk.file_id for hit in opensearch_store.search_text(SCOPE, "걷다", 5)] == ["walked"]


@pytest.mark.live
def test_the_right_article_and_the_right_code_come_first(opensearch_store: OpenSearchVectorStore) -> None:
    opensearch_store.ensure_index(2)
    opensearch_store.upsert([row(name, text=text) for name, text in (TEXTS | OTHERS).items()])
    for query, wanted in (("12조3항", "12-3"), ("제 12 조", "12-3"), ("err4012", "4012"), ("err-4012", "4012")):
        assert opensearch_store.search_text(SCOPE, query, 3)[0].chunk.file_id == wanted, query


@pytest.mark.live
def test_a_number_with_its_unit_does_not_outweigh_what_a_question_is_about(opensearch_store: OpenSearchVectorStore) -> None:
    """However many ways the unit goes on in the index: 년에, 년간, 년의, …"""
    opensearch_store.ensure_index(2)
    texts = {"fares": "서울시 버스 요금 인상은 지난해 시의회에서 의결되었다.", "check": "2년에 한 번 점검한다."}
    texts |= {f"7년{way}": f"7년{way} 이야기" for way in "에간의도만과을은이로째차생산월말초반형식"}
    opensearch_store.upsert([row(name, text=text) for name, text in texts.items()])
    assert opensearch_store.search_text(SCOPE, "서울시 버스 요금 인상이 의결되고 2년", 3)[0].chunk.file_id == "fares"


@pytest.mark.live
def test_a_long_write_leaves_one_graph_to_walk(opensearch_client: OpenSearch, opensearch_store: OpenSearchVectorStore) -> None:
    opensearch_store.ensure_index(2)
    opensearch_store.upsert(row(f"file-{number}") for number in range(2 * BATCH + 1))
    segments = opensearch_client.cat.segments(index=opensearch_store._alias, format="json")
    assert [segment["docs.count"] for segment in segments] == [str(2 * BATCH + 1)]
    assert len(opensearch_store.search_text(SCOPE, "words", 2 * BATCH + 1)) == 2 * BATCH + 1


@pytest.mark.live
def test_rows_that_are_passed_over_uncounted_would_not_have_been_found(
    opensearch_client: OpenSearch, opensearch_store: OpenSearchVectorStore
) -> None:
    drawn = random.Random(5)  # noqa: S311 - to be repeatable
    words = [f"w{number}" for number in range(40)]
    opensearch_store.ensure_index(2)
    opensearch_store.upsert(row(f"file-{n}", text=" ".join(drawn.choices(words, k=drawn.randint(5, 60)))) for n in range(1000))
    for _ in range(20):
        query = queries.matching(SCOPE, " ".join(drawn.sample(words, 4)), 20)
        assert query is not None
        left, whole = (
            [(hit["fields"], hit["_score"]) for hit in opensearch_client.search(index=opensearch_store._alias, body=body)["hits"]["hits"]]
            for body in (query, query | {"track_total_hits": True})
        )
        assert left == whole
        assert len(left) == 20


@pytest.mark.live
def test_another_way_of_building_the_graph_stands_beside_until_nothing_is_left_of_the_first(
    opensearch_client: OpenSearch, opensearch_store: OpenSearchVectorStore
) -> None:
    alias = opensearch_store._alias
    opensearch_store.ensure_index(2)
    opensearch_store.upsert([row("old"), row("leaving")])
    options = IndexOptions(m=8, quantisation="scalar")
    tuned = OpenSearchVectorStore(opensearch_client, alias, options=options)
    tuned.ensure_index(2)
    tuned.upsert([row("new", vector=(0.5, 1.0))])
    first, second = index_name(alias), index_name(alias, options)
    assert first != second
    held = {name: opensearch_client.count(index=name)["count"] for name in (first, second)}
    assert held == {first: 2, second: 1}
    method = opensearch_client.indices.get_mapping(index=second)[second]["mappings"]["properties"]["vector_2"]["method"]
    assert (method["parameters"]["m"], method["parameters"]["encoder"]["name"]) == (8, "sq")
    assert [hit.chunk.file_id for hit in tuned.search_vector(SCOPE, (0.5, 1.0), 1)] == ["new"]
    assert {hit.chunk.file_id for hit in tuned.search_hybrid(SCOPE, "plain", (1.0, 0.5), 9)} == {"old", "leaving", "new"}
    tuned.set_acl("acme", "vs_1", "old", ["user:a"])
    tuned.delete("acme", "vs_1", "leaving")
    assert {hit.chunk.file_id for hit in tuned.search_text(SCOPE, "plain", 9)} == {"new"}
    tuned.ensure_index(3)
    assert tuned.search_vector(SCOPE, (1.0, 0.0, 0.0), 9) == [], "a length that the first version had no field for"
    tuned.delete("acme", "vs_1", "old")
    tuned.ensure_index(2)
    assert list(opensearch_client.indices.get_alias(name=alias)) == [second]


def test_a_whole_request_that_is_put_off_is_sent_again() -> None:
    class Refusing(ScriptedBulk):
        refusals = 2

        def bulk(self, *, body: list[Any], **more: Any) -> Any:
            if self.refusals:
                self.refusals -= 1
                raise exceptions.TransportError(429, "rejected")
            return super().bulk(body=body, **more)

    client, pauses = Refusing({}), list[float]()
    OpenSearchVectorStore(client, "a", pause=pauses.append).upsert([row("one")])  # type: ignore[arg-type]
    assert len(client.sent) == 1
    assert pauses == [0.4, 0.8]
    client.refusals = ATTEMPTS
    with pytest.raises(Unavailable):
        OpenSearchVectorStore(client, "a", pause=pauses.append).upsert([row("one")])  # type: ignore[arg-type]
