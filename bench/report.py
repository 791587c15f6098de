"""Prints a bench's table and, with ``--write``, puts it between its markers in the READMEs or in ``docs/figures``, in both languages."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Where a table may stand, in English and in Korean.
PLACES = (
    (ROOT / "README.md", ROOT / "docs" / "figures.md"),
    (ROOT / "README.ko.md", ROOT / "docs" / "figures.ko.md"),
)


def report(name: str, header: Sequence[str], rows: Sequence[Sequence[object]], *, key: int = 0) -> None:
    """Print the rows as a Markdown table; ``name`` is the marker ``<!-- bench:name -->`` in the files of ``PLACES``.

    The table there is replaced; where a part of it may be measured anew, only the rows whose first ``key`` cells are given.
    """
    head, *lines = [[_cell(value) for value in row] for row in (header, *rows)]
    print(f"\n{_table(head, lines)}\n")
    if "--write" in sys.argv[1:]:
        for files in PLACES:
            file = _holding(files, name)
            kept = _rows(file, name) if key else []
            _replace(file, name, _table(head, merged(kept, lines, key)))


def merged(kept: Sequence[list[str]], new: Sequence[list[str]], key: int) -> list[list[str]]:
    """The rows that were there, each in its place replaced by the new one that begins with the same ``key`` cells, then the others."""
    by_key = {tuple(row[:key]): row for row in new}
    there = [by_key.pop(tuple(row[:key]), row) for row in kept]
    return [*there, *(by_key.values() if key else new)]


def _table(head: list[str], rows: Sequence[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def _holding(files: Sequence[Path], name: str) -> Path:
    for file in files:
        if f"<!-- bench:{name} -->" in file.read_text(encoding="utf-8"):
            return file
    raise SystemExit(f"{files[-1].name} has no place for this table: add <!-- bench:{name} --> and <!-- /bench:{name} -->")


def _rows(file: Path, name: str) -> list[list[str]]:
    _, _, behind = file.read_text(encoding="utf-8").partition(f"<!-- bench:{name} -->\n")
    lines = behind.partition(f"<!-- /bench:{name} -->")[0].splitlines()
    return [line.strip("| ").split(" | ") for line in lines[2:]]


def _replace(file: Path, name: str, table: str) -> None:
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    file.write_text(pattern.sub(lambda _: f"{begin}\n{table}\n{end}", file.read_text(encoding="utf-8")), encoding="utf-8")


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
