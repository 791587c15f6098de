"""iCalendar (RFC 5545): events, tasks and notes of a calendar or an invitation, each with its times, place, people and description."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.detect import MEDIA_TYPES
from maru.knowledge.parse.encodings import decode
from maru.knowledge.parse.model import ParsedDocument, damaged

_KINDS = frozenset(("VEVENT", "VTODO", "VJOURNAL"))
_FOLD = re.compile(r"\r?\n[ \t]")
#: A property's name, its parameters, in which a colon may stand between quotes, and its value.
_LINE = re.compile(r"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:\"[^\"]*\"|[^\";:,]*)(?:,(?:\"[^\"]*\"|[^\";:,]*))*)*):(.*)")
_PARAMETER = re.compile(r";([A-Za-z0-9-]+)=(\"[^\"]*\"|[^;:]*)")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?\Z")
_ESCAPED = re.compile(r"\\([\\;,Nn])")


class _Property(NamedTuple):
    name: str
    parameters: dict[str, str]
    value: str

    def text(self) -> str:
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "Nn" else found[1], self.value).strip()

    def time(self) -> str:
        """A date or a time with its zone; what is none stays as it is."""
        found = _TIME.match(self.value.strip())
        if not found:
            return self.value.strip()
        year, month, day, hour, minute, universal = found.groups()
        clock = f" {hour}:{minute} {'UTC' if universal else self.parameters.get('TZID', '')}" if hour else ""
        return f"{year}-{month}-{day}{clock}".strip()

    def person(self) -> str:
        address = re.sub(r"\Amailto:", "", self.value.strip(), flags=re.IGNORECASE)
        name = self.parameters.get("CN", "")
        return f"{name} <{address}>" if name and name != address and "@" in address else name or address


def parse_ics(data: bytes) -> ParsedDocument:
    """Raises ParseFailed: damaged, empty, unsupported."""
    text = decode(data)
    if "BEGIN:VCALENDAR" not in text.upper():
        raise damaged("calendar")
    rendering = Rendering()
    write_events(rendering, text, level=1)
    return rendering.document(MEDIA_TYPES["ics"])


def write_events(rendering: Rendering, text: str, *, level: int) -> None:
    """Write what a calendar holds, one heading of `level` an entry; alarms, and what only programs read, are left out."""
    for entry in _entries(text):
        first = {one.name: one for one in reversed(entry)}
        if "SUMMARY" in first:
            rendering.heading(level, first["SUMMARY"].text())
        rendering.block("\n".join(f"{name}: {said}" for name, said in _facts(entry, first) if said))
        for one in entry:
            if one.name in {"DESCRIPTION", "COMMENT"}:
                rendering.block(one.text())


def _facts(entry: list[_Property], first: dict[str, _Property]) -> Iterator[tuple[str, str]]:
    times = [first[name].time() for name in ("DTSTART", "DTEND") if name in first]
    yield "When", " – ".join(dict.fromkeys(times))
    yield "Due", first["DUE"].time() if "DUE" in first else ""
    yield "Repeats", first["RRULE"].value.strip() if "RRULE" in first else ""
    yield "Where", " ".join(first["LOCATION"].text().split()) if "LOCATION" in first else ""
    yield "Organizer", first["ORGANIZER"].person() if "ORGANIZER" in first else ""
    yield "Attendees", ", ".join(one.person() for one in entry if one.name == "ATTENDEE")
    yield "Status", first["STATUS"].value.strip() if "STATUS" in first else ""


def _entries(text: str) -> Iterator[list[_Property]]:
    """The properties of each entry; those of what stands within one (alarms) are none of its own."""
    within: list[str] = []
    entry: list[_Property] = []
    for line in _FOLD.sub("", text).splitlines():
        found = _LINE.match(line)
        if not found:
            continue
        name, value = found[1].upper(), found[3]
        if name == "BEGIN":
            within.append(value.strip().upper())
            entry = [] if within[-1] in _KINDS else entry
        elif name == "END":
            if within and within.pop() in _KINDS:
                yield entry
        elif within and within[-1] in _KINDS:
            parameters = {one[1].upper(): one[2].strip('"') for one in _PARAMETER.finditer(found[2])}
            entry.append(_Property(name, parameters, value))
