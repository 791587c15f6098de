"""Prints a bench's table and, with ``--write``, puts it into the READMEs between its markers."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READMES = (ROOT / "README.md", ROOT / "README.ko.md")


def report(name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print the rows as a Markdown table; ``name`` is the marker ``<!-- bench:name -->`` in the READMEs."""
    lines = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in (header, ["---"] * len(header), *rows)]
    table = "\n".join(lines)
    print(f"\n{table}\n")
    if "--write" in sys.argv[1:]:
        for readme in READMES:
            _replace(readme, name, table)


def _replace(readme: Path, name: str, table: str) -> None:
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    text = readme.read_text(encoding="utf-8")
    if begin not in text:
        raise SystemExit(f"{readme.name} has no place for this table: add {begin} and {end}")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    readme.write_text(pattern.sub(lambda _: f"{begin}\n{table}\n{end}", text), encoding="utf-8")


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
