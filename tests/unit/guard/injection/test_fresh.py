"""Attacks and harmless requests of every kind, written for these tests: nothing was learned from them, and no rule names them."""

from pathlib import Path

import pytest

from maru.guard.check import Place, Subject
from maru.guard.injection import CHECK

_ENOUGH = 0.5


def lines(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()


def kinds(text: str, place: Place = "input") -> set[str]:
    return {one.label for one in CHECK.find(Subject(text, place)) if one.score >= _ENOUGH}


@pytest.mark.parametrize("line", lines("attacks.txt"))
def test_attacks_are_told(line: str) -> None:
    assert kinds(line.replace("\\n", "\n"))


@pytest.mark.parametrize("line", lines("harmless.txt"))
def test_harmless_requests_pass(line: str) -> None:
    assert kinds(line) == set()


@pytest.mark.parametrize("line", lines("leaks.txt"))
def test_what_has_something_sent_out_is_told_from_what_people_send(line: str) -> None:
    sign, text = line[0], line[2:]
    assert ("direct/exfiltration" in kinds(text)) == (sign == "+")
    if sign == "+":
        assert "indirect/exfiltration" in kinds(text, "passage")
