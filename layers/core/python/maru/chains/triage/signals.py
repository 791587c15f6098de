"""Signs in an event that an analyst would point at, and what is done to what; the tables are ``signals.yaml``."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from maru.chains.triage.facts import Fact, phrase
from maru.chains.triage.tables import table
from maru.chains.triage.vocabulary import is_verdict

type Where = Literal["value", "pair", "field", "command"]

_READ = 800  # characters of a value that are looked at
_COMMAND_KEYS = re.compile(
    r"\b(command|command line|cmd|cmdline|image|image file name|process|process name|executable|parent.*|target object|details|script|"
    r"script block text|argv|args|path|file name|target filename|pipe name|program|original file name|query|service file name|message|"
    r"msg)\b"
)
_NAME_KEYS = re.compile(
    r"(target |actor |source |destination )?(email( address)?|user|user name|user principal name|upn|alternate id|first name|last name|"
    r"login( name)?|principal( email)?|owner|host ?name|device name|computer( name)?)|(.* )?(id|arn)"
)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")


@dataclass(frozen=True)
class Claim:
    """What the scorer can say of an event, in both languages, with its weights before learning and the technique it suggests."""

    weight: float
    gravity: float
    en: str
    ko: str
    technique: str | None = None


@dataclass(frozen=True)
class Signal(Claim):
    """A sign: ``pattern`` is looked for in a fact's words, in ``key=words`` or ``path=words``, or in a command line as it stands."""

    name: str = ""
    where: Where = "value"
    pattern: re.Pattern[str] = re.compile("")


@cache
def all_signals() -> tuple[Signal, ...]:
    """Every sign there is."""
    return tuple(_signal(row) for row in table("signals")["signals"])


@cache
def claims() -> Mapping[str, Claim]:
    """By feature (``sign:NAME``, ``pair:VERB+OBJECT``, ``verb:NAME``) what it claims."""
    pairs = {
        f"pair:{row['verb']}+{row['object']}": Claim(row["weight"], row["gravity"], row["en"], row["ko"], row.get("technique"))
        for row in table("signals")["pairs"]
    }
    verbs = {f"verb:{row['verb']}": Claim(row["weight"], row["gravity"], row["en"], row["ko"]) for row in table("signals")["verbs"]}
    return {f"sign:{one.name}": one for one in all_signals()} | pairs | verbs


@cache
def pairs() -> tuple[tuple[str, str], ...]:
    """The verbs and objects that mean something together."""
    return tuple((row["verb"], row["object"]) for row in table("signals")["pairs"])


def signals(found: Iterable[Fact]) -> dict[str, Fact]:
    """The names of an event's signs, each with the first fact that shows it."""
    shown: dict[str, Fact] = {}
    for fact in found:
        if is_verdict(fact):
            continue
        words = phrase(fact.text[:_READ]) or fact.text.strip()[:2]  # a lone star is a word where rights are given
        texts: Mapping[Where, str] = {
            "value": "" if _is_name(fact) else words,
            "pair": f"{fact.key}={words}",
            "field": f"{phrase(fact.field)}={words}",
            "command": fact.text if _is_command(fact) else "",
        }
        for sign in all_signals():
            if sign.name not in shown and texts[sign.where] and sign.pattern.search(texts[sign.where]):
                shown[sign.name] = fact
    return shown


def _is_name(fact: Fact) -> bool:
    """Whether a fact names a person, a machine or a resource: what they are called says nothing about what was done."""
    return bool(_NAME_KEYS.fullmatch(fact.key) or _EMAIL.fullmatch(fact.text))


def _is_command(fact: Fact) -> bool:
    return isinstance(fact.value, str) and bool(_COMMAND_KEYS.search(fact.key))


def _signal(row: dict[str, str]) -> Signal:
    flags = re.IGNORECASE if row["where"] == "command" else re.NOFLAG
    return Signal(**{**row, "pattern": re.compile(row["pattern"], flags)})  # type: ignore[arg-type]  # the table is ours and tested
