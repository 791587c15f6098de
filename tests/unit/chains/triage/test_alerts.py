"""Alerts out of events: priority with reasons, indicators with evidence, groups, actions, and what a model may change of them."""

import json
from typing import Any

import pytest

from maru.chains.triage.alerts import triage
from maru.chains.triage.bounds import bounded
from maru.chains.triage.facts import Fact, facts
from maru.chains.triage.iocs import defang, extract
from maru.chains.triage.responses import ACTIONS
from maru.chains.triage.scorer import PRIORITIES
from maru.chains.triage.signals import claims, signals
from maru.chains.triage.techniques import TECHNIQUES
from maru.errors import BadRequest
from tests.unit.chains.triage.test_formats import CEF, CLOUDTRAIL, EVE, FORMS, SYSMON

DESCRIBE = CLOUDTRAIL | {"eventName": "DescribeTrails", "sourceIPAddress": "10.0.0.9", "userIdentity": {"userName": "ops"}}
DUMP = {
    "timestamp": "2026-01-15T10:00:00Z",
    "hostname": "pc-7",
    "user": "kim",
    "command_line": "mimikatz.exe sekurlsa::logonpasswords",
    "dest_ip": "203.0.113.77",
    "url": "https://evil.example.com/stage2?x=1",
    "sha256": "b" * 64,
}


def one(*events: Any, language: str = "en") -> dict[str, Any]:
    (alert,) = triage(list(events), language)["alerts"]
    return dict(alert)


@pytest.mark.parametrize("kind", FORMS)
def test_every_format_gives_alerts_as_promised(kind: str) -> None:
    alert = one(FORMS[kind])
    assert alert.keys() - {"technique"} == {"events", "priority", "score", "summary", "iocs", "evidence", "reasons", "actions"}
    assert alert["events"] == [0]
    assert alert["priority"] in PRIORITIES
    assert 0 <= alert["score"] <= 1
    assert alert["summary"]
    assert alert.get("technique", "T1562") in TECHNIQUES
    text = json.dumps(FORMS[kind], ensure_ascii=False)
    for claim in alert["evidence"] + [reason["evidence"] for reason in alert["reasons"] if "evidence" in reason]:
        assert claim.keys() == {"event", "field", "value"}
        assert isinstance(FORMS[kind], str) or str(claim["value"])[:20] in text.replace("\\\\", "\\")
    for action in alert["actions"]:
        assert action.keys() == {"name", "arguments", "needs_approval"}
        assert action["needs_approval"] == ACTIONS[action["name"]]


def test_what_is_grave_stands_above_what_is_not() -> None:
    found = triage([DESCRIBE, CLOUDTRAIL, SYSMON, DUMP, {"event": "user_logout", "user": "lee"}])["alerts"]
    order = [alert["events"] for alert in found]
    assert {tuple(order[0]), tuple(order[1])} == {(2,), (3,)}
    assert order.index([1]) < order.index([4])
    assert found[0]["priority"] in {"high", "critical"}
    assert next(alert for alert in found if alert["events"] == [4])["priority"] in {"info", "low"}
    assert [alert["score"] for alert in found if alert["events"] == [1]] > [alert["score"] for alert in found if alert["events"] == [0]]


def test_a_priority_has_its_reasons_and_technique() -> None:
    alert = one(SYSMON)
    reason = next(each for each in alert["reasons"] if each["reason"] == "backups or data are destroyed")
    assert reason["evidence"] == {"event": 0, "field": "Event.EventData.CommandLine", "value": "vssadmin delete shadows /all"}
    assert alert["technique"] == "T1490"
    assert "backups or data are destroyed" in alert["summary"]
    korean = one(SYSMON, language="ko")
    assert "백업이나 자료를 파괴함" in korean["summary"]
    assert (korean["priority"], korean["score"]) == (alert["priority"], alert["score"])


def test_grades_of_the_source_are_no_obstacle_and_nothing_is_random() -> None:
    assert triage([CEF, DUMP]) == triage([CEF, DUMP])


def test_indicators_are_found_defanged_and_evident() -> None:
    alert = one(DUMP)
    found = {(each["type"], each["value"]): each["evidence"] for each in alert["iocs"]}
    assert found["ipv4", "203[.]0[.]113[.]77"] == {"event": 0, "field": "dest_ip", "value": "203.0.113.77"}
    assert found["url", "hxxps://evil[.]example[.]com/stage2?x=1"]["field"] == "url"
    assert ("domain", "evil[.]example[.]com") in found
    assert found["sha256", "b" * 64]["field"] == "sha256"


