"""Secrets of many issuers where they are met (in settings, logs, addresses), and what looks like one; lines written for these tests.

`secrets.txt` has each secret between its first and its last brace. All of them are made up, or printed in their issuers' manuals.
"""

from pathlib import Path

import pytest

from maru.guard.check import Subject
from maru.guard.finding import Finding
from maru.guard.pii import CHECK as PII
from maru.guard.secrets import CHECK

_ENOUGH = 0.5


def lines(name: str) -> list[str]:
    return [line.replace("\\n", "\n") for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()]


def found(text: str) -> list[Finding]:
    """Secrets, and addresses with a password in them, which personal data's check tells."""
    subject = Subject(text, "output")
    more = [one for one in PII.find(subject) if one.label == "URL_CREDENTIALS"]
    return [one for one in (*CHECK.find(subject), *more) if one.score >= _ENOUGH]


@pytest.mark.parametrize("line", lines("secrets.txt"))
def test_secrets_are_found_whole(line: str) -> None:
    start, end = line.index("{"), line.rindex("}") - 1
    text = line[:start] + line[start + 1 : end + 1] + line[end + 2 :]
    told = found(text)
    assert any(one.start <= start and end <= one.end for one in told), [text[one.start : one.end] for one in told]


@pytest.mark.parametrize("line", lines("secrets_harmless.txt"))
def test_what_is_no_secret_passes(line: str) -> None:
    assert found(line) == []
