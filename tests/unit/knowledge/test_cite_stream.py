"""Markers in a stream: the same text and references whatever the pieces, and nothing shown that was not verified."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maru.knowledge.cite import Citation, CitationStream, Event, Reference, Source, Text
from maru.knowledge.sentences import sentences

LEAVE = "연차 휴가는 15일이다. 연차는 이월되지 않는다. 신청은 인사팀에 한다."
TRAVEL = "Hotels cost at most 120 euros a night. Flights are booked by the travel desk."
SOURCES = [
    Source("file-a", 2, "file-a_chunk_3", "휴가.pdf", LEAVE, 500, 0.9, page=4, pages=((4, 0, 13), (5, 13, 40))),
    Source("file-b", 1, "file-b_chunk_0", "travel.md", TRAVEL, 0, 0.5),
]


def run(pieces: list[str]) -> tuple[str, list[Reference], list[Event]]:
    stream = CitationStream(SOURCES)
    events = [event for piece in pieces for event in stream.feed(piece)] + stream.finish()
    assert "".join(event.delta for event in events if isinstance(event, Text)) == stream.text
    assert sorted((e.reference for e in events if isinstance(e, Citation)), key=lambda r: r.index) == stream.references
    return stream.text, stream.references, events


CASES = [
    ("연차는 15일입니다 [1].", "연차는 15일입니다 [1]."),
    ("연차는 15일입니다. [1]", "연차는 15일입니다. [1]"),
    ("연차는 20일입니다 [1].", "연차는 20일입니다."),
    ("연차는 20일입니다. [1] 끝.", "연차는 20일입니다. 끝."),
    ("연차는 15일입니다[1][2].", "연차는 15일입니다[1]."),
    ("연차는 15일입니다 [1, 2].", "연차는 15일입니다 [1]."),
    ("연차는 15일입니다 [9].", "연차는 15일입니다."),
    ("연차는 15일이고[1], 이월되지 않습니다[1].", "연차는 15일이고[1], 이월되지 않습니다[3]."),
    ("Hotels cost at most 120 euros [2]. 연차는 15일입니다 [1].", "Hotels cost at most 120 euros [2]. 연차는 15일입니다 [1]."),
    ("연차는 15일입니다 [1]. 다시, 연차는 15일입니다 [1].", "연차는 15일입니다 [1]. 다시, 연차는 15일입니다 [1]."),
    ("목록 [a] [1000] [", "목록 [a] [1000] ["),
    ("끝 [1", "끝 [1"),
    ("[1] 연차", " 연차"),
    ("```\na [1]\n``` 연차는 15일입니다 [1]", "```\na [1]\n``` 연차는 15일입니다 [1]"),
    ("- 연차: **15일** [1]\n- 신청: 인사팀 [1]", "- 연차: **15일** [1]\n- 신청: 인사팀 [3]"),
    ("", ""),
]


@pytest.mark.parametrize(("written", "expected"), CASES)
def test_markers(written: str, expected: str) -> None:
    assert run([written])[0] == expected


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([written for written, _ in CASES]), st.lists(st.integers(0, 60), max_size=20))
def test_every_split_gives_the_same(written: str, cuts: list[int]) -> None:
    places = sorted({0, len(written), *(cut for cut in cuts if cut < len(written))})
    pieces = [written[start:end] for start, end in pairwise(places)]
    assert run(pieces)[:2] == run([written])[:2]
    assert run(list(written))[:2] == run([written])[:2]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["[", "]", "1", "2", ",", " ", "`", "```", "\n", ".", "연차는 15일입니다", "x"]), max_size=25))
def test_every_split_of_any_text_gives_the_same(parts: list[str]) -> None:
    whole = "".join(parts)
    assert run(parts)[:2] == run([whole])[:2] == run(list(whole))[:2]


def test_text_leaves_at_once_and_only_what_may_be_a_marker_waits() -> None:
    stream = CitationStream(SOURCES)
    assert stream.feed("연차는 15일입니다") == [Text("연차는 15일입니다")]
    assert stream.feed(" [") == []
    assert stream.feed("1") == []
    events = stream.feed("] 네")
    assert events[0] == Text(" [1]")
    assert isinstance(events[1], Citation)
    assert events[2] == Text(" 네")


def test_a_reference_says_where_its_quote_stands() -> None:
    _, references, _ = run(["연차는 이월되지 않습니다 [1]."])
    (reference,) = references
    assert reference.quote == "연차는 이월되지 않는다."
    assert reference.content[reference.start : reference.end] == reference.quote
    assert (reference.file_start, reference.file_end) == (500 + reference.start, 500 + reference.end)
    assert (reference.index, reference.file_id, reference.version, reference.chunk_id) == (1, "file-a", 2, "file-a_chunk_3")
    assert reference.page == 5
    assert set(reference.public()) == {
        *("index", "file_id", "version", "chunk_id", "source", "page", "content", "quote"),
        *("start", "end", "file_start", "file_end", "score"),
    }


def test_every_marker_of_the_text_is_a_reference() -> None:
    text, references, _ = run(["연차는 15일이고[1], 이월되지 않습니다[1]. Flights are booked by the travel desk [2]. 없는 말 [1]"])
    assert {f"[{reference.index}]" for reference in references} == {"[1]", "[2]", "[3]"}
    assert all(f"[{reference.index}]" in text for reference in references)
    assert text.endswith("없는 말")


def test_the_question_decides_between_equal_quotes() -> None:
    passage = "부산 지점의 정원은 12명이다. 대구 지점의 정원은 12명이다."
    stream = CitationStream([Source("f", 1, "f_chunk_0", "s", passage, 0, 1.0)], question="대구 지점의 정원은 몇 명인가요?")
    stream.feed("정원은 12명입니다. [1]")
    stream.finish()
    assert stream.references[0].quote == "대구 지점의 정원은 12명이다."
    assert sentences(passage)
