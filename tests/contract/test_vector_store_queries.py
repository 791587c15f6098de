"""What every vector store makes of filters and of words, in any language and with anything in them."""

from typing import Any

import pytest

from maru.knowledge.stores.filters import AttributeValue
from maru.knowledge.stores.port import VectorStore
from tests.contract.vector_rows import EAST, UP, chunk, files, legs, scope

ROWS: dict[str, dict[str, AttributeValue]] = {
    "low": {"n": -2.5, "s": "apple", "b": False},
    "mid": {"n": 3, "s": "나무", "b": True},
    "high": {"n": 1e9, "s": "한글 값"},
    "text": {"n": "3", "s": ""},
    "none": {},
}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"type": "eq", "key": "n", "value": 3}, {"mid"}),
        ({"type": "eq", "key": "n", "value": "3"}, {"text"}),
        ({"type": "eq", "key": "s", "value": "한글 값"}, {"high"}),
        ({"type": "eq", "key": "s", "value": ""}, {"text"}),
        ({"type": "eq", "key": "b", "value": True}, {"mid"}),
        ({"type": "eq", "key": "b", "value": 1}, set()),
        ({"type": "ne", "key": "n", "value": 3}, {"low", "high", "text", "none"}),
        ({"type": "gt", "key": "n", "value": -2.5}, {"mid", "high"}),
        ({"type": "gte", "key": "n", "value": -2.5}, {"low", "mid", "high"}),
        ({"type": "gte", "key": "n", "value": -3}, {"low", "mid", "high"}),
        ({"type": "lt", "key": "n", "value": 3}, {"low"}),
        ({"type": "lte", "key": "n", "value": 3}, {"low", "mid"}),
        ({"type": "lt", "key": "n", "value": -1e300}, set()),
        ({"type": "gt", "key": "s", "value": "apple"}, {"mid", "high"}),
        ({"type": "lte", "key": "s", "value": "나무"}, {"low", "mid", "text"}),
        ({"type": "in", "key": "s", "value": ["apple", "나무", 3]}, {"low", "mid"}),
        ({"type": "in", "key": "s", "value": []}, set()),
        ({"type": "nin", "key": "s", "value": ["apple", "나무"]}, {"high", "text", "none"}),
        ({"type": "nin", "key": "s", "value": []}, {"low", "mid", "high", "text", "none"}),
        ({"type": "and", "filters": [{"type": "gt", "key": "n", "value": 0}, {"type": "ne", "key": "b", "value": True}]}, {"high"}),
        ({"type": "or", "filters": [{"type": "eq", "key": "b", "value": False}, {"type": "eq", "key": "n", "value": 3}]}, {"low", "mid"}),
        (
            {
                "type": "or",
                "filters": [
                    {"type": "and", "filters": [{"type": "gte", "key": "n", "value": 0}, {"type": "lt", "key": "s", "value": "하"}]},
                    {"type": "eq", "key": "s", "value": ""},
                ],
            },
            {"mid", "text"},
        ),
        ({"type": "eq", "key": "absent", "value": 1}, set()),
    ],
)
def test_every_filter_holds_in_every_leg(store: VectorStore, where: dict[str, Any], expected: set[str]) -> None:
    store.upsert(chunk(name, attributes=attributes) for name, attributes in ROWS.items())
    assert legs(store, scope(where=where)) == expected


def test_a_filter_is_applied_before_the_nearest_are_taken(store: VectorStore) -> None:
    store.upsert(chunk(f"near{number}", attributes={"kind": "other"}) for number in range(40))
    store.upsert([chunk("far", "words", vector=tuple(-value for value in EAST), attributes={"kind": "wanted"})])
    where = scope(where={"type": "eq", "key": "kind", "value": "wanted"})
    assert files(store.search_vector(where, EAST, 1)) == ["far"]
    if "text" in store.abilities:
        assert files(store.search_text(where, "plain words", 1)) == ["far"]


