"""What events are written in: told from themselves, one or many, and read under common names."""

import json
from typing import Any

import pytest

from maru.chains.triage.facts import facts
from maru.chains.triage.formats import read
from maru.chains.triage.normalise import normalise

CLOUDTRAIL: dict[str, Any] = {
    "eventVersion": "1.08",
    "eventTime": "2026-01-15T10:00:00Z",
    "eventSource": "cloudtrail.amazonaws.com",
    "eventName": "StopLogging",
    "awsRegion": "ap-northeast-2",
    "sourceIPAddress": "203.0.113.7",
    "userIdentity": {"type": "IAMUser", "userName": "mallory", "accountId": "111122223333"},
    "requestParameters": {"name": "org-trail"},
}
EVE: dict[str, Any] = {
    "timestamp": "2026-01-15T10:00:00.000+0900",
    "flow_id": 1,
    "event_type": "alert",
    "src_ip": "10.0.0.5",
    "dest_ip": "198.51.100.9",
    "dest_port": 443,
    "proto": "TCP",
    "alert": {
        "signature": "ET MALWARE Cobalt Strike Beacon",
        "signature_id": 2,
        "category": "A Network Trojan was detected",
        "severity": 1,
    },
}
GUARDDUTY: dict[str, Any] = {
    "schemaVersion": "2.0",
    "accountId": "111122223333",
    "region": "ap-northeast-2",
    "type": "CryptoCurrency:EC2/BitcoinTool.B!DNS",
    "severity": 8,
    "resource": {"resourceType": "Instance"},
    "service": {"serviceName": "guardduty", "action": {"dnsRequestAction": {"domain": "pool.example.com"}}},
}
SYSMON: dict[str, Any] = {
    "Event": {
        "System": {"EventID": 1, "Computer": "PC-7", "TimeCreated": {"#attributes": {"SystemTime": "2026-01-15T01:00:00Z"}}},
        "EventData": {"Image": "C:\\Windows\\System32\\vssadmin.exe", "CommandLine": "vssadmin delete shadows /all", "User": "PC-7\\kim"},
    }
}
CEF = (
    "CEF:0|Security|threatmanager|1.0|100|worm successfully stopped|10|src=10.0.0.1 dst=203.0.113.4 spt=1232 "
    "cs1Label=Rule Name cs1=Block \\= all request=http://evil.example.com/a msg=stopped the worm now"
)
LEEF1 = "LEEF:1.0|Microsoft|MSExchange|4.0 SP1|15345|src=203.0.113.8\tdst=10.1.1.1\tsev=5\tusrName=kim"
LEEF2 = "LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=203.0.113.8^dst=10.1.1.1^usrName=kim"
RFC5424 = (
    '<165>1 2026-10-11T22:14:15.003Z host.example.com evntslog 8710 ID47 [exampleSDID@32473 iut="3" user="kim \\"lee\\""] '
    "\ufeffAn application event"
)
RFC3164 = "<34>Oct 11 22:14:15 mymachine su[123]: 'su root' failed for lonvick on /dev/pts/8"
XML = (
    '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Sysmon"/><EventID>1'
    '</EventID><TimeCreated SystemTime="2026-02-03T09:11:02.000Z"/><Computer>PC-7</Computer></System><EventData><Data Name="Image">C:\\'
    'powershell.exe</Data><Data Name="CommandLine">powershell &lt;a&gt;</Data><Data Name="User">CORP\\김</Data></EventData></Event>'
)
PAIRS = '<189>date=2026-02-03 devname="FG 100" type="utm" srcip=10.0.0.5 dstip=203.0.113.9 action="blocked" msg="File \\"a\\" is infected."'
FORMS: dict[str, Any] = {
    "cloudtrail": CLOUDTRAIL,
    "suricata_eve": EVE,
    "guardduty": GUARDDUTY,
    "windows": SYSMON,
    "cef": CEF,
    "leef": LEEF1,
    "syslog_rfc5424": RFC5424,
    "syslog_rfc3164": RFC3164,
    "crowdstrike": {"event_simpleName": "ProcessRollup2", "CommandLine": "whoami", "ComputerName": "PC-7"},
    "sentinelone": {"threatInfo": {"threatName": "x", "sha256": "a" * 64}, "agentRealtimeInfo": {"agentComputerName": "PC-7"}},
    "key_value": PAIRS,
    "json": {"hello": "world"},
    "text": "something happened",
}


@pytest.mark.parametrize("kind", FORMS)
def test_each_format_is_told_from_the_event(kind: str) -> None:
    (found,) = read(3, FORMS[kind])
    assert (found.index, found.format) == (3, kind)
    if isinstance(FORMS[kind], dict):
        assert read(3, json.dumps(FORMS[kind])) == [found]


