"""Chunks cover the text, keep their size, and are cut where a reader would cut."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maru.knowledge.chunk import chunk
from maru.knowledge.parse import PageSpan, ParsedDocument, parse


def plain(text: str) -> ParsedDocument:
    return ParsedDocument(text=text, media_type="text/plain")


def markdown(text: str) -> ParsedDocument:
    return parse(text.encode(), filename="a.md")


SENTENCE = "이것은 시험을 위해 쓴 문장이며 길이는 쉰 자 안팎이 되도록 조금 늘여 쓴 것이다. "


def test_defaults_give_about_a_thousand_characters_with_overlap() -> None:
    document = plain(SENTENCE * 100)
    chunks = chunk(document)
    assert all(900 <= one.end - one.start <= 1000 for one in chunks[:-1])
    assert all(120 <= before.end - after.start <= 200 for before, after in pairwise(chunks))
    assert all(document.text[one.start : one.end].startswith("이것은") for one in chunks)
    assert all(document.text[one.start : one.end].endswith("것이다.") for one in chunks)


def test_a_chunk_ends_before_a_heading_and_carries_its_path() -> None:
    document = markdown(f"# 규정\n\n## 휴가\n\n{SENTENCE * 14}\n\n## 급여\n\n{SENTENCE * 14}\n\n### 상여\n\n{SENTENCE * 3}")
    first, second = chunk(document)
    assert first.heading_path == ("규정",)
    assert second.heading_path == ("규정", "급여")
    assert document.text[second.start : second.end].startswith("## 급여")


def test_a_heading_is_never_the_end_of_a_chunk() -> None:
    document = markdown(f"# 가\n\n{SENTENCE * 8}\n\n# 나\n\n{SENTENCE * 30}")
    for one in chunk(document, size=500, overlap=0):
        assert not document.text[one.start : one.end].endswith(("# 가", "# 나"))


def test_tables_are_cut_between_rows() -> None:
    rows = "\n".join(f"| {number} | 값 {number}. 둘째 문장 |" for number in range(100))
    document = markdown(f"| 번호 | 값 |\n| --- | --- |\n{rows}")
    for one in chunk(document, size=300, overlap=60):
        text = document.text[one.start : one.end]
        assert text.startswith("|")
        assert text.endswith("|")


def test_the_page_is_where_the_chunk_starts() -> None:
    text = SENTENCE * 60
    half = len(SENTENCE) * 30
    document = ParsedDocument(text=text, media_type="application/pdf", pages=(PageSpan(1, 0, half), PageSpan(2, half, len(text))))
    pages = [(one.start, one.page) for one in chunk(document)]
    assert all(page == (1 if start < half else 2) for start, page in pages)
    assert {page for _, page in pages} == {1, 2}


def test_list_marks_stay_with_their_items() -> None:
    document = markdown("\n".join(f"- {SENTENCE.strip()}" for _ in range(40)))
    assert all(document.text[one.start] == "-" for one in chunk(document))


@pytest.mark.parametrize("unit", ["가", "a", "e\u0323\u0301", "👩‍👩‍👧", "🇰🇷", "낱말 ", "\u1112\u119e\u11ab"])
def test_long_unbroken_text(unit: str) -> None:
    document = plain((unit * 3000).strip())
    chunks = chunk(document)
    assert all(one.end - one.start <= 1000 for one in chunks)
    assert all(one.start % len(unit) == 0 for one in chunks)
    assert all(before.end > after.start for before, after in pairwise(chunks))


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("가나다요. \n#|-1a\u0301Zé👍🏽\u200d。,"), max_size=400),
    st.integers(5, 80),
    st.integers(0, 4),
    st.booleans(),
)
def test_every_visible_character_is_in_a_chunk(text: str, size: int, overlap: int, as_markdown: bool) -> None:
    document = markdown(text + "x") if as_markdown else plain(text)
    chunks = chunk(document, size=size, overlap=overlap)
    covered: set[int] = set()
    for one in chunks:
        covered.update(range(one.start, one.end))
        assert document.text[one.start : one.end].strip() == document.text[one.start : one.end] != ""
    assert all(at in covered for at, char in enumerate(document.text) if not char.isspace())
    assert [one.index for one in chunks] == list(range(len(chunks)))
    assert all(before.start < after.start and before.end < after.end for before, after in pairwise(chunks))


def test_time_is_linear() -> None:
    document = plain(SENTENCE * 40_000)
    began = time.process_time()
    assert len(chunk(document)) > 1000
    assert time.process_time() - began < 10


def test_sizes_are_checked() -> None:
    with pytest.raises(ValueError, match="overlap"):
        chunk(plain("a"), size=100, overlap=100)


def test_what_a_chunk_lacks_is_its_context() -> None:
    rows = "\n".join(f"| {number} | 값 {number} |" for number in range(100))
    document = markdown(f"# 표\n\n| 번호 | 값 |\n| --- | --- |\n{rows}")
    first, second, *_ = chunk(document, size=300, overlap=60)
    assert first.columns == ""
    assert second.columns == "| 번호 | 값 |"
    assert second.context(document.text[second.start : second.end]) == "표\n| 번호 | 값 |"
    assert "번호" not in document.text[second.start : second.end]
