"""What a model may change of an alert: a step of priority, wording, and more evidence, all of it checked against the events."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from maru.chains.triage.facts import Fact
from maru.chains.triage.iocs import extract, refang
from maru.chains.triage.responses import ACTIONS
from maru.chains.triage.scorer import PRIORITIES
from maru.chains.triage.techniques import TECHNIQUES

#: Steps that a model may move a priority up or down.
MOST_STEPS = 1
_LONGEST_SUMMARY = 2_000
_NUMBER = re.compile(r"(?<![\w.])\d{2,}(?![\w.])")


def bounded(alert: Mapping[str, Any], proposed: Mapping[str, Any], known: Sequence[str], references: int = 0) -> dict[str, Any]:
    """The alert with what of a model's proposal holds; the rest stays as the scorer had it and is named in ``refused``.

    ``proposed`` may have ``priority``, ``summary``, ``technique``, ``evidence`` and ``actions``. ``known`` are all values of the alert's
    events as text: whatever the model names must stand in one of them. ``references`` counts the passages it was shown.
    """
    said, refused = dict(alert), []
    for name, check in (("priority", _priority), ("summary", _summary), ("technique", _technique)):
        if proposed.get(name) not in (None, "", alert.get(name)):
            taken = check(alert, proposed[name], known)
            if taken is None:
                refused.append(name)
            else:
                said[name] = taken
    extra = [one for one in _list(proposed.get("evidence")) if _holds(one, alert, known, references)]
    refused += ["evidence"] if len(extra) < len(_list(proposed.get("evidence"))) else []
    said["evidence"] = [*alert["evidence"], *(one for one in extra if one not in alert["evidence"])]
    actions = [kept for one in _list(proposed.get("actions")) if (kept := _action(one, known))]
    refused += ["actions"] if len(actions) < len(_list(proposed.get("actions"))) else []
    said["actions"] = [*alert["actions"], *(one for one in actions if not _has(alert["actions"], one))]
    return said | ({"refused": refused} if refused else {})


def _priority(alert: Mapping[str, Any], wanted: Any, _: Sequence[str]) -> str | None:
    """Within one step, and never down from critical: what has a grave sign stays on somebody's desk."""
    if wanted not in PRIORITIES or alert["priority"] == "critical":
        return None
    now = PRIORITIES.index(alert["priority"])
    at = PRIORITIES.index(wanted)
    return PRIORITIES[max(now - MOST_STEPS, min(now + MOST_STEPS, at))]


def _summary(_: Mapping[str, Any], wanted: Any, known: Sequence[str]) -> str | None:
    """Only where every indicator and number in it stands in the events."""
    if not isinstance(wanted, str) or len(wanted) > _LONGEST_SUMMARY:
        return None
    text = "\n".join(known).lower()
    named = [one.value.lower() for one in extract([Fact("url", wanted)])] + _NUMBER.findall(refang(wanted))
    return wanted if all(one in text for one in named) else None


def _technique(alert: Mapping[str, Any], wanted: Any, _: Sequence[str]) -> str | None:
    return wanted if wanted in TECHNIQUES and alert["priority"] != "info" else None


def _holds(one: Any, alert: Mapping[str, Any], known: Sequence[str], references: int) -> bool:
    if not isinstance(one, dict):
        return False
    if one.keys() == {"reference"}:
        return isinstance(one["reference"], int) and 1 <= one["reference"] <= references
    return one.keys() == {"event", "field", "value"} and one["event"] in alert["events"] and str(one["value"]) in known


def _action(one: Any, known: Sequence[str]) -> dict[str, Any] | None:
    """An action that exists, about things that stand in the events; whether it needs approval is not the model's to say."""
    if not isinstance(one, dict) or one.get("name") not in ACTIONS or not isinstance(one.get("arguments"), dict):
        return None
    text = "\n".join(known).lower()
    values = [value for value in one["arguments"].values() if isinstance(value, str)]
    if ACTIONS[one["name"]] and not (values and all(refang(value).lower() in text for value in values)):
        return None
    return {"name": one["name"], "arguments": one["arguments"], "needs_approval": ACTIONS[one["name"]]}


def _has(actions: Sequence[Mapping[str, Any]], one: Mapping[str, Any]) -> bool:
    return any(each["name"] == one["name"] and each["arguments"] == one["arguments"] for each in actions)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