@pytest.mark.parametrize(
    ("batch", "kinds"),
    [
        (json.dumps([CLOUDTRAIL, EVE]), ["cloudtrail", "suricata_eve"]),
        (json.dumps(CLOUDTRAIL) + "\n" + json.dumps(GUARDDUTY) + "\n", ["cloudtrail", "guardduty"]),
        (json.dumps(SYSMON, indent=2) + json.dumps(SYSMON, indent=2), ["windows", "windows"]),
        ({"Records": [CLOUDTRAIL, CLOUDTRAIL]}, ["cloudtrail", "cloudtrail"]),
        ({"version": "0", "source": "aws.guardduty", "detail": GUARDDUTY}, ["guardduty"]),
        (f"{CEF}\n{RFC3164}\n\n{json.dumps(EVE)}\nplain", ["cef", "syslog_rfc3164", "suricata_eve", "text"]),
        (f"<13>Jan 15 10:00:00 fw {CEF}", ["cef"]),
        (f"<13>Jan 15 10:00:00 ids suricata: {json.dumps(EVE)}", ["suricata_eve"]),
        ({"message": CEF, "host": "fw"}, ["cef"]),
        (XML, ["windows"]),
        (f"\ufeff<?xml version='1.0'?>\n<Events>\n{XML}\n{XML}\n</Events>\n", ["windows", "windows"]),
        ("<Event><System><EventID>1</System></Event>", ["text"]),
        ("<!DOCTYPE x [<!ENTITY a 'aaaa'>]><Event><System>&a;</System></Event>", ["text"]),
        ("<134>Feb 3 09:11:02 fw01 " + CEF, ["cef"]),
        ("Feb  3 09:11:02 db01 su[991]: FAILED SU (to root) kim on pts/3", ["syslog_rfc3164"]),
        ("a sentence with a=1 and b=2 and c=3", ["text"]),
        ("{broken json", ["text"]),
        ("", ["text"]),
        ([], ["text"]),
    ],
)
def test_batches_are_taken_apart(batch: Any, kinds: list[str]) -> None:
    assert [one.format for one in read(0, batch)] == kinds


def test_values_of_lines_are_read_as_written() -> None:
    (cef,) = read(0, CEF)
    assert (cef.fields["name"], cef.fields["Rule Name"], cef.fields["msg"]) == (
        "worm successfully stopped",
        "Block = all",
        "stopped the worm now",
    )
    (leef,) = read(0, LEEF2)
    assert (leef.fields["src"], leef.fields["usrName"], leef.fields["event_id"]) == ("203.0.113.8", "kim", "41")
    (syslog,) = read(0, RFC5424)
    assert syslog.fields["structured_data"]["exampleSDID@32473"] == {"iut": "3", "user": 'kim "lee"'}
    assert (syslog.fields["facility"], syslog.fields["syslog_severity"], syslog.fields["message"]) == (
        "local4",
        "notice",
        "An application event",
    )
    (old,) = read(0, RFC3164)
    assert (old.fields["host"], old.fields["app"], old.fields["pid"]) == ("mymachine", "su", "123")


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (CLOUDTRAIL, {"event.action": "StopLogging", "source.ip": "203.0.113.7", "user.name": "mallory", "class_uid": 6003}),
        (EVE, {"source.ip": "10.0.0.5", "destination.ip": "198.51.100.9", "class_uid": 2004}),
        (GUARDDUTY, {"event.action": "CryptoCurrency:EC2/BitcoinTool.B!DNS", "class_uid": 2004}),
        (SYSMON, {"host.name": "PC-7", "user.name": "PC-7\\kim", "class_uid": 1007}),
        (CEF, {"source.ip": "10.0.0.1", "destination.ip": "203.0.113.4", "url.full": "http://evil.example.com/a"}),
        (LEEF1, {"source.ip": "203.0.113.8", "user.name": "kim"}),
        (XML, {"host.name": "PC-7", "process.command_line": "powershell <a>", "user.name": "CORP\\김", "class_uid": 1007}),
        (PAIRS, {"source.ip": "10.0.0.5", "destination.ip": "203.0.113.9", "host.name": "FG 100", "message": 'File "a" is infected.'}),
        (RFC3164, {"host.name": "mymachine"}),
    ],
)  # fmt: skip
def test_common_names(event: Any, wanted: dict[str, Any]) -> None:
    (one,) = read(0, event)
    public = normalise(one.format, facts(one.fields)).public()
    assert {name: public.get(name) for name in wanted} == wanted


def test_deep_and_wide_events_are_bounded() -> None:
    deep: dict[str, Any] = {}
    for _ in range(200):
        deep = {"a": deep}
    assert facts(deep) == []
    assert len(facts({str(number): number for number in range(10_000)})) == 1500
    assert len(read(0, "[" * 100_000)) == 1
