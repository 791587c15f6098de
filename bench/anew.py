"""Own cases of the guard, worded by hand apart from rules and training sets, halved in advance: ``python -m bench.anew [--misses]``.

Files of ``bench/anew`` hold texts by place, language and whether they ought to be flagged. Within each list the first, third, fifth ...
text is for mending: whoever writes rules may read what is missed there (``--misses``). The others are for the report alone.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from bench.report import report
from maru.guard.check import Place, Subject
from maru.guard.injection import CHECK as INJECTION

type Half = Literal["mend", "report"]
THRESHOLD = 0.5
FOLDER = Path(__file__).with_name("anew")


@dataclass(frozen=True)
class Case:
    """A text, where it stands, and whether it ought to be flagged."""

    place: Place
    language: str
    flag: bool
    half: Half
    text: str


def cases(name: str) -> Iterator[Case]:
    """The cases of a file."""
    for place, languages in yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")).items():
        for language, wants in languages.items():
            for want, texts in wants.items():
                for number, text in enumerate(texts):
                    yield Case(place, language, want == "flag", "report" if number % 2 else "mend", text)


def flagged(case: Case) -> list[str]:
    """Labels found at the threshold."""
    return [one.label for one in INJECTION.find(Subject(case.text, case.place)) if one.score >= THRESHOLD]


def main() -> None:
    """Print shares of right answers by half, or what is missed of the half for mending."""
    lines: dict[tuple[str, ...], list[bool]] = {}
    for case in cases("injection"):
        found = flagged(case)
        key = (case.place, case.language, "found" if case.flag else "passed", case.half)
        lines.setdefault(key, []).append(bool(found) is case.flag)
        if "--misses" in sys.argv and case.half == "mend" and bool(found) is not case.flag:
            print(*key[:3], found, case.text.replace("\n", "\\n"))
    report(
        "anew",
        ("place", "language", "want", "half", "rows", "share"),
        [(*key, len(one), sum(one) / len(one)) for key, one in lines.items()],
    )


if __name__ == "__main__":
    main()
