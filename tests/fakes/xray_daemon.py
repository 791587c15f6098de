"""The X-Ray daemon's side of its UDP protocol: takes what it documents and refuses the rest.

Sources: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon and
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jsonschema import Draft202012Validator

#: A trace that is sampled, the segment in which an invocation runs, and both as its header.
TRACE, SEGMENT = "1-6745a1b2-0123456789abcdef01234567", "0123456789abcdef"
SAMPLED = f"Root={TRACE};Parent={SEGMENT};Sampled=1"

_SCHEMA = {
    "type": "object",
    "required": ["type", "id", "trace_id", "parent_id", "name", "start_time", "end_time"],
    "additionalProperties": False,
    "properties": {
        "type": {"const": "subsegment"},
        "id": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "parent_id": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "trace_id": {"type": "string", "pattern": "^1-[0-9a-f]{8}-[0-9a-f]{24}$"},
        "name": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[\w\s.:/%&#=+\-@\\]+$"},
        "start_time": {"type": "number"},
        "end_time": {"type": "number"},
        "namespace": {"enum": ["aws", "remote"]},
        "error": {"type": "boolean"},
        "fault": {"type": "boolean"},
        "throttle": {"type": "boolean"},
        "http": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "request": {"type": "object", "required": ["method"]},
                "response": {"type": "object", "properties": {"status": {"type": "integer"}}},
            },
        },
        "annotations": {
            "type": "object",
            "maxProperties": 50,
            "propertyNames": {"pattern": "^[A-Za-z0-9_]+$"},
            "additionalProperties": {"type": ["string", "number", "boolean"], "maxLength": 1000},
        },
    },
}


class XrayDaemon:
    """Takes datagrams; ``address`` is what ``AWS_XRAY_DAEMON_ADDRESS`` names."""

    def __init__(self, receiver: socket.socket) -> None:
        self._receiver = receiver
        self.address = "{}:{}".format(*receiver.getsockname())

    def spans(self) -> list[dict[str, Any]]:
        """Every subsegment that came since, each held to the documents' rules, in order of arrival."""
        found: list[dict[str, Any]] = []
        while True:
            try:
                head, _, body = self._receiver.recv(65_536).partition(b"\n")
            except TimeoutError:
                return found
            assert json.loads(head) == {"format": "json", "version": 1}
            document = json.loads(body)
            Draft202012Validator(_SCHEMA).validate(document)
            assert document["end_time"] >= document["start_time"]
            found.append(document)


@contextmanager
def xray_daemon() -> Iterator[XrayDaemon]:
    """A daemon on a free port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0.2)
        yield XrayDaemon(receiver)
