"""Which texts a prompt holds: those that steps found, and none that it holds by chance."""

import json

import pytest

from maru.chains.evidence import Held, Known, _words

LONG = "Full-time employees receive 25 days of annual leave,\nand 3 days more after ten years with the company."
SHORT = "25 days"


def held(prompt: str, *texts: str) -> list[str]:
    known = [Known([(text, 1)], [], [_words([text])]) for text in texts]
    return [file_id for one in Held([prompt]).among(known) for file_id, _ in one.documents]


@pytest.mark.parametrize(
    ("prompt", "given"),
    [
        (f"Say it.\n{LONG}\n{SHORT}", [LONG, SHORT]),
        (f"Say it.\n{json.dumps(LONG)}", [LONG]),
        (f"Say it: {SHORT}", [SHORT]),
        (f"Say it.\n{LONG[30:]}", [LONG]),
        ("Say it: 125 days, 25 daystars", []),
        ("", []),
    ],
)
def test_a_short_text_is_told_where_it_stands_by_itself(prompt: str, given: list[str]) -> None:
    assert held(prompt, SHORT, LONG) == sorted(given, key=[SHORT, LONG].index)


def test_a_korean_word_may_carry_a_particle() -> None:
    assert held("휴가는 15일입니다.", "15일", "휴가", "가는", "5일") == ["15일", "휴가"]


@pytest.mark.parametrize("text", ["", "…", "\n"])
def test_what_says_nothing_is_held_by_no_prompt(text: str) -> None:
    assert held("anything … at all", text) == []