@pytest.mark.parametrize(
    ("field", "text", "wanted"),
    [
        ("message", "seen hxxp://bad[.]example[.]com/x and 203[.]0[.]113[.]9", {"url", "domain", "ipv4"}),
        ("ip", "10.0.0.1 192.168.1.1 127.0.0.1", set()),
        ("version", "1.2.3.4.5 app.module.function", set()),
        ("file", "report.pdf setup.exe", set()),
        ("dns_query", "evil.example.com", {"domain"}),
        ("from", "Mallory <m@evil.example.com>", {"email"}),
        ("md5", "d41d8cd98f00b204e9800998ecf8427e", {"md5"}),
        ("request_id", "d41d8cd98f00b204e9800998ecf8427e", set()),
        ("src", "2001:db8::1", {"ipv6"}),
        ("time", "10:20:30", set()),
    ],
)
def test_indicators_are_told_from_what_looks_like_them(field: str, text: str, wanted: set[str]) -> None:
    assert {found.type for found in extract([Fact(field, text)])} == wanted


def test_defanged_text_is_no_link() -> None:
    assert defang("http://a.example.com/b.html", "url") == "hxxp://a[.]example[.]com/b.html"
    assert defang("m@a.example.com", "email") == "m[@]a[.]example[.]com"
    assert defang("2001:db8::1", "ipv6") == "2001[:]db8[:][:]1"


def test_duplicates_and_related_events_are_one_alert() -> None:
    again = DUMP | {"timestamp": "2026-01-15T10:10:00Z"}
    related = DUMP | {"timestamp": "2026-01-15T10:20:00Z", "command_line": "vssadmin delete shadows /all"}
    late = DUMP | {"timestamp": "2026-01-16T10:00:00Z"}
    other = DUMP | {"hostname": "pc-9", "user": "lee", "dest_ip": "198.51.100.3", "sha256": "c" * 64}
    assert sorted(alert["events"] for alert in triage([DUMP, again, related, late, other])["alerts"]) == [[0, 1, 2], [3], [4]]


def test_an_ordinary_event_of_the_same_user_is_no_part_of_an_attack() -> None:
    login = {"timestamp": "2026-01-15T10:05:00Z", "event": "user_logout", "user": "kim", "hostname": "pc-7"}
    assert sorted(alert["events"] for alert in triage([DUMP, login])["alerts"]) == [[0], [1]]


def test_what_changes_something_outside_needs_approval() -> None:
    actions = {each["name"]: each for each in one(DUMP)["actions"]}
    assert actions["isolate"] == {"name": "isolate", "arguments": {"host": "pc-7"}, "needs_approval": True}
    assert actions["block"]["needs_approval"]
    assert not actions["ticket"]["needs_approval"]
    assert {name for name, needs in ACTIONS.items() if needs} >= {"block", "isolate", "delete"}


def test_events_of_a_batch_keep_the_number_of_their_input() -> None:
    found = triage(["plain", json.dumps([EVE, SYSMON])])
    assert sorted(one["event"] for one in found["events"]) == [0, 1, 1]


@pytest.mark.parametrize("given", [[], {}, None, [3], "text"])
def test_what_is_no_list_of_events_is_refused(given: Any) -> None:
    with pytest.raises(BadRequest) as refused:
        triage(given)
    assert str(refused.value.param).startswith("events")


def test_a_model_moves_a_priority_one_step_and_never_down_from_critical() -> None:
    alert = one(DUMP) | {"priority": "medium"}
    assert bounded(alert, {"priority": "critical"}, [])["priority"] == "high"
    assert bounded(alert, {"priority": "info"}, [])["priority"] == "low"
    assert bounded(alert, {"priority": "urgent"}, [])["refused"] == ["priority"]
    critical = alert | {"priority": "critical"}
    assert bounded(critical, {"priority": "low"}, [])["priority"] == "critical"


