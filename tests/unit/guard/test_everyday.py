"""Personal data as people write it every day, and what looks like it: lines written for these tests, from which nothing was learned.

`everyday.txt` marks values as ``{LABEL:value}``; `everyday_harmless.txt` holds lines in which nobody is named or numbered.
"""

import re
import unicodedata
from pathlib import Path

import pytest

from maru.guard.check import Subject
from maru.guard.finding import Finding
from maru.guard.pii import CHECK

_MARKED = re.compile(r"\{([A-Z_]+):([^{}]*)\}")
#: Kinds that say little about anybody, and of which a policy that hides people asks nothing.
_VAGUE = frozenset({"LOCATION", "ORGANIZATION", "DATE_TIME", "URL", "TITLE"})
_ENOUGH = 0.5


def lines(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()


def read(line: str) -> tuple[str, list[tuple[str, str]]]:
    """The text of a line with tabs and line breaks, and its marked values."""
    line = line.replace("\\n", "\n").replace("\\t", "\t")
    return _MARKED.sub(lambda match: match[2], line), _MARKED.findall(line)


def found(text: str) -> list[Finding]:
    return [one for one in CHECK.find(Subject(text, "input")) if one.score >= _ENOUGH]


@pytest.mark.parametrize("line", lines("everyday.txt"))
def test_whatever_is_personal_is_found_whole_and_nothing_else(line: str) -> None:
    text, marked = read(line)
    told = [(one.label, text[one.start : one.end]) for one in found(text) if one.label not in _VAGUE]
    for label, value in marked:
        # What belongs to it may be part of it: a title, the end of an address.
        assert any(kind == label and value in said for kind, said in told), told
    assert len(told) <= len(marked), told


@pytest.mark.parametrize("line", lines("everyday_harmless.txt"))
def test_what_is_nobodys_is_left_alone(line: str) -> None:
    assert [one for one in found(line) if one.label not in _VAGUE] == []


@pytest.mark.parametrize("line", [line for line in lines("everyday.txt") if not unicodedata.is_normalized("NFD", line)])
def test_korean_taken_apart_hides_nothing(line: str) -> None:
    whole = unicodedata.normalize("NFC", read(line)[0])
    apart = unicodedata.normalize("NFD", whole)
    told = {(one.label, unicodedata.normalize("NFC", apart[one.start : one.end])) for one in found(apart)}
    assert told == {(one.label, whole[one.start : one.end]) for one in found(whole)}
