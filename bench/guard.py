"""The whole input chain on 500 characters of ordinary text: processor time of each check, and the size of what is shipped.

    python -m bench.guard [--write]

Texts are paragraphs of Wikipedia in Korean (`korquad1_dev`) and English (`xquad_en`), cut to 500 characters; no check was fitted on either.
Each check runs in its turn over the same texts, once for warming and five times for the figure, which is the least of them: what else
runs on the machine only adds. As in the guard, the checks of a text share its readings without disguises, which are counted where they
are first asked for (moderation).
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from bench.report import ROOT, report
from maru.guard.check import Check, Subject
from maru.guard.normalise import normalise
from maru.guard.registry import built_in
from tests.data import public_data

_CHECKS = ("moderation", "pii", "secrets", "injection", "code", "topics", "links", "size")
_LENGTH, _TEXTS, _TURNS = 500, 150, 6


def texts(name: str) -> list[str]:
    """So many pieces of 500 characters."""
    return [one[:_LENGTH] for one in _paragraphs(name) if len(one) >= _LENGTH][:_TEXTS]


def _paragraphs(name: str) -> Iterator[str]:
    for path in sorted(public_data(name).rglob("*.json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            yield from (paragraph["context"] for paragraph in article["paragraphs"])


def main() -> None:
    """Print the table."""
    lines, sums = [], [0.0, 0.0]
    languages = [[[Subject(text, "input") for text in texts(one)] for _ in range(_TURNS)] for one in ("xquad_en", "korquad1_dev")]
    for name in ("reading without disguises", *_CHECKS):
        spent = [_milliseconds(name, turns) for turns in languages]
        sums = [one + other for one, other in zip(sums, spent, strict=True)]
        lines.append((name, *(f"{one:.2f}" for one in spent), ""))
    lines.append(("all, ms of processor time", *(f"{one:.2f}" for one in sums), "5"))
    size = sum(path.stat().st_size for path in _weights()) / 1e6
    lines.append(("all models shipped, MB", f"{size:.1f}", "", "15"))
    report("guard_cpu", ("check, 500 characters", "English", "Korean", "at most"), lines)


def _milliseconds(name: str, turns: list[list[Subject]]) -> float:
    """Of one check, or of the reading that all share, for one text."""
    spent = []
    for subjects in turns:
        began = time.process_time()
        for subject in subjects:
            _run(name, subject)
        spent.append(time.process_time() - began)
    return min(spent[1:]) * 1000 / len(turns[-1])


def _run(name: str, subject: Subject) -> None:
    if name not in _CHECKS:
        normalise(subject.text)
        return
    list(cast("Check", built_in(name)).find(subject))


def _weights() -> list[Path]:
    return sorted((ROOT / "layers" / "core" / "python" / "maru" / "guard").rglob("*.weights"))


if __name__ == "__main__":
    main()
