"""The guard's check digits beside python-stdnum's: how often both say the same of generated numbers, valid ones and near-misses.

    python -m bench.checksums [--write]

python-stdnum is LGPL: it is installed into a folder of its own (``MARU_STDNUM``, default ``.cache/stdnum``), used here alone and never
shipped. Valid numbers are made with its own check digits, so that nothing here can be right by being wrong twice; a near-miss has one digit
changed or two that stand side by side exchanged. What is left apart by intention is said in the last column.
"""

import os
import random
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.report import ROOT, report
from maru.guard.pii import checksums, international

_FOLDER = Path(os.environ.get("MARU_STDNUM", ROOT / ".cache" / "stdnum"))
_EACH = 20_000
#: What Samsung Electronics, Naver, Kakao, Coupang, SK Telecom, KT, LG Electronics and Hyundai Motor print at the foot of their pages.
_PUBLISHED = ("1248100998", "2208162517", "1208147521", "1208800767", "1048137225", "1028142945", "1078614075", "1018109147")
type Check = Callable[[str], bool]


@dataclass(frozen=True)
class Kind:
    """A kind of number: our check, theirs, and what makes a valid one of a generator of chance."""

    name: str
    ours: Check
    theirs: str
    made: Callable[[random.Random, Any], str]
    apart: str = ""


def main() -> None:
    """Print the table."""
    _installed()
    chance, lines = random.Random(6), []
    for kind in _KINDS:
        module = import_module(f"stdnum.{kind.theirs}")
        valid = [kind.made(chance, module) for _ in range(_EACH)]
        missed = [_missed(chance, one) for one in valid]
        both = [_agreement(kind.ours, module.is_valid, numbers) for numbers in (valid, missed)]
        lines.append((kind.name, *(f"{share:.4f}" for pair in both for share in pair), kind.apart))
    head = (
        "number",
        "valid: ours passes",
        "stdnum passes",
        "same answer",
        "near-miss: ours passes",
        "stdnum passes",
        "same answer",
        "apart",
    )
    report("checksums", head, lines)


def _agreement(ours: Check, theirs: Check, numbers: list[str]) -> tuple[float, float, float]:
    told = [(ours(one), theirs(one)) for one in numbers]
    count = len(told)
    return sum(one for one, _ in told) / count, sum(other for _, other in told) / count, sum(one == other for one, other in told) / count


def _missed(chance: random.Random, number: str) -> str:
    """The number with a digit changed, or two neighbours exchanged that differ."""
    places = [at for at, one in enumerate(number) if one.isdigit()]
    pairs = [at for at in places if at + 1 in places and number[at] != number[at + 1]]
    if pairs and chance.random() < 0.5:
        at = chance.choice(pairs)
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    at = chance.choice(places)
    other = chance.choice([one for one in string.digits if one != number[at]])
    return number[:at] + other + number[at + 1 :]


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices(string.digits, k=count))


def _birthday(chance: random.Random) -> str:
    return f"{chance.randrange(30, 100):02}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}"


def _with_check(length: int) -> Callable[[random.Random, Any], str]:
    def made(chance: random.Random, module: Any) -> str:
        while True:
            body = _digits(chance, length - 1)
            number = body + str(module.calc_check_digit(body))
            if module.is_valid(number):
                return number

    return made


def _business(chance: random.Random, _: Any) -> str:
    return chance.choice(_PUBLISHED)


def _registration(chance: random.Random, module: Any) -> str:
    body = _birthday(chance) + chance.choice("12") + f"{chance.randrange(97):02}" + _digits(chance, 3)
    return body + str(module.calc_check_digit(body + "0"))


def _iban(chance: random.Random, module: Any) -> str:
    country = chance.choice(("DE", "AT", "DK", "PL", "LT", "LU", "SA", "CR", "AE"))
    return next(_valid(module, lambda: _completed(country, _digits(chance, international.IBAN_LENGTHS[country] - 4))))


def _completed(country: str, body: str) -> str:
    value = int("".join(str(int(one, 36)) for one in body + country + "00"))
    return f"{country}{98 - value % 97:02}{body}"


def _social(chance: random.Random, module: Any) -> str:
    return next(_valid(module, lambda: _digits(chance, 9)))


def _valid(module: Any, make: Callable[[], str]) -> Iterator[str]:
    while True:
        number = make()
        if module.is_valid(number):
            yield number


def _registered(number: str) -> bool:
    return checksums.registration_date(number) and checksums.registration_checksum(number)


def _account(number: str) -> bool:
    return international.iban(number) > 0


_KINDS = (
    Kind("Luhn, 16 digits", checksums.luhn, "luhn", _with_check(16)),
    Kind("Korean business number, of 8 companies' sites", checksums.business_number, "kr.brn", _business, "stdnum checks no digit of it"),
    Kind("Korean registration number, with check digit", _registered, "kr.rrn", _registration, "stdnum also wants a place of birth"),
    Kind("IBAN, 9 countries", _account, "iban", _iban),
    Kind("US social security number", checksums.social_security_number, "us.ssn", _social, "no check digit: near-misses are mostly valid"),
)


def _installed() -> None:
    if not _FOLDER.exists():
        environment = _FOLDER.with_name(f"{_FOLDER.name}-pip")
        for command in (
            [sys.executable, "-m", "venv", str(environment)],
            [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--target", str(_FOLDER), "python-stdnum"],
        ):
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"checksums: {command[0]} failed: {done.stderr.strip()[-300:]}")
    sys.path.insert(0, str(_FOLDER))


if __name__ == "__main__":
    main()
