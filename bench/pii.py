"""Personal data: spans found in `presidio_research`, and Korean identifiers generated ten thousand of each.

    python -m bench.pii [--write] [--count N]

Split by template: whatever is learned may be learned from even templates, reported are the odd ones. A span counts as found where
one of the same kind overlaps it with an intersection over union of at least .7; spans of one kind with nothing but blanks and marks
between them are one span, in gold and in findings alike. F2 weighs recall four times.
"""

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from bench.report import report
from maru.guard.check import Subject
from maru.guard.pii import CHECK, checksums
from tests.data import public_data

#: The set's entities and ours, by the kind they are compared as. Titles and forms of address belong to the person.
KINDS = {
    **dict.fromkeys(("PERSON", "PREFIX", "NAME"), "PERSON"),
    **dict.fromkeys(("ADDRESS", "LOCATION", "ZIP"), "LOCATION"),
    **dict.fromkeys(("DATE_TIME", "DATE_OF_BIRTH"), "DATE_TIME"),
    **dict.fromkeys(("PHONE_NUMBER", "PHONE", "BANK_ACCOUNT"), "PHONE"),
    **dict.fromkeys(("EMAIL_ADDRESS", "EMAIL"), "EMAIL"),
    **dict.fromkeys(("DOMAIN_NAME", "URL", "URL_CREDENTIALS"), "URL"),
    **dict.fromkeys(("IBAN_CODE", "IBAN"), "IBAN"),
    "US_SSN": "SSN",
    "CREDIT_CARD": "CREDIT_CARD",
    "IP_ADDRESS": "IP_ADDRESS",
    "ORGANIZATION": "ORGANIZATION",
    "US_DRIVER_LICENSE": "US_DRIVER_LICENSE",
    "TITLE": "TITLE",
}
_JOINING = re.compile(r"[\s,.>?#-]{0,4}")
_ENOUGH = 0.7

type Span = tuple[str, int, int]


@cache
def rows() -> list[dict[str, Any]]:
    """All sentences of the set."""
    path = public_data("presidio_research") / "tests" / "data" / "generated_large.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def merged(text: str, spans: list[dict[str, Any]]) -> list[Span]:
    """Gold spans by kind, neighbours joined."""
    return joined(text, [(KINDS[one["entity_type"]], one["start_position"], one["end_position"]) for one in spans])


def joined(text: str, spans: list[Span]) -> list[Span]:
    """Spans in order, those of one kind with nothing but marks between them as one."""
    out: list[Span] = []
    for kind, start, end in sorted(spans, key=lambda one: one[1]):
        if out and out[-1][0] == kind and _JOINING.fullmatch(text[out[-1][2] : start]):
            out[-1] = (kind, out[-1][1], max(end, out[-1][2]))
        else:
            out.append((kind, start, end))
    return out


def found_in(text: str) -> list[Span]:
    """What the check finds, however unsure."""
    return joined(text, [(KINDS[one.label], one.start, one.end) for one in CHECK.find(Subject(text, "input")) if one.label in KINDS])


def main() -> None:
    """Print both tables."""
    count = int(sys.argv[sys.argv.index("--count") + 1]) if "--count" in sys.argv else 10_000
    hit, gold, told = Counter[str](), Counter[str](), Counter[str]()
    for row in rows():
        if row["template_id"] % 2 == 1:
            wanted, got = merged(row["full_text"], row["spans"]), found_in(row["full_text"])
            gold.update(one[0] for one in wanted)
            told.update(one[0] for one in got)
            hit.update(one[0] for one in wanted if any(same(one, other) for other in got))
    lines = [_line(kind, hit[kind], told[kind], gold[kind], "") for kind in sorted(gold)]
    lines.append(_line("micro", hit.total(), told.total(), gold.total(), ".82"))
    report("pii_spans", ("kind, odd templates", "spans", "precision", "recall", "F2", "at least"), lines)
    chance = random.Random(5)
    report("pii_korean", ("identifier", "valid found", "near misses passed", "at least"), list(_korean(chance, count)))


def same(one: Span, other: Span) -> bool:
    """Whether two spans are of one kind and cover each other well enough."""
    both = min(one[2], other[2]) - max(one[1], other[1])
    return one[0] == other[0] and both / (max(one[2], other[2]) - min(one[1], other[1])) >= _ENOUGH


