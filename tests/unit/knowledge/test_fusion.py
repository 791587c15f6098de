"""The fusion of two legs: who wins when they disagree, and what the scores promise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maru.knowledge.fusion import DEPTH, coverage, fuse, leg_depth
from maru.knowledge.stores.port import MAX_HITS, Chunk, Hit

ENGLISH = ("en",)


def row(name: str) -> Chunk:
    return Chunk(vector_store_id="vs", file_id=name, version=1, chunk_index=0, total_chunks=1, text=name, tenant="t", acl=("public",))


def near(**cosines: float) -> list[Hit]:
    return [Hit(row(name), score, vector_score=score) for name, score in sorted(cosines.items(), key=lambda pair: -pair[1])]


def text(**scores: float) -> list[Hit]:
    return [Hit(row(name), score, text_score=score) for name, score in sorted(scores.items(), key=lambda pair: -pair[1])]


def order(hits: list[Hit]) -> list[str]:
    return [hit.chunk.file_id for hit in hits]


def noise(*, seed: int, floor: float = 0.5) -> list[Hit]:
    """What an English model makes of Korean: everything is equally near."""
    return near(**{f"n{number}": floor + 0.1 * (number * (seed + 7) % DEPTH) / DEPTH for number in range(DEPTH)})


def test_a_passage_in_both_legs_passes_one_in_either() -> None:
    hits = fuse("annual leave", near(both=0.7, near=0.71, far=0.1), text(both=9, worded=9.5), 3, languages=ENGLISH)
    assert order(hits)[0] == "both"
    assert (hits[0].vector_score, hits[0].text_score) == (0.7, 9)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_an_english_model_has_no_say_in_korean() -> None:
    worded = text(best=20, second=19.9, third=1)
    for seed in range(20):
        hits = fuse("연차 휴가는 며칠인가요?", noise(seed=seed), worded, 10, languages=ENGLISH)
        assert order(hits)[:3] == ["best", "second", "third"]
        assert len(hits) == 10  # what the vectors found still fills the rest


def test_a_model_that_knows_korean_has_its_say() -> None:
    hits = fuse("연차 휴가는 며칠인가요?", near(meant=0.9, other=0.2), text(other=6, third=5.5), 3, languages=("ko", "en"))
    assert order(hits)[0] == "meant"


def test_flat_cosines_of_an_undeclared_model_hardly_matter() -> None:
    for seed in range(20):
        hits = fuse("연차 휴가는 며칠인가요?", noise(seed=seed), text(best=40, second=34), 5)
        assert order(hits)[:2] == ["best", "second"]


def test_a_weak_text_leg_yields_to_a_vector_that_stands_out() -> None:
    vectors = near(meant=0.8, **{f"v{number}": 0.1 for number in range(20)})
    assert order(fuse("how do I get home", vectors, text(stopwords=1.5, meant=0.4), 2, languages=ENGLISH))[0] == "meant"
    strong = fuse("ZX-81 serial 40-1137-C", near(wrong=0.42, right=0.30, rest=0.28), text(right=24, wrong=3), 2, languages=ENGLISH)
    assert order(strong)[0] == "right"


def test_an_affine_change_of_the_cosines_changes_nothing() -> None:
    # Other models keep their cosines in a narrow band below 1.
    plain, band = {"a": 0.6, "b": 0.5, "c": 0.1}, {"a": 0.88, "b": 0.85, "c": 0.73}
    worded = text(b=8, d=7)
    first, second = (fuse("q", near(**legs), worded, 4) for legs in (plain, band))
    assert order(first) == order(second)
    assert [hit.score for hit in first] == pytest.approx([hit.score for hit in second])


def test_one_leg_alone_keeps_its_order() -> None:
    assert order(fuse("q", [], text(a=3, b=2, c=2), 5)) == ["a", "b", "c"]
    assert order(fuse("q", near(a=0.3, b=0.2, c=-0.9), [], 5)) == ["a", "b", "c"]
    assert order(fuse("한글", near(a=0.3, b=0.2), [], 5, languages=ENGLISH)) == ["a", "b"]
    assert order(fuse("q", near(only=-0.5), [], 5)) == ["only"]
    assert fuse("q", [], [], 5) == []


def test_text_scores_of_nothing_decide_nothing() -> None:
    # In a store of two passages FTS5 gives a word that both hold the weight 1e-6.
    assert order(fuse("the word", near(meant=0.6, other=0.1), text(other=1e-6, meant=9e-7), 2, languages=ENGLISH))[0] == "meant"


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-1, 1)),
    st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1e6)),
    st.sampled_from(["plain words", "한글 낱말", "GPT 모델", "2024", ""]),
    st.integers(1, 12),
)
def test_scores_lie_between_nothing_and_one(cosines: dict[str, float], scores: dict[str, float], query: str, k: int) -> None:
    hits = fuse(query, near(**cosines), text(**scores), k, languages=ENGLISH)
    assert len(hits) == min(k, len(cosines.keys() | scores.keys()))
    assert len(set(order(hits))) == len(hits)
    assert all(0 <= hit.score <= 1 for hit in hits)


@pytest.mark.parametrize(
    ("query", "languages", "share"),
    [
        ("annual leave", ("en",), 1),
        ("연차 휴가", ("en",), 0),
        ("연차 휴가", ("en", "ko"), 1),
        ("연차 휴가", ("ko-KR",), 1),
        ("연차 휴가", ("KO",), 1),
        ("연차 휴가", None, 1),
        ("연차 휴가", (), 1),
        ("AB 휴가", ("en",), 0.5),
        ("AB 휴가", ("ko",), 0.5),
        ("2024-11-03?", ("ko",), 1),
        ("", ("en",), 1),
        ("ＡＢ", ("en",), 1),
        ("휴가 규정".encode().decode(), ("ja",), 0),
        ("отпуск", ("ru",), 1),
        ("отпуск", ("en",), 0),
        ("congé annuel", ("fr",), 1),
    ],
)
def test_coverage_is_the_share_of_letters_the_model_reads(query: str, languages: tuple[str, ...] | None, share: float) -> None:
    assert coverage(query, languages) == share


def test_legs_are_searched_deeper_than_the_answer() -> None:
    assert [leg_depth(k) for k in (1, 5, 40, MAX_HITS)] == [DEPTH, DEPTH, 80, MAX_HITS]
