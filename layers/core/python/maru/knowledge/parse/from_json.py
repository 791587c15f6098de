"""JSON and JSONL: lists of like objects as tables, everything else as an outline of its names and values."""

import json
from collections.abc import Iterator
from typing import Any

from maru.knowledge.parse.build import Rendering, listed
from maru.knowledge.parse.detect import MEDIA_TYPES
from maru.knowledge.parse.encodings import decode
from maru.knowledge.parse.model import ParsedDocument, damaged, empty

_MAX_DEPTH = 200
_TABLE_WIDTH = 30  # columns: objects with more names than that read better one below the other
_LONG = 300  # characters of a value that is a text of its own, not a cell


def parse_json(data: bytes) -> ParsedDocument:
    """Raises ParseFailed: damaged for what is no JSON (nesting beyond 200 levels included), empty."""
    text = decode(data).removeprefix("\ufeff")
    try:
        root = json.loads(text)
    except (ValueError, RecursionError) as broken:
        records, others = _lines(text)  # several documents, one a line, under the wrong name
        if others or len(records) < 2:
            raise damaged("JSON file") from broken
        root = records
    return _rendered(root, "json")


def parse_jsonl(data: bytes) -> ParsedDocument:
    """As `parse_json`, a value a line; lines that are none are left out and named, where they are fewer than the others."""
    text = decode(data).removeprefix("\ufeff")
    records, others = _lines(text)
    if records and not others:
        return _rendered(records, "jsonl")
    try:
        return _rendered(json.loads(text), "jsonl")
    except (ValueError, RecursionError) as broken:
        if len(records) <= len(others):
            raise damaged("JSONL file") from broken
    return _rendered(records, "jsonl", f"Lines that are not JSON were left out: {listed(others)}.")


def _lines(text: str) -> tuple[list[Any], list[int]]:
    """The values of the lines that are JSON, and the numbers of those that are not."""
    records: list[Any] = []
    numbers: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        try:
            records += [json.loads(line)] if line.strip() else []
        except (ValueError, RecursionError):
            numbers.append(number)
    return records, numbers


def _rendered(root: Any, kind: Any, *warnings: str) -> ParsedDocument:
    rendering = Rendering()
    if root in ({}, [], "", None):
        raise empty()
    _write(rendering, root, 1)
    return rendering.document(MEDIA_TYPES[kind], warnings=warnings)


def _write(rendering: Rendering, node: Any, level: int) -> None:
    """Objects become headings with what is below them as long as they hold something that needs a heading."""
    if _is_table(node):
        names = list(dict.fromkeys(name for row in node for name in row))
        rendering.grid([names, *([scalar(row.get(name)) for name in names] for row in node)])
    elif isinstance(node, dict) and level <= 6 and any(isinstance(below, (dict, list)) and below for below in node.values()):
        rendering.block("\n".join(f"- {name}: {scalar(below)}" for name, below in node.items() if not isinstance(below, (dict, list))))
        for name, below in node.items():
            if isinstance(below, (dict, list)) and below:
                rendering.heading(level, str(name))
                _write(rendering, below, level + 1)
    elif isinstance(node, list) and any(isinstance(one, dict) for one in node):
        for one in node:  # each a block of its own, so that records can be told apart
            rendering.block("\n".join(_outline(one, 0)))
    else:
        rendering.block("\n".join(_outline(node, 0)))


def _is_table(node: Any) -> bool:
    """Whether `node` is a list of flat objects, of short values, that share most of their names."""
    if not (isinstance(node, list) and len(node) > 1 and all(isinstance(row, dict) and row for row in node)):
        return False
    names = {name for row in node for name in row}
    if len(names) > _TABLE_WIDTH or len(names) < 2 or sum(map(len, node)) < 0.5 * len(names) * len(node):
        return False
    return all(not isinstance(below, (dict, list)) and len(str(below)) <= _LONG for row in node for below in row.values())


def _outline(node: Any, depth: int) -> Iterator[str]:
    indent = "  " * min(depth, 20)
    if depth > _MAX_DEPTH:
        raise damaged("JSON file")
    if isinstance(node, dict):
        for name, below in node.items():
            if isinstance(below, (dict, list)) and below:
                yield f"{indent}- {name}:"
                yield from _outline(below, depth + 1)
            else:
                yield f"{indent}- {name}: {scalar(below)}"
    elif isinstance(node, list):
        for one in node:
            if isinstance(one, (dict, list)):
                yield from _outline(one, depth + 1)
            else:
                yield f"{indent}- {scalar(one)}"
    else:
        yield scalar(node)


def scalar(value: Any) -> str:
    """A value as JSON writes it, texts without their quotes."""
    if isinstance(value, str):
        return value
    return "" if value is None or value in ({}, []) else json.dumps(value, ensure_ascii=False)
