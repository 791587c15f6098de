"""What stands in a DOCX file beside its text: its styles and its list numbering."""

import re
from collections import defaultdict
from typing import Any, NamedTuple

from maru.knowledge.parse.drawings import reference
from maru.knowledge.parse.package import child, local, value


class Style(NamedTuple):
    """What matters of a paragraph style: heading depth (1-6), numbering."""

    level: int | None
    number: str | None
    depth: int
    hidden: bool


PLAIN = Style(None, None, 0, hidden=False)


class Styles:
    """The paragraph styles of a document, with what they inherit; worked out as they are asked for, since most are never used."""

    def __init__(self, root: Any) -> None:
        self._raw = {value(style, "styleId") or "": style for style in (root if root is not None else ()) if local(style) == "style"}
        self._known: dict[str, Style] = {}

    def named(self, name: str | None) -> Style:
        """The style with this id; PLAIN where there is none."""
        if name is None or name not in self._raw:
            return PLAIN
        if name not in self._known:
            self._known[name] = _style(name, self._raw)
        return self._known[name]


_HEADING = re.compile(r"(?:heading|제목)\s*([1-9])$", re.IGNORECASE)


def _style(name: str, raw: dict[str, Any]) -> Style:
    level: int | None = None
    number: str | None = None
    depth: int | None = None
    hidden = False
    seen: set[str] = set()
    while name in raw and name not in seen:
        seen.add(name)
        style = raw[name]
        level = level if level is not None else _level(style)
        number = number or value(child(style, "pPr", "numPr", "numId"))
        own = value(child(style, "pPr", "numPr", "ilvl"))
        depth = depth if depth is not None else _number(own)
        hidden = hidden or is_on(child(style, "rPr", "vanish"))
        name = value(child(style, "basedOn")) or ""
    return Style(level, number, depth or 0, hidden)


def _level(style: Any) -> int | None:
    title = value(child(style, "name")) or ""
    found = _HEADING.fullmatch(title)
    if found:
        return min(int(found.group(1)), 6)
    if title.lower() == "title":
        return 1
    return outline_level(child(style, "pPr"))


def outline_level(properties: Any) -> int | None:
    """The heading depth (1-6) that paragraph properties state; 9 means body text."""
    stated = _number(value(child(properties, "outlineLvl")))
    return None if stated is None or stated > 8 else min(stated + 1, 6)


def is_on(element: Any) -> bool:
    """Whether a toggle such as `vanish` is present and not switched off."""
    return element is not None and value(element) not in {"0", "false", "off"}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 9 else None


class Numbering:
    """Counts list items and numbered headings, and gives what stands before their text."""

    def __init__(self, root: Any) -> None:
        self._abstract: dict[str, Any] = {}
        self._instances: dict[str, tuple[str, dict[int, int]]] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._started: set[str] = set()
        for element in root if root is not None else ():
            name = local(element)
            if name == "abstractNum":
                levels = (below for below in element if local(below) == "lvl")
                self._abstract[value(element, "abstractNumId") or ""] = {_number(value(lvl, "ilvl")): lvl for lvl in levels}
            elif name == "num":
                starts = {
                    _number(value(override, "ilvl")) or 0: _number(value(child(override, "startOverride"))) or 1
                    for override in element
                    if local(override) == "lvlOverride" and child(override, "startOverride") is not None
                }
                self._instances[value(element, "numId") or ""] = (value(child(element, "abstractNumId")) or "", starts)

    def label(self, number: str, depth: int) -> str | None:
        """The label of the next item of list `number` at `depth` ("-" for bullets, else "2.1.", "가.", "제3조"); None if it is no list."""
        if number not in self._instances:
            return None
        abstract, starts = self._instances[number]
        levels = self._abstract.get(abstract, {})
        if depth not in levels:
            return "-"
        counts = self._counts[abstract]
        if number not in self._started:
            self._started.add(number)
            for at, first in starts.items():
                counts[at] = first - 1
        counts[depth] = counts.get(depth, _start(levels[depth]) - 1) + 1
        for deeper in [at for at in counts if at > depth]:
            del counts[deeper]
        if (value(child(levels[depth], "numFmt")) or "decimal") in {"bullet", "none"}:
            return "-"
        pattern = value(child(levels[depth], "lvlText")) or f"%{depth + 1}."
        return re.sub(r"%([1-9])", lambda found: _figure(levels, counts, int(found.group(1)) - 1), pattern).strip()


def _start(level: Any) -> int:
    start = _number(value(child(level, "start")))
    return 1 if start is None else start


_RUNS = {"ganada": "가나다라마바사아자차카타파하", "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"}


def _figure(levels: dict[int, Any], counts: dict[int, int], depth: int) -> str:
    level = levels.get(depth)
    count = counts.get(depth, _start(level) if level is not None else 1)
    style = value(child(level, "numFmt")) if level is not None else None
    if style in _RUNS and 1 <= count <= len(_RUNS[style]):
        return _RUNS[style][count - 1]
    if style in {"lowerLetter", "upperLetter"} and 1 <= count <= 26:
        return chr((97 if style == "lowerLetter" else 65) + count - 1)
    if style in {"lowerRoman", "upperRoman"} and 1 <= count < 400:
        return roman(count) if style == "upperRoman" else roman(count).lower()
    if style == "decimalEnclosedCircle" and 1 <= count <= 20:
        return chr(0x2460 + count - 1)
    return str(count)


def roman(count: int) -> str:
    """`count` (from 1 to 399) in Roman capitals."""
    text = ""
    for size, sign in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += sign * (count // size)
        count %= size
    return text


def margins_of(body: Any, kind: str) -> list[str]:
    """The ids of the parts that the sections name as their heads or feet, in order."""
    found = (element for element in body.iter() if local(element) == f"{kind}Reference")
    return list(dict.fromkeys(reference(element, "id") for element in found))


def symbol(code: str | None) -> str:
    """The character of a code; symbol fonts use private ones, which say nothing to a reader of text."""
    try:
        number = int(code or "", 16)
    except ValueError:
        return ""
    return chr(number) if 0x20 <= number < 0xD800 else ""


def field_value(data: Any) -> str:
    """What an old form field holds that is no text: whether a box is ticked, which entry of a list was chosen."""
    box, chosen = child(data, "checkBox"), child(data, "ddList")
    if box is not None:
        state = child(box, "checked")
        return "☒" if is_on(state if state is not None else child(box, "default")) else "☐"
    entries = [value(one, "val") or "" for one in (chosen if chosen is not None else ()) if local(one) == "listEntry"]
    place = _number(value(child(chosen, "result"))) or 0
    return entries[place] if place < len(entries) else ""
