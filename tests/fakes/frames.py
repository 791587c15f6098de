"""AWS's binary event stream, written as its specification says: the counterpart of what Maru reads.

Source: https://smithy.io/2.0/aws/amazon-eventstream.html
"""

import json
import struct
from binascii import crc32
from typing import Any


def frame(payload: bytes, **headers: str) -> bytes:
    """One frame; ``event_type`` becomes the header ``:event-type``, and so on. All headers are strings."""
    head = b"".join(_header(":" + name.replace("_", "-"), value) for name, value in headers.items())
    prelude = struct.pack(">II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack(">I", crc32(prelude)) + head + payload
    return message + struct.pack(">I", crc32(message))


def event_frame(kind: str, value: Any) -> bytes:
    """An event whose members are JSON."""
    payload = json.dumps(value, ensure_ascii=False).encode()
    return frame(payload, event_type=kind, content_type="application/json", message_type="event")


def exception_frame(kind: str, value: Any) -> bytes:
    """A modelled exception, which ends the stream."""
    payload = json.dumps(value, ensure_ascii=False).encode()
    return frame(payload, exception_type=kind, content_type="application/json", message_type="exception")


def _header(name: str, value: str) -> bytes:
    return bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value.encode())) + value.encode()
