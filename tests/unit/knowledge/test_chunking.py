"""Each way to cut covers the text, cuts where it says, and is chosen by a strategy whose mistakes are named."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maru.errors import BadRequest
from maru.knowledge.chunking import cut, from_openai, to_openai
from maru.knowledge.parse import ParsedDocument, parse

SENTENCE = "이것은 시험을 위해 쓴 문장이며 길이는 쉰 자 안팎이 되도록 조금 늘여 쓴 것이다. "


def markdown(text: str) -> ParsedDocument:
    return parse(text.encode(), filename="a.md")


def texts(document: ParsedDocument, strategy: dict[str, Any]) -> list[str]:
    return [document.text[one.start : one.end] for one in cut(document, from_openai(strategy))]


def test_a_section_is_a_chunk() -> None:
    document = markdown(f"머리말\n\n# 규정\n\n## 휴가\n\n짧다.\n\n## 급여\n\n{SENTENCE * 30}")
    chunks = cut(document, from_openai({"type": "heading"}))
    found = [document.text[one.start : one.end] for one in chunks]
    assert found[:2] == ["머리말", "# 규정\n\n## 휴가\n\n짧다."]
    assert found[2].startswith("## 급여")
    assert [one.heading_path for one in chunks[2:]] == [("규정", "급여")] * len(chunks[2:])
    assert chunks[3].context(found[3]) == "규정 > 급여"
    assert "규정" not in found[3]
    assert all(len(one) <= 1000 for one in found)


def test_rows_are_grouped_under_their_columns() -> None:
    rows = "\n".join(f"| {number} | 값 |" for number in range(7))
    document = markdown(f"앞글이다.\n\n## 표 하나\n\n| 번호 | 값 |\n| --- | --- |\n{rows}\n\n뒷글이다.")
    strategy = {"type": "table_rows", "table_rows": {"rows_per_chunk": 3}}
    assert texts(document, strategy) == [
        "앞글이다.",
        "## 표 하나\n\n| 번호 | 값 |\n| --- | --- |\n| 0 | 값 |\n| 1 | 값 |\n| 2 | 값 |",
        "| 3 | 값 |\n| 4 | 값 |\n| 5 | 값 |",
        "| 6 | 값 |",
        "뒷글이다.",
    ]
    chunks = cut(document, from_openai(strategy))
    assert [one.columns for one in chunks] == ["", "", "| 번호 | 값 |", "| 번호 | 값 |", ""]


def test_windows_of_sentences_share_some_and_keep_to_their_section() -> None:
    document = markdown("# 가\n\n하나다. 둘이다. 셋이다. 넷이다. 다섯이다.\n\n# 나\n\n여섯이다.")
    strategy = {"type": "sentence_window", "sentence_window": {"sentences": 3, "overlap_sentences": 1}}
    assert texts(document, strategy) == ["# 가\n\n하나다. 둘이다. 셋이다.", "셋이다. 넷이다. 다섯이다.", "# 나\n\n여섯이다."]


STRATEGIES: list[dict[str, Any]] = [
    {"type": "auto"},
    {"type": "heading", "heading": {"max_chunk_size_tokens": 100}},
    {"type": "table_rows", "table_rows": {"rows_per_chunk": 2, "max_chunk_size_tokens": 100}},
    {"type": "sentence_window", "sentence_window": {"sentences": 2, "overlap_sentences": 1}},
    {"type": "sentence_window", "sentence_window": {"sentences": 1, "overlap_sentences": 0}},
]
LINES = st.lists(
    st.sampled_from(["# 가", "## 나", "다다. 라라다.", "| a | b |", "| --- | --- |", "| 1 | 2. 3 |", "- 점", "", SENTENCE * 12, "x" * 700]),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(LINES, st.sampled_from(STRATEGIES))
def test_every_visible_character_is_in_a_chunk(lines: list[str], strategy: dict[str, Any]) -> None:
    document = markdown("\n".join([*lines, "끝"]))
    chunks = cut(document, from_openai(strategy))
    covered: set[int] = set()
    for one in chunks:
        covered.update(range(one.start, one.end))
    assert all(at in covered for at, char in enumerate(document.text) if not char.isspace())
    assert [one.index for one in chunks] == list(range(len(chunks)))
    assert all(a.start < b.start and a.end < b.end for a, b in pairwise(chunks))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_reads_back(strategy: dict[str, Any]) -> None:
    kept = from_openai(strategy)
    assert from_openai(to_openai(kept)) == kept
    assert strategy["type"] in {"auto", to_openai(kept)["type"]}


def test_openais_strategies() -> None:
    assert from_openai(None) == from_openai({"type": "auto"}) == {"size": 1000, "overlap": 200}
    static = {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}}
    assert from_openai(static) == {"size": 2000, "overlap": 1000}
    assert to_openai(from_openai(static)) == static


@pytest.mark.parametrize(
    ("strategy", "param"),
    [
        ({"type": "other"}, "type"),
        ({"type": ["heading"]}, "type"),
        ({}, "type"),
        ({"type": "static"}, "static"),
        ({"type": "static", "static": {"max_chunk_size_tokens": 99, "chunk_overlap_tokens": 0}}, "static.max_chunk_size_tokens"),
        ({"type": "static", "static": {"max_chunk_size_tokens": True, "chunk_overlap_tokens": 0}}, "static.max_chunk_size_tokens"),
        ({"type": "static", "static": {"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 101}}, "static.chunk_overlap_tokens"),
        ({"type": "static", "static": {"max_chunk_size_tokens": 200}}, "static.chunk_overlap_tokens"),
        ({"type": "heading", "heading": 3}, "heading"),
        ({"type": "heading", "heading": {"max_chunk_size_tokens": 5000}}, "heading.max_chunk_size_tokens"),
        ({"type": "heading", "heading": {"size": 400}}, "heading.size"),
        ({"type": "table_rows", "table_rows": {"rows_per_chunk": 0}}, "table_rows.rows_per_chunk"),
        ({"type": "sentence_window", "sentence_window": {"sentences": 2, "overlap_sentences": 2}}, "sentence_window.overlap_sentences"),
        ({"type": "sentence_window", "sentence_window": {"sentences": "3"}}, "sentence_window.sentences"),
    ],
)
def test_a_wrong_strategy_names_its_field(strategy: dict[str, Any], param: str) -> None:
    with pytest.raises(BadRequest) as wrong:
        from_openai(strategy)
    assert wrong.value.param == f"chunking_strategy.{param}"
    assert param.rpartition(".")[2].strip("'") in wrong.value.message