def _line(kind: str, hit: int, told: int, gold: int, least: str) -> tuple[object, ...]:
    precision, recall = hit / told if told else 0.0, hit / gold if gold else 0.0
    score = 5 * precision * recall / (4 * precision + recall) if hit else 0.0
    return kind, gold, f"{precision:.3f}", f"{recall:.3f}", f"{score:.3f}", least


def _korean(chance: random.Random, count: int) -> Iterator[tuple[object, ...]]:
    for name, label, valid, near in MAKERS:
        hit = sum(_has(valid(chance), label) for _ in range(count))
        passed = sum(not _has(near(chance), label) for _ in range(count)) if near else None
        yield name, f"{hit / count:.4f}", "" if passed is None else f"{passed / count:.4f}", "1.00 / .99"


def _has(value: str, label: str) -> bool:
    text = f"확인 부탁드립니다: {value} 입니다."
    at = text.index(value)
    return any(one.label == label and one.start <= at + 8 and one.end >= at + len(value) for one in CHECK.find(Subject(text, "input")))


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _registration(chance: random.Random, *, valid: bool) -> str:
    century = chance.choice("12345678")
    year = chance.randint(0, 99) if century in "1256" else chance.randint(0, 25)
    month, day = (chance.randint(1, 12), chance.randint(1, 28)) if valid else (chance.choice((13, 17, 19, 0)), chance.choice((0, 32, 39)))
    return f"{year:02}{month:02}{day:02}{chance.choice(('-', ' ', ''))}{century}{_digits(chance, 6)}"


def _checked(chance: random.Random, length: int, test: Callable[[str], bool], *, valid: bool) -> str:
    while True:
        digits = _digits(chance, length)
        if test(digits) == valid and digits[0] != "0":
            return digits


def _business(chance: random.Random, *, valid: bool) -> str:
    digits = _checked(chance, 10, checksums.business_number, valid=valid)
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"


def _card(chance: random.Random, *, valid: bool) -> str:
    digits = "4" + _digits(chance, 14)
    last = next(one for one in "0123456789" if checksums.luhn(digits + one))
    digits += last if valid else str((int(last) + chance.randint(1, 9)) % 10)
    gap = chance.choice(("", " ", "-"))
    return gap.join((digits[:4], digits[4:8], digits[8:12], digits[12:]))


def _mobile(chance: random.Random) -> str:
    gap = chance.choice(("-", " ", ".", ""))
    head = chance.choice(("010", "010", "011", "+82 10", "+82-10"))
    return f"{head}{gap}{_digits(chance, 4)}{gap}{_digits(chance, 4)}"


def _area(chance: random.Random) -> str:
    return f"{chance.choice(('02', '031', '051', '064', '070'))}-{_digits(chance, chance.choice((3, 4)))}-{_digits(chance, 4)}"


MAKERS: tuple[tuple[str, str, Callable[[random.Random], str], Callable[[random.Random], str] | None], ...] = (
    ("registration number (near: no date)", "KR_RRN", lambda c: _registration(c, valid=True), lambda c: _registration(c, valid=False)),
    ("business number (near: checksum)", "KR_BUSINESS_NUMBER", lambda c: _business(c, valid=True), lambda c: _business(c, valid=False)),
    ("payment card (near: checksum)", "CREDIT_CARD", lambda c: _card(c, valid=True), lambda c: _card(c, valid=False)),
    ("mobile number", "PHONE", _mobile, None),
    ("area number", "PHONE", _area, None),
    ("passport", "KR_PASSPORT", lambda c: f"여권 {c.choice('MSROD')}{_digits(c, 8)}", None),
    (
        "driver's licence",
        "KR_DRIVER_LICENSE",
        lambda c: f"{c.randint(11, 26)}-{_digits(c, 2)}-{_digits(c, 6)}-{_digits(c, 2)}",
        None,
    ),
    ("plate", "VEHICLE_PLATE", lambda c: f"{_digits(c, 2)}{c.choice('가나다라마거너더러머허하호')} {_digits(c, 4)}", None),
    ("account by context", "BANK_ACCOUNT", lambda c: f"국민은행 {_digits(c, 6)}-{_digits(c, 2)}-{_digits(c, 6)}", None),
)

if __name__ == "__main__":
    main()
