"""Addresses out of places: a number before them, what their names have in small letters, the corner of two streets, later lines."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from maru.guard.pii import tagger
from maru.guard.pii.tagger import Run

_BETWEEN = re.compile(r"[ ,\n]{1,3}")
CORNERED = re.compile(r"(?i)\bcorner of ")
_AND = re.compile(r"(?i)(?: \d{1,5}[A-Za-z]?\.?)? and (?:(?:van|de|der|den|la|le|di|von) ){0,2}")
#: Numbers of a house beside its street, and what stands between two parts of an address: a line's end, a region's letters.
_NUMBERS_BEFORE = re.compile(r"(?<![\w.,-])\d{1,5}[A-Za-z]?(?: \d{1,5}[A-Za-z]?)?[ ]$")
_NUMBER_BEHIND = re.compile(r"[ ]\d{1,5}[A-Za-z]?(?![\w%]|[.,:/-]\d|[ ](?:km|miles|times|people|years|days|hours|minutes|percent)\b)")
_PARTED = re.compile(r"\s{0,3},?\s{0,3}(?:[A-Z]{2,3})?,?\s{0,3}")
#: Words written small within the name of a street or a town.
_WITHIN = re.compile(
    r"(?i) (?:dall[ao']|degli|delle?|dell[ao']|del|de(?: l[ao]s?)?|des|du|d'|da|dos?|das|u|nad|pod|pri|an der|am|im|zum|zur|auf der|sur|"
    r"sous|l[eè]s|en|el|al|ter|ten|op|aan de|bij|ved|i|og|av|van(?: de[nr]?)?|von(?: der)?) "
)
#: The rest of a street's name that is written small, and its number: `Bem` rakpart 79.
_STREET_ON = re.compile(
    r"[ ]([^\W\d_]{2,15})[ ]\d{1,4}[A-Za-z]?\.?(?![\w%]|[.,:/-]\d|[ ](?:km|miles|times|people|years|days|hours|minutes|percent)\b)"
)


def merged(text: str, runs: Iterable[Run]) -> list[Run]:
    """Parts of one address as one: a number before it, a city behind it, the corner of two streets."""
    out: list[Run] = []
    for run in runs:
        before = out[-1] if out else None
        if before and run.kind == "LOCATION":
            between = text[before.end : run.start]
            number = (
                before.kind in {"PHONE", "DATE_TIME"}
                and between in {" ", "\n"}
                and text[before.start : before.end].replace(" ", "").isdigit()
            )
            corner = before.kind == "LOCATION" and _AND.fullmatch(between) and CORNERED.search(text, max(0, before.start - 16), before.end)
            near = before.kind == "LOCATION" and _BETWEEN.fullmatch(between)
            within = before.kind == "LOCATION" and _WITHIN.fullmatch(between) and _numbered(text, before, run)
            if number or corner or near or within:
                out[-1] = replace(run, start=before.start, margin=max(run.margin, before.margin))
                continue
        out.append(run)
    return out


def _numbered(text: str, first: Run, second: Run) -> bool:
    """Whether two places belong to one address by its numbers: before the first or behind the second."""
    return text[first.start].isdigit() or text[second.end - 1].isdigit() or bool(_NUMBER_BEHIND.match(text, second.end))


def completed(text: str, runs: Sequence[Run]) -> list[Run]:
    """Addresses with the numbers of the house beside them, and with their later lines."""
    out: list[Run] = []
    for run in runs:
        before = out[-1] if out else None
        if not _postal(text, run):
            out.append(run)
            continue
        floor = before.end if before else 0
        lead = _NUMBERS_BEFORE.search(text[max(floor, run.start - 13) : run.start])
        on = _street_on(text, run)
        run = replace(run, end=on) if on else run  # noqa: PLW2901 - the run that goes on
        tail = _NUMBER_BEHIND.match(text, run.end) if _street(text, run) and not text[run.end - 1].isdigit() else None
        whole = replace(run, start=run.start - (len(lead[0]) if lead else 0), end=tail.end() if tail else run.end)
        if before and _postal(text, before) and _PARTED.fullmatch(between := text[before.end : whole.start]) and set(between) & set(",\n"):
            out[-1] = replace(whole, start=before.start, margin=max(run.margin, before.margin))
        else:
            out.append(whole)
    return out


def _street_on(text: str, run: Run) -> int:
    """Where a street ends whose name goes on in small letters up to its number; 0 where none does."""
    found = _STREET_ON.match(text, run.end)
    uncommon = found and found[1].islower() and not tagger.load().listed(found[1]) & tagger.COMMON
    return found.end() if found and uncommon else 0


def _postal(text: str, run: Run) -> bool:
    return run.kind == "LOCATION" and (any(one.isdigit() for one in text[run.start : run.end]) or _street(text, run))


def _street(text: str, run: Run) -> bool:
    words = text[run.start : run.end].lower().replace(",", " ").split()
    return len(words) > 1 and any(tagger.load().listed(word.strip(".")) & tagger.STREET for word in words if word.strip("."))
