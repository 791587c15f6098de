"""An alert in two or three sentences, in English or Korean, out of nothing but the events and the reasons."""

from collections.abc import Sequence

from maru.chains.triage.normalise import Normal
from maru.chains.triage.scorer import Reason
from maru.chains.triage.techniques import TECHNIQUES

_PRIORITY_KO = {"critical": "심각", "high": "높음", "medium": "보통", "low": "낮음", "info": "정보"}
_TOLD = 3


def summary(language: str, priority: str, events: Sequence[Normal], reasons: Sequence[Reason], technique: str | None) -> str:
    """What happened, how grave it is, and why; ``events`` are those of the alert, the most concerning first."""
    lead = events[0]
    why = [words for one in reasons if one.weight > 0 and (words := one.words(language))][:_TOLD]
    return (
        _korean(lead, len(events), priority, why, technique) if language == "ko" else _english(lead, len(events), priority, why, technique)
    )


def _english(lead: Normal, count: int, priority: str, why: Sequence[str], technique: str | None) -> str:
    what = f"{_action(lead, 'An event')}{_by(lead, ' by {}', ' on {}', ' from {}')}"
    told = f"{what}{f' and {count - 1} related events' if count > 2 else ' and 1 related event' if count == 2 else ''}."
    told += f" Priority {priority}" + (f": {', '.join(why)}." if why else ": nothing in it points at an attack.")
    return told + (f" ATT&CK {technique} ({TECHNIQUES[technique][0]})." if technique else "")


def _korean(lead: Normal, count: int, priority: str, why: Sequence[str], technique: str | None) -> str:
    what = f"{_action(lead, '이벤트')}{_by(lead, ', 사용자 {}', ', 장비 {}', ', 출발지 {}')}"
    told = f"{what}{f' 외 관련 이벤트 {count - 1}건' if count > 1 else ''}."
    told += f" 우선순위 {_PRIORITY_KO[priority]}" + (f": {', '.join(why)}." if why else ": 공격을 가리키는 내용이 없음.")
    return told + (f" ATT&CK {technique} ({TECHNIQUES[technique][0]})." if technique else "")


def _action(one: Normal, otherwise: str) -> str:
    said = one.value("rule.name") or one.value("event.action") or one.value("message") or otherwise
    return said if len(said) <= 120 else said[:119] + "…"


def _by(one: Normal, user: str, host: str, source: str) -> str:
    named = ((user, "user.name"), (host, "host.name"), (source, "source.ip"))
    return "".join(form.format(value[:80]) for form, name in named if (value := one.value(name)))