def test_a_model_says_only_what_the_events_hold() -> None:
    alert = one(DUMP)
    known = [str(value) for value in DUMP.values()]
    good = {
        "summary": "mimikatz on pc-7 reached 203.0.113.77.",
        "evidence": [{"event": 0, "field": "user", "value": "kim"}, {"reference": 1}],
    }
    kept = bounded(alert, good, known, references=1)
    assert kept["summary"] == good["summary"]
    assert kept["evidence"][-1] == {"reference": 1}
    assert "refused" not in kept
    made_up = {
        "summary": "It reached 198.51.100.200 4711 times.",
        "technique": "T9999",
        "evidence": [{"event": 0, "field": "user", "value": "nobody"}, {"reference": 2}],
        "actions": [{"name": "format_disk", "arguments": {}}, {"name": "isolate", "arguments": {"host": "pc-1"}, "needs_approval": False}],
    }
    kept = bounded(alert, made_up, known, references=1)
    assert kept["refused"] == ["summary", "technique", "evidence", "actions"]
    assert {name: kept[name] for name in alert} == alert
    proposed = {"actions": [{"name": "delete", "arguments": {"host": "pc-7"}, "needs_approval": False}]}
    assert bounded(alert, proposed, known)["actions"][-1]["needs_approval"] is True


def test_every_technique_that_a_claim_names_is_known() -> None:
    assert {claim.technique for claim in claims().values()} - TECHNIQUES.keys() == {None}
    assert all(claim.en and claim.ko for claim in claims().values())


@pytest.mark.parametrize(
    ("grave", "ordinary"),
    [
        ("랜섬웨어가 탐지되었습니다: FS01", "백업이 정상적으로 완료되었습니다"),
        ("관리자 권한이 사용자 kim 에게 부여됨", "사용자 이영희 로그아웃"),
        ("방화벽이 비활성화되었습니다", "문서 조회 완료"),
        ({"operationName": "MICROSOFT.NETWORK/FIREWALLPOLICIES/DELETE"}, {"operationName": "MICROSOFT.NETWORK/VIRTUALNETWORKS/READ"}),
        ({"eventtype": "user.mfa.factor.deactivate"}, {"eventtype": "user.session.end"}),
        ({"action": "idp_configuration_added", "actor": {"type": "user"}}, {"action": "user_logout", "actor": {"type": "user"}}),
        (CLOUDTRAIL | {"eventName": "PutBucketPolicy", "requestParameters": {"Principal": "*"}}, DESCRIBE),
        ({"image": "cmd.exe", "ParentImage": "C:\\Office\\WINWORD.EXE"}, {"image": "cmd.exe", "ParentImage": "C:\\Windows\\explorer.exe"}),
    ],
)
def test_what_is_grave_is_told_from_what_is_not_whatever_its_language_and_spelling(grave: Any, ordinary: Any) -> None:
    above, below = one(grave), one(ordinary)
    assert PRIORITIES.index(above["priority"]) > PRIORITIES.index(below["priority"])
    assert above["score"] > below["score"]
    assert above["reasons"], "what is grave says why"


def test_nothing_is_grave_for_its_wording_alone() -> None:
    for text in ("그냥 지나가는 문장입니다", "pull_request.merge", "Accepted publickey for ubuntu from 10.0.0.4 port 51122 ssh2"):
        assert one(text)["priority"] not in {"high", "critical"}


@pytest.mark.parametrize(
    "named",
    [
        {"sha256": "488e74e2026d03f21b33f470c23b3de2f466643186c2e06ae7b4883cc2e59377"},
        {"resourceId": "/subscriptions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"},
        {"user": "attacker@example.com"},
        {"isProxy": False},
        {"durationMs": 0},
    ],
)
def test_identifiers_names_and_what_is_false_are_no_signs(named: dict[str, Any]) -> None:
    assert signals(facts({"action": "file_view", **named})) == {}


@pytest.mark.parametrize("empty", ["\x00 ~~~", "[]", "   ", {}, {"a": {"b": []}}, "LEEF:2.0|V|P|1|id9|0x09|src=192.0.2.1\tdst=10.0.0.5"])
def test_what_says_nothing_concerns_nobody(empty: Any) -> None:
    assert one(empty)["priority"] == "info"


def test_what_a_product_found_and_how_grave_it_rates_it_counts() -> None:
    found = {"type": "Behavior:EC2/NetworkPortUnusual", "service": {"serviceName": "guardduty"}, "resource": {}}
    mild, grave = one(found | {"severity": 2}), one(found | {"severity": 8})
    assert mild["priority"] != "info", "somebody's product reported it"
    assert grave["score"] > mild["score"]
    assert "the product rates it high" in [reason["reason"] for reason in grave["reasons"]]
    assert one(found | {"severity": 2, "workflow": {"status": "RESOLVED"}})["score"] < mild["score"]
