"""Numbers and codes of a query, whose parts stand together: 제12조 3항, ERR-4012, 2.1.0, MX-200A, 5,000만 원.

Cut into words they find whatever has one of the parts, a short text with the wrong number before the right one.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from maru.knowledge.stores.tokens import PAIRED, fold, mix_tokens

_RUNS = re.compile(f"[{PAIRED}]+|[^\\W_{PAIRED}]+")
_PARTS = re.compile(r"[a-z]+|[0-9]+")
#: Parts of a code, and codes and phrases of a query, at most: engines bound the clauses of one query.
_MOST_PARTS, _MOST = 4, 16
_DIGITS = 3


class Phrase(NamedTuple):
    """Tokens that follow one another; of the last one only the beginning where ``open``: a particle may follow it."""

    text: str
    open: bool

    @property
    def weight(self) -> int:
        """How often it counts: with its unit twice, for its parts alone bring a short text with other numbers before it. Chosen on the
        train halves of covid_qa and of our own questions (`bench/korean.py`), where up to 2 no first place is lost and from 3 on some are.
        """
        return 2 if self.open else 1


def phrases(query: str) -> list[Phrase]:
    """The distinct phrases that hold a number, in order."""
    found = dict.fromkeys(phrase for group in _groups(fold(query)) for phrase in _phrases(group))
    return [phrase for phrase in found if phrase.open or _is_long(phrase.text)][:_MOST]


def codes(query: str) -> list[str]:
    """The codes of a query in one word, as others write them: ``err4012`` for ERR-4012. They have three digits or more, which names
    such as COVID-19 have not."""
    pairs = [group for group in _groups(fold(query)) if len(group) == 2 and group[0].isascii() and group[0].isalpha()]
    found = dict.fromkeys("".join(group) for group in pairs if _is_long(group[1]))
    return list(found)[:_MOST]


def _groups(folded: str) -> Iterator[list[str]]:
    """Runs of letters, of digits and of Hangul that no space parts, one of them with a digit; "제 12 조" is written as "제12조" is."""
    group: list[str] = []
    groups = [group]
    end = 0
    for run in _RUNS.finditer(folded):
        if group and not _together(group[-1], folded[end : run.start()], run[0]):
            group = []
            groups.append(group)
        group.append(run[0])
        end = run.end()
    return (group for group in groups if any(_has_digit(run) for run in group))


def _is_long(text: str) -> bool:
    """Whether it has as many digits as codes, versions and amounts have, and names (COVID-19, H1N1) have not."""
    return len(re.findall("[0-9]", text)) >= _DIGITS


def _has_digit(run: str) -> bool:
    return any(char.isdecimal() for char in run)


def _together(before: str, gap: str, after: str) -> bool:
    if gap == " ":
        return (_counts(before, 1) and after.isdecimal()) or (before.isdecimal() and _counts(after, 2))
    return len(gap) <= 1 and not gap.isspace()


def _counts(run: str, most: int) -> bool:
    """Whether it may be a unit, behind a number with a particle."""
    return len(run) <= most and not run.isascii()


def _phrases(group: Sequence[str]) -> Iterator[Phrase]:
    """A word before the number belongs to it where it is a letter or Latin; of one behind it only the unit is sure, if it is one."""
    if len(group) == 1:
        yield from _split(group[0])
        return
    runs = list(group)
    while runs and not runs[0].isascii() and len(runs[0]) > 1:
        runs.pop(0)
    if not any(map(_has_digit, runs)):
        return
    unit = "" if runs[-1].isascii() else runs.pop()[0]
    tokens = [token for run in runs for token in mix_tokens(run)]
    if unit and tokens:
        yield Phrase(" ".join([*tokens, unit]), True)
    if len(tokens) > 1 and (not unit or sum(map(_has_digit, tokens)) > 1):
        yield Phrase(" ".join(tokens), False)


def _split(run: str) -> Iterator[Phrase]:
    """``mx200b`` as ``mx 200b`` and ``mx 200 b``."""
    parts = _PARTS.findall(run)
    if run.isascii() and 1 < len(parts) <= _MOST_PARTS:
        yield Phrase(f"{parts[0]} {''.join(parts[1:])}", False)
        yield Phrase(" ".join(parts), False)
