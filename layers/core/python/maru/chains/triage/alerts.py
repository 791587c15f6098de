"""The door of triage: events in, alerts out, each with priority, reasons, indicators, evidence and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maru.chains.triage import formats, grouping, iocs, responses, summaries
from maru.chains.triage.facts import Fact, facts
from maru.chains.triage.iocs import Ioc
from maru.chains.triage.normalise import FINDING, Normal, normalise
from maru.chains.triage.scorer import PRIORITIES, Reason, Score, score
from maru.errors import BadRequest
from maru.knowledge.cite.words import hangul_share

#: Events that one call takes, those inside of batches counted.
MOST_EVENTS = 2_000
_MOST_IOCS = 50
_MOST_EVIDENCE = 20
#: From this chance of deserving attention on, an event may be part of an attack on those it shares things with.
_CONCERNING = 0.6
#: Fields that an alert is known by; they are told as evidence beside the reasons.
_TOLD = ("event.action", "user.name", "host.name", "source.ip", "event.outcome")


@dataclass(frozen=True)
class Judged:
    """One event, read, normalised and scored; ``index`` is the number of the input that it came in."""

    index: int
    format: str
    found: tuple[Fact, ...]
    normal: Normal
    score: Score
    iocs: tuple[Ioc, ...]


def triage(given: Sequence[Any], language: str = "en") -> dict[str, Any]:
    """``{alerts, events}``: the alerts, the gravest first, and each event's format and common names.

    ``given`` are objects or strings in any format of :mod:`~maru.chains.triage.formats`; an alert's ``events`` count them from 0.
    ``language`` is ``en`` or ``ko``. Raises BadRequest for none or too many.
    """
    judged = [judge(one) for number, event in enumerate(_checked(given)) for one in formats.read(number, event)]
    if len(judged) > MOST_EVENTS:
        raise BadRequest(f"'events' hold {len(judged)} events; one call takes {MOST_EVENTS}. Send them in parts.", param="events")
    traces = [_trace(one) for one in judged]
    grouped = grouping.groups(traces, [one.score.score >= _CONCERNING and one.score.priority != "info" for one in judged])
    alerts = [_alert([judged[at] for at in group], language) for group in grouped]
    alerts.sort(key=lambda one: (-PRIORITIES.index(one["priority"]), -one["score"]))
    return {"alerts": alerts, "events": [{"event": one.index, "format": one.format, "fields": one.normal.public()} for one in judged]}


def judge(one: formats.Read) -> Judged:
    """Normalise and score one event."""
    found = tuple(facts(one.fields))
    normal = normalise(one.format, found)
    return Judged(one.index, one.format, found, normal, score(found, finding=normal.class_uid == FINDING), tuple(iocs.extract(found)))


def language_of(text: str) -> str:
    """``ko`` where a fifth of the letters are Hangul, else ``en``."""
    return "ko" if hangul_share(text) >= 0.2 else "en"


def _checked(given: Sequence[Any]) -> Sequence[Any]:
    if not isinstance(given, list | tuple) or not given:
        raise BadRequest("'events' must be a list of at least one object or string.", param="events")
    wrong = next((number for number, one in enumerate(given) if not isinstance(one, dict | str | list)), None)
    if wrong is not None:
        raise BadRequest(f"'events.{wrong}' must be an object or a string.", param=f"events.{wrong}")
    return given


def _trace(one: Judged) -> grouping.Trace:
    return grouping.trace({name: one.normal.value(name) for name in one.normal.fields}, frozenset(id_ for id_, _ in one.score.techniques))


def _alert(events: list[Judged], language: str) -> dict[str, Any]:
    ordered = sorted(events, key=lambda one: (-PRIORITIES.index(one.score.priority), -one.score.score))
    lead = ordered[0]
    techniques = list(dict.fromkeys(id_ for one in ordered for id_, _ in one.score.techniques))
    indicators = _distinct(ordered)
    first = techniques[0] if techniques and lead.score.priority != "info" else None
    alert: dict[str, Any] = {
        "events": sorted({one.index for one in events}),
        "priority": lead.score.priority,
        "score": max(one.score.score for one in events),
        "summary": summaries.summary(language, lead.score.priority, [one.normal for one in ordered], lead.score.reasons, first),
    }
    if first:
        alert["technique"] = first
    return alert | {
        "iocs": [one.public(index) for one, index in indicators],
        "evidence": _evidence(ordered),
        "reasons": [_reason(lead, one, language) for one in lead.score.reasons if one.words(language)],
        "actions": responses.recommended(lead.score.priority, [one.normal for one in ordered], [one for one, _ in indicators], techniques),
    }


def _distinct(events: Sequence[Judged]) -> list[tuple[Ioc, int]]:
    seen: dict[tuple[str, str], tuple[Ioc, int]] = {}
    for one in events:
        for indicator in one.iocs:
            seen.setdefault((indicator.type, indicator.value), (indicator, one.index))
    return list(seen.values())[:_MOST_IOCS]


def _evidence(events: Sequence[Judged]) -> list[dict[str, Any]]:
    """Every fact that a claim of the alert rests on, once."""
    told: dict[tuple[int, str], dict[str, Any]] = {}
    for one in events:
        claimed = [reason.fact for reason in one.score.reasons] + [fact for _, fact in one.score.techniques[:1]]
        claimed += [one.normal.fields.get(name) for name in _TOLD]
        for fact in claimed:
            if fact:
                told.setdefault((one.index, fact.field), iocs.evidence(one.index, fact))
    return list(told.values())[:_MOST_EVIDENCE]


def _reason(lead: Judged, reason: Reason, language: str) -> dict[str, Any]:
    said: dict[str, Any] = {"reason": reason.words(language), "weight": reason.weight}
    return said | ({"evidence": iocs.evidence(lead.index, reason.fact)} if reason.fact else {})
