"""Texts in odd dress and what looks like them, by check and place: `disguised.yaml`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from maru.guard.check import Check, Subject
from maru.guard.policy import load
from maru.guard.registry import built_in

CASES = Path(__file__).with_name("disguised.yaml")
POLICY = load("catalogue")["strict"]
#: Kinds that say little about anybody.
_VAGUE = frozenset({"LOCATION", "ORGANIZATION", "DATE_TIME", "URL", "TITLE"})


def cases(want: str) -> Iterator[tuple[str, str, Any]]:
    for group in yaml.safe_load(CASES.read_text(encoding="utf-8")):
        yield from ((group["check"], group["place"], one) for one in group.get(want, ()))


def found(name: str, place: Any, text: str) -> set[str]:
    """The labels that a strict policy counts; links where nobody named a host."""
    check: Check = built_in(name)  # type: ignore[assignment]  # none of these asks anybody else
    findings = check.find(Subject(text, place, facts={"hosts": frozenset()}))
    return {one.label for one in findings if one.score >= POLICY.threshold(name, one.label)}


FOUND, PASSED = list(cases("find")), list(cases("pass"))


@pytest.mark.parametrize(("check", "place", "case"), FOUND, ids=[f"{one[0]}-{at}" for at, one in enumerate(FOUND)])
def test_what_is_disguised_is_found(check: str, place: str, case: Any) -> None:
    ((label, text),) = case.items() if isinstance(case, dict) else ((None, case),)
    labels = found(check, place, text)
    assert labels
    assert label is None or label in labels


@pytest.mark.parametrize(("check", "place", "case"), PASSED, ids=[f"{one[0]}-{at}" for at, one in enumerate(PASSED)])
def test_what_only_looks_like_it_passes(check: str, place: str, case: str) -> None:
    assert found(check, place, case) - _VAGUE == set()
