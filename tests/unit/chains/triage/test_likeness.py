"""What an event is like: trusted where like events taught, and without a say elsewhere."""

from typing import Any

import pytest

from maru.chains.triage.facts import facts
from maru.chains.triage.features import features
from maru.chains.triage.likeness import Learned, learned, likeness, tokens
from maru.chains.triage.scorer import score
from maru.chains.triage.signals import signals

TAUGHT = {
    "operationName": "MICROSOFT.STORAGE/STORAGEACCOUNTS/BLOBSERVICES/WRITE",
    "resultType": "Success",
    "category": "Administrative",
    "level": "Information",
    "callerIpAddress": "10.0.0.4",
    "tenantId": "t",
    "resourceId": "/subscriptions/x",
}
STRANGE = {"빌딩": "A동", "출입문": "3층", "카드": "0042", "구분": "입장"}


def _like(event: dict[str, Any], to: Learned | None = None) -> Any:
    found = facts(event)
    return likeness(tokens(found, features(found)), to or learned())


def test_an_event_of_a_product_that_taught_is_known_and_another_is_not() -> None:
    assert _like(TAUGHT).known > 0.6
    assert _like(STRANGE).known < 0.3
    assert sum(_like(TAUGHT).bands) == pytest.approx(1)


def test_what_was_never_seen_is_judged_by_its_signs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    strange = facts(STRANGE | {"명령": "vssadmin delete shadows /all /quiet"})
    before = score(strange)
    assert _like(STRANGE).known < 0.3
    loud = Learned({name: [one[0], 9.0, -9.0, -9.0, -9.0] for name, one in learned().tokens.items()}, [9.0, 0, 0, -9.0], learned().rarest)
    monkeypatch.setattr("maru.chains.triage.scorer.learned", lambda: loud)
    assert score(strange) == before
    assert score(facts(TAUGHT)).priority == "info", "where events taught, what they say counts"


def test_an_event_without_anything_is_like_nothing() -> None:
    nothing = likeness(set(), Learned({}, [0.0, 0.0, 0.0, 0.0], 7.0))
    assert (nothing.known, nothing.parts) == (0, {})
    assert nothing.bands == pytest.approx((1 / 3, 1 / 3, 1 / 3))


@pytest.mark.parametrize(
    ("event", "sign"),
    [
        ({"p_enrichment": {"greynoise": {"203.0.113.9": {"classification": "malicious"}}}}, "intelligence"),
        ({"threat_intel": {"verdict": "known attacker"}}, "intelligence"),
        ({"p_enrichment": {"greynoise": {"203.0.113.9": {"classification": "benign"}}}}, None),
        ({"errorCode": "AccessDenied"}, "denied"),
        ({"결과": "접근 거부"}, "denied"),
        ({"status": "allowed"}, None),
        ({"reason": "endpoint_is_not_trusted"}, "unfit_device"),
        ({"reason": "endpoint is trusted"}, None),
        ({"메시지": "비밀번호 5회 오류로 계정 잠금"}, "locked_out"),
        ({"argv": ["crontab", "-e"], "command_line": "crontab -e"}, "persistence"),
        ({"image": "C:\\Tools\\cloudflared.exe"}, "remote_control"),
    ],
)
def test_signs_are_shown_by_what_an_analyst_would_point_at(event: dict[str, Any], sign: str | None) -> None:
    new = {"intelligence", "denied", "unfit_device", "locked_out", "persistence", "remote_control"}
    assert {sign} - {None} == new & signals(facts(event)).keys()
