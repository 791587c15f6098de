"""Sentence borders in Korean and English, and the time they take on hostile text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maru.knowledge.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


CASES = [
    ("연차는 15일이다. 1년에 3.5일을 더한다.", ["연차는 15일이다.", "1년에 3.5일을 더한다."]),
    ("안녕하세요! 반갑습니다? 네.", ["안녕하세요!", "반갑습니다?", "네."]),
    ("신청한다.그리고 승인한다.", ["신청한다.", "그리고 승인한다."]),
    ("이 규칙은 2024. 3. 1.부터 시행한다. 끝.", ["이 규칙은 2024. 3. 1.부터 시행한다.", "끝."]),
    ("2024. 12. 31. 까지 쓴다.", ["2024. 12. 31. 까지 쓴다."]),
    ('그는 "좋다. 가자."라고 했다. 갔다.', ['그는 "좋다. 가자."라고 했다.', "갔다."]),
    ('He said, "Go home!" and left. She stayed.', ['He said, "Go home!" and left.', "She stayed."]),
    ("See e.g. Sec. 3 or Fig. 2 by Dr. Kim. Done.", ["See e.g. Sec. 3 or Fig. 2 by Dr. Kim.", "Done."]),
    ("It grew 3.5 percent at Acme Inc. The rest fell.", ["It grew 3.5 percent at Acme Inc.", "The rest fell."]),
    ("Room No. 5 is free. J. K. Rowling wrote it.", ["Room No. 5 is free.", "J. K. Rowling wrote it."]),
    ("1. 첫째 항목\n2. 둘째 항목", ["1. 첫째 항목", "2. 둘째 항목"]),
    ("- one thing\n- another thing", ["one thing", "another thing"]),
    ("## 휴가 규정\n연차는 15일이다.", ["휴가 규정", "연차는 15일이다."]),
    ("| a | b |\n|---|---|\n| x. y | 3.5 |", ["| a | b |", "| x. y | 3.5 |"]),
    ("짧은 제목\n본문입니다", ["짧은 제목", "본문입니다"]),
    ("제15조(휴가) 다음과 같다.\n제16조(휴직) 다음과 같다.", ["제15조(휴가) 다음과 같다.", "제16조(휴직) 다음과 같다."]),
    ("응답은 15일입니다. [1] 다음.", ["응답은 15일입니다.", "[1] 다음."]),
    ("A word . Next one , is here . End .", ["A word .", "Next one , is here .", "End ."]),
    ("파일 .txt 은 좋다 . 다음이다 .", ["파일 .txt 은 좋다 .", "다음이다 ."]),
    ("use . net now", ["use . net now"]),
    ("", []),
    (" \n---\n", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_borders(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_wrapped_line_continues() -> None:
    text = "This paragraph was wrapped by its editor after some seventy columns\nof text. Next."
    assert cut(text) == [text[:-6], "Next."]


@given(st.text(alphabet=st.sampled_from("가다요.!? \n|#-\"'()1a A…。[]"), max_size=200))
def test_spans_are_ordered_disjoint_and_trimmed(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert at <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        at = end


@pytest.mark.parametrize("unit", ['"', "(", ".", "a.", '"(', " ", "#", "- ", "가", "| ", "다.가", "\n"])
def test_hostile_text_takes_linear_time(unit: str) -> None:
    began = time.process_time()
    sentences(unit * (300_000 // len(unit)))
    assert time.process_time() - began < 5
