"""Events under common names: ECS's for fields, OCSF's for the class of what happened."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from maru.chains.triage.facts import Fact
from maru.chains.triage.tables import table
from maru.chains.triage.vocabulary import actions, said

_ITEM = re.compile(r"\.\d+(?=\.|$)")
_ENVELOPE = re.compile(r"^(?:detail|event|_source|result|properties|syslog)\.")

#: OCSF 1.x classes: uid and name.
CLASSES = {
    1001: "File System Activity", 1007: "Process Activity", 2004: "Detection Finding", 3001: "Account Change", 3002: "Authentication",
    3005: "User Access Management",
    4001: "Network Activity", 4002: "HTTP Activity", 4003: "DNS Activity", 6003: "API Activity", 0: "Base Event",
}  # fmt: skip
FINDING = 2004
_FINDINGS = frozenset({"guardduty", "security_hub", "sentinelone", "defender", "crowdstrike", "suricata_eve"})


@dataclass(frozen=True)
class Normal:
    """An event under common names; ``fields`` holds for each ECS name the fact it came from."""

    fields: dict[str, Fact]
    class_uid: int

    def value(self, name: str) -> str:
        """A field's value as text, empty where the event has none."""
        fact = self.fields.get(name)
        return str(fact.value) if fact else ""

    def public(self) -> dict[str, object]:
        """ECS names and values, with OCSF's class."""
        named: dict[str, object] = {name: fact.value for name, fact in self.fields.items()}
        return {**named, "class_uid": self.class_uid, "class_name": CLASSES[self.class_uid]}


def normalise(kind: str, found: Sequence[Fact]) -> Normal:
    """Find each common field in an event of format ``kind``."""
    paths = [(fact, _ENVELOPE.sub("", _ITEM.sub("", fact.field))) for fact in found]
    fields = {name: fact for name, patterns in _paths().items() if (fact := _first(patterns, paths))}
    return Normal(fields, _class(kind, found, fields))


def _first(patterns: Iterable[re.Pattern[str]], paths: Sequence[tuple[Fact, str]]) -> Fact | None:
    return next((fact for pattern in patterns for fact, path in paths if pattern.fullmatch(path)), None)


def _class(kind: str, found: Sequence[Fact], fields: dict[str, Fact]) -> int:
    verbs, objects = said(actions(found))
    checks = (
        (FINDING, kind in _FINDINGS and ("rule.name" in fields or kind != "suricata_eve")),
        (1007, "process.command_line" in fields or "process.parent.executable" in fields),
        (3002, bool({"login", "logout"} & verbs.keys())),
        (4003, "dns.question.name" in fields),
        (3005, "grant" in verbs or ("privilege" in objects and bool({"create", "change", "delete"} & verbs.keys()))),
        (6003, kind in {"cloudtrail", "azure", "gcp", "kubernetes", "okta", "github"}),
        (3001, "user" in objects and bool({"create", "change", "delete", "disable"} & verbs.keys())),
        (4002, "url.full" in fields),
        (4001, "destination.ip" in fields),
        (1001, "file.path" in fields),
    )
    return next((uid for uid, holds in checks if holds), 0)


@cache
def _paths() -> Mapping[str, list[re.Pattern[str]]]:
    """ECS names with the paths that may hold them."""
    return {name: [re.compile(path, re.IGNORECASE) for path in paths] for name, paths in table("ecs").items()}