def test_attributes_cannot_pass_for_an_acl_or_for_each_other(store: VectorStore) -> None:
    store.upsert([chunk("file-1", acl=("user:a",), attributes={"public": "public", "acl": "public", "user": "b", "k": "v"})])
    assert legs(store, scope("public", "user:b", "user\x1fs\x1fb")) == set()
    assert legs(store, scope("user:a", where={"type": "eq", "key": "user", "value": "a"})) == set()
    assert legs(store, scope("user:a", where={"type": "gte", "key": "a", "value": "b"})) == set()


KOREAN = {
    "restart": "서버를 재시작하는 방법은 관리 콘솔에서 인스턴스를 고르는 것입니다.",
    "leave": "연차휴가는 1년간 80% 이상 출근한 근로자에게 15일이 주어집니다.",
    "api": "GPT를 API로 부르려면 키가 필요하다.",
    "english": "Annual leave is granted to every employee who worked through the year.",
}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("서버 재시작 방법", "restart"),
        ("서버재시작", "restart"),
        ("연차 휴가는 며칠인가요?", "leave"),
        ("휴가", "leave"),
        ("GPT API 키", "api"),
        ("gpt", "api"),
        ("ＧＰＴ", "api"),
        ("연차휴가", "leave"),
        ("employees working", "english"),
        ("ANNUAL LEAVE", "english"),
    ],
)
def test_text_search_knows_korean_and_english(text_store: VectorStore, query: str, first: str) -> None:
    text_store.upsert(chunk(name, text) for name, text in KOREAN.items())
    hits = text_store.search_text(scope(), query, 5)
    assert files(hits)[:1] == [first]
    assert all(hit.text_score == hit.score > 0 and hit.vector_score is None for hit in hits)


@pytest.mark.parametrize("query", ["", "   ", "?!…", "🙂", '"', "\ud800"])
def test_a_query_without_words_finds_nothing_by_text(text_store: VectorStore, query: str) -> None:
    text_store.upsert([chunk("file-1")])
    assert text_store.search_text(scope(), query, 5) == []
    assert files(text_store.search_hybrid(scope(), query, EAST, 5)) == ["file-1"]
    assert text_store.search_hybrid(scope(), query, (), 5) == []


@pytest.mark.parametrize(
    "query",
    [
        'words" OR "secret',
        "words AND NOT plain",
        "NEAR(words secret, 2)",
        "words*",
        "tokens:words",
        "^words + -plain",
        "words') OR 1=1 --",
        "(words",
        "words\0secret",
        "{!lucene} words /.*/ ~2",
        "\\words\\",
        "words " * 3000,
        " ".join(f"w{number}" for number in range(2000)) + " words",
        "words " + " ".join(f"낱말{number}" for number in range(2000)),
    ],
)
def test_a_query_is_words_and_never_syntax(text_store: VectorStore, query: str) -> None:
    text_store.upsert([chunk("file-1"), chunk("secret", acl=("user:z",))])
    found = files(text_store.search_text(scope(), query, 5))
    assert set(found) <= {"file-1"}
    if "w1999" not in query:
        assert found == ["file-1"]
    assert files(text_store.search_hybrid(scope(), query, EAST, 5)) == ["file-1"]


def test_a_hybrid_search_joins_the_legs(text_store: VectorStore) -> None:
    text_store.upsert([chunk("both", "annual leave days"), chunk("near", "nothing alike"), chunk("worded", "annual leave days", vector=UP)])
    hits = text_store.search_hybrid(scope(), "annual leave days", EAST, 5)
    assert files(hits)[0] == "both"
    assert set(files(hits)) == {"both", "near", "worded"}
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].vector_score == pytest.approx(1, abs=1e-5)
    assert hits[0].text_score is not None
    assert files(text_store.search_hybrid(scope(), "annual leave days", (), 5))[:2] in (["both", "worded"], ["worded", "both"])
