"""Security events made into alerts, and what a model may add to them (:mod:`maru.chains.triage`)."""

from typing import Any

from maru.chains.arguments import list_of
from maru.chains.builtins import RunFacts, builtin
from maru.chains.triage import alerts, bounds, formats, runbooks
from maru.chains.triage.facts import facts
from maru.errors import BadRequest

#: Alerts that a model is asked about: the gravest; the rest keeps what the scorer said.
MOST_ASKED = 20
_LANGUAGES = ("en", "ko")
#: Priorities that open a ticket, and what Jira calls them.
_TICKETED = {"critical": "Highest", "high": "High"}


@builtin("triage.read", summary="Alerts out of security events of any format: priority, reasons, indicators, actions; without a model")
def read(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{events, language?}`` gives ``{alerts, language, asked, query}``.

    ``asked`` are the alerts to show a model, each with its number as ``alert``; ``query`` is what to look for in runbooks.
    """
    language = _language(arguments)
    found = alerts.triage(arguments.get("events") or [], language)["alerts"]
    asked = [{"alert": number, **one} for number, one in enumerate(found) if one["priority"] != "info"][:MOST_ASKED]
    words = dict.fromkeys(reason["reason"] for one in asked for reason in one["reasons"][:2])
    techniques = dict.fromkeys(one["technique"] for one in asked if "technique" in one)
    return {"alerts": found, "language": language, "asked": asked, "query": " ".join([*techniques, *words])[:800] or "security incident"}


@builtin("triage.merge", summary="Alerts with what of a model's proposals holds: a step of priority, checked wording, evidence and actions")
def merge(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{events, alerts, proposals, passages?}`` gives ``{alerts, approvals, tickets}``.

    ``proposals`` name their alert by ``alert``; ``passages`` are those of runbooks that the model was shown: evidence where it names one by
    its number, or where one names the alert's technique. ``approvals`` are the actions that wait for a person, ``tickets`` what to open
    for alerts of high and critical priority, in Jira's words.
    """
    found, proposals = arguments.get("alerts"), arguments.get("proposals") or []
    if not isinstance(found, list) or not isinstance(proposals, list):
        raise BadRequest("'alerts' and 'proposals' must be lists.", param="alerts")
    by_alert = {one["alert"]: one for one in proposals if isinstance(one, dict) and isinstance(one.get("alert"), int)}
    known = _known(arguments.get("events") or [])
    shown = {int(one["index"]): one for one in list_of(arguments, "passages")}
    merged = [runbooks.told(_merged(one, by_alert.get(number), known, len(shown)), shown) for number, one in enumerate(found)]
    waiting = [{"alert": number, **action} for number, one in enumerate(merged) for action in one["actions"] if action["needs_approval"]]
    tickets = [_ticket(number, one) for number, one in enumerate(merged) if one["priority"] in _TICKETED]
    return {"alerts": merged, "approvals": waiting, "tickets": tickets}


def _merged(alert: dict[str, Any], proposal: Any, known: dict[int, list[str]], references: int) -> dict[str, Any]:
    values = [value for event in alert["events"] for value in known.get(event, [])]
    return bounds.bounded(alert, proposal, values, references) if proposal else alert


def _ticket(number: int, alert: dict[str, Any]) -> dict[str, Any]:
    """A ticket; indicators in it stay defanged."""
    lines = [alert["summary"], "", *(f"- {one['reason']}" for one in alert["reasons"])]
    lines += [f"- {one['type']}: {one['value']}" for one in alert["iocs"][:20]]
    lines += [f"- {one['event']} {one['field']} = {one['value']}" for one in alert["evidence"][:20] if "field" in one]
    lines += [f"- {one['reference']['source']}: {one['reference']['quote']}" for one in alert["evidence"] if "reference" in one]
    labels = ["maru", alert["priority"], *([alert["technique"]] if "technique" in alert else [])]
    subject = f"[{alert['priority']}] {alert['summary'].splitlines()[0][:200]}"
    return {"alert": number, "subject": subject, "text": "\n".join(lines), "jira_priority": _TICKETED[alert["priority"]], "labels": labels}


def _known(events: list[Any]) -> dict[int, list[str]]:
    """Every value of each input's events, as text."""
    known: dict[int, list[str]] = {}
    for number, event in enumerate(events):
        known[number] = [fact.text for one in formats.read(number, event) for fact in facts(one.fields)]
    return known


def _language(arguments: dict[str, Any]) -> str:
    asked = arguments.get("language")
    if asked in (None, ""):
        return alerts.language_of(str(arguments.get("events"))[:20_000])
    if asked not in _LANGUAGES:
        raise BadRequest(f"'language' must be one of: {', '.join(_LANGUAGES)}.", param="language")
    return str(asked)
