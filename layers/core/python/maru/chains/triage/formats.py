"""What an event is written in, told from itself: JSON of several products, Windows XML, syslog, CEF, LEEF; one or many in one string."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from maru.chains.triage import lines, windows

#: Events that one input may hold.
MOST = 1_000
#: Wrappers whose list is the events themselves.
_LISTS = ("Records", "records", "events", "Events", "alerts", "findings", "Findings", "resources", "value", "hits")
_ENVELOPES = ("detail", "_source", "result")


@dataclass(frozen=True)
class Read:
    """One event: ``index`` is the input's number, ``format`` what it was written in, ``fields`` what it says."""

    index: int
    format: str
    fields: dict[str, Any]


def read(index: int, given: Any) -> list[Read]:
    """The events of one input, at most :data:`MOST`; what cannot be read is one event of format ``text``."""
    found = [Read(index, kind, fields) for kind, fields in _events(given)]
    return found[:MOST] or [Read(index, "text", {"message": str(given)})]


def _events(given: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(given, str):
        yield from _of_text(given.strip().lstrip("\ufeff"))
    elif isinstance(given, list):
        for one in given:
            yield from _events(one)
    elif isinstance(given, dict):
        yield from _of_object(given)
    elif given is not None:
        yield "text", {"message": str(given)}


def _of_object(event: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in _LISTS:
        held = event.get(name)
        if isinstance(held, list) and held and all(isinstance(one, dict) for one in held) and len(event) <= 6:
            for one in held:
                yield from _of_object(one)
            return
    for name in ("message", "_raw", "raw", "log"):
        text = event.get(name)
        if isinstance(text, str) and len(event) <= 8 and (inner := _structured(text)):
            outer = {key: value for key, value in event.items() if key != name}
            yield inner[0], {**outer, **inner[1]}
            return
    yield json_format(event), event


def _of_text(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if text[:1] in {"{", "["} and (values := _json_values(text)):
        for value in values:
            yield from _events(value)
        return
    if inner := windows.events(text):
        yield from (("windows", one) for one in inner[:MOST])
        return
    for line in filter(str.strip, text.splitlines()):
        stripped = line.strip()
        if stripped[0] in {"{", "["} and (values := _json_values(stripped)):
            for value in values:
                yield from _events(value)
        else:
            yield _structured(stripped) or ("text", {"message": stripped})


def _structured(text: str) -> tuple[str, dict[str, Any]] | None:
    """A line of syslog, CEF or LEEF; what syslog carries is read once more."""
    for name, parse in _LINES:
        if (fields := parse(text)) is not None:
            message = fields.get("message")
            if name.startswith("syslog") and isinstance(message, str):
                if inner := _structured(message):
                    return inner[0], {**{key: value for key, value in fields.items() if key != "message"}, **inner[1]}
                if message.startswith("{") and (values := _json_values(message)) and isinstance(values[0], dict):
                    return json_format(values[0]), {"syslog": fields, **values[0]}
            return name, fields
    return None


def _json_values(text: str) -> list[Any]:
    """The JSON values that stand one after another in a text; none where anything else stands between them."""
    decoder, at = json.JSONDecoder(), 0
    found: list[Any] = []
    try:
        while at < len(text) and len(found) < MOST:
            value, at = decoder.raw_decode(text, at)
            found.append(value)
            at = _gap(text, at)
    except (ValueError, RecursionError):
        return []
    return found


def _gap(text: str, at: int) -> int:
    while at < len(text) and (text[at].isspace() or text[at] in ",\x1e"):
        at += 1
    return at


def json_format(event: dict[str, Any]) -> str:
    """The product whose JSON this is, ``json`` where none is known."""
    for name in _ENVELOPES:
        inner = event.get(name)
        if isinstance(inner, dict) and (kind := json_format(inner)) != "json":
            return kind
    return next((kind for kind, keys in _SIGNS if all(_has(event, key) for key in keys)), "json")


def _has(event: dict[str, Any], path: str) -> bool:
    value: Any = event
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return True


#: The keys that tell a product, the surest first.
_SIGNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("suricata_eve", ("event_type", "flow_id")),
    ("suricata_eve", ("event_type", "src_ip", "proto")),
    ("suricata_eve", ("alert.signature_id",)),
    ("cloudtrail", ("eventName", "eventSource", "userIdentity")),
    ("cloudtrail", ("eventName", "eventSource", "awsRegion")),
    ("guardduty", ("type", "service.serviceName", "resource")),
    ("guardduty", ("Type", "Service", "Resource", "Severity")),
    ("guardduty", ("schemaVersion", "accountId", "region", "type", "severity")),
    ("security_hub", ("SchemaVersion", "ProductArn", "FindingProviderFields")),
    ("security_hub", ("SchemaVersion", "ProductArn")),
    ("windows", ("Event.System",)),
    ("windows", ("winlog",)),
    ("windows", ("EventID", "Channel")),
    ("crowdstrike", ("event_simpleName",)),
    ("crowdstrike", ("metadata.eventType", "event")),
    ("crowdstrike", ("detection_id",)),
    ("sentinelone", ("threatInfo",)),
    ("sentinelone", ("agentDetectionInfo",)),
    ("defender", ("alertId", "evidence")),
    ("defender", ("AlertId", "DeviceName")),
    ("carbonblack", ("process_guid", "device_id")),
    ("ocsf", ("class_uid", "category_uid")),
    ("ecs", ("ecs", "event")),
    ("ecs", ("@timestamp", "event.action")),
    ("okta", ("eventType", "actor", "outcome")),
    ("azure", ("operationName", "resourceId")),
    ("azure", ("operationName", "tenantId")),
    ("gcp", ("protoPayload",)),
    ("kubernetes", ("auditID", "verb")),
    ("github", ("action", "actor", "org")),
)
_LINES: tuple[tuple[str, Callable[[str], dict[str, Any] | None]], ...] = (
    ("cef", lines.cef),
    ("leef", lines.leef),
    ("syslog_rfc5424", lines.rfc5424),
    ("syslog_rfc3164", lines.rfc3164),
    ("key_value", lines.pairs),
)
