"""Labelled security events for the triage scorer, and how they are divided: by rule, one half to tune on, one to report on."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from maru.chains.triage.facts import Fact, facts
from tests.data import data_folder

#: Keys of fields that carry a grade or the name of a rule: removed, so that the scorer cannot read the label.
GRADES = frozenset(
    {"severity", "level", "risk level", "rule id", "rule name", "rule", "title", "alert severity", "severity id", "severity name",
     "max severity", "severity label"}
)  # fmt: skip
_BANDS = {"info": 0, "informational": 0, "low": 0, "medium": 1, "high": 2, "critical": 2}


@dataclass(frozen=True)
class Labelled:
    """One event: the rule whose sample it is, the family of rules, the band of the rule's level, and whether the rule fires on it."""

    rule: str
    family: str
    band: int
    fires: bool
    found: tuple[Fact, ...]

    @property
    def tuning(self) -> bool:
        """Which half it belongs to: by the first bit of the SHA-256 of the rule's id, so that a rule is never in both."""
        return hashlib.sha256(self.rule.encode()).digest()[0] < 128


def load() -> list[Labelled]:
    """The samples of ``panther_rules`` (Apache-2.0) and ``sigma_regression`` (DRL 1.1); empty where the data are absent."""
    return [*_panther(), *_sigma()]


def _panther() -> Iterator[Labelled]:
    folder = data_folder("panther_rules")
    for path in sorted(folder.glob("rules/**/*.yml")) if folder else ():
        rule = _yaml(path)
        if rule.get("AnalysisType") == "rule":
            for test in rule.get("Tests") or ():
                band = _BANDS[rule["Severity"].lower()]
                yield Labelled(rule["RuleID"], path.parent.name, band, bool(test["ExpectedResult"]), _facts(test["Log"]))


def _sigma() -> Iterator[Labelled]:
    folder = data_folder("sigma_regression")
    if folder is None:
        return
    rules = {str(one["id"]): one for path in sorted(folder.glob("rules*/**/*.yml")) for one in [_yaml(path)]}
    for path in sorted(folder.glob("regression_data/**/info.yml")):
        for about in _yaml(path)["rule_metadata"]:
            rule = rules.get(str(about["id"]))
            if rule is None:
                continue
            for sample in sorted(path.parent.glob("*.json")):
                for event in _values(sample.read_text(encoding="utf-8")):
                    yield Labelled(str(about["id"]), "sigma", _BANDS[rule["level"]], True, _facts(event))


def _facts(event: Any) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts(event) if fact.key not in GRADES)


def _values(text: str) -> Iterator[Any]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        value, at = decoder.raw_decode(text, at)
        yield from value if isinstance(value, list) else [value]


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
