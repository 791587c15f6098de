"""Spans for AWS X-Ray: subsegments sent to the daemon that Lambda runs beside a function, and nothing where there is none.

A datagram costs some microseconds and no import, where the X-Ray SDK and OpenTelemetry's cost hundreds of milliseconds at start.
Annotations are identifiers and numbers, never texts of users.
Sources: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html (documents) and
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html (the daemon's protocol, the tracing header).
"""

import json
import os
import re
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Self

from maru.errors import MaruError

type Fact = str | int | float | bool | None

_HEAD = b'{"format": "json", "version": 1}\n'
_ROOT = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
_PARENT = re.compile(r"[0-9a-f]{16}")
#: What a name may not hold, by the documents' rules.
_UNNAMEABLE = re.compile(r"[^\w\s.:/%&#=+\-@\\]")
_LONGEST_NAME = 200
_LONGEST_FACT = 1000  # characters, the documents' limit of an annotation


@dataclass(frozen=True)
class _Position:
    """Where in a trace the next span belongs."""

    trace: str
    parent: str


_position: ContextVar[_Position | None] = ContextVar("trace_position", default=None)


class Span:
    """A piece of work from its making to :meth:`end`; made outside of a sampled trace it does nothing."""

    def __init__(self, name: str, *, remote: bool = False) -> None:
        """``remote``: the work is another service's."""
        self._position = _position.get()
        self._name, self._remote = name, remote
        self._id = secrets.token_hex(8) if self._position else ""
        self._started = time.time()
        self._facts: dict[str, Fact] = {}
        self._http: tuple[str, int] | None = None

    def note(self, **facts: Fact) -> None:
        """Annotations: X-Ray finds traces by them. None is left out."""
        self._facts |= facts

    def answered(self, method: str, status: int) -> None:
        """What an HTTP request ended with."""
        self._http = method, status

    def end(self, status: int = 200) -> None:
        """Send it; ``status`` as HTTP's tells whether it failed, and by whose fault."""
        if self._position is None:
            return
        document: dict[str, object] = {
            "type": "subsegment",
            "id": self._id,
            "trace_id": self._position.trace,
            "parent_id": self._position.parent,
            "name": _UNNAMEABLE.sub("", self._name)[:_LONGEST_NAME],
            "start_time": round(self._started, 6),
            "end_time": round(time.time(), 6),
            "annotations": {
                name: fact[:_LONGEST_FACT] if isinstance(fact, str) else fact for name, fact in self._facts.items() if fact is not None
            },
        }
        document |= {"namespace": "remote"} if self._remote else {}
        if self._http:
            document["http"] = {"request": {"method": self._http[0]}, "response": {"status": self._http[1]}}
        if status >= 400:
            document |= {"fault": status >= 500, "error": status < 500, "throttle": status == 429}
        _send(document)

    @contextmanager
    def around(self) -> Iterator[Self]:
        """Spans made inside belong to this one; what flies out decides how it ended."""
        token = _position.set(_Position(self._position.trace, self._id)) if self._position else None
        status = 200
        try:
            yield self
        except MaruError as error:
            status = error.status
            raise
        except Exception:
            status = 500
            raise
        finally:
            if token:
                _position.reset(token)
            self.end(self._http[1] if self._http else status)


@contextmanager
def continued(header: str | None) -> Iterator[None]:
    """Spans made inside belong to the trace that a tracing header names (``Root=…;Parent=…;Sampled=1``), where it is sampled."""
    token = _position.set(_read(header) if header and _daemon() else None)
    try:
        yield
    finally:
        _position.reset(token)


@contextmanager
def invocation() -> Iterator[None]:
    """The same for the trace of the invocation that Lambda's Python runtime has at hand."""
    with continued(os.environ.get("_X_AMZN_TRACE_ID")):
        yield


def onward() -> dict[str, str]:
    """``traceHeader`` for what another service begins for us, as Step Functions takes it; empty outside of a sampled trace."""
    position = _position.get()
    return {"traceHeader": f"Root={position.trace};Parent={position.parent};Sampled=1"} if position else {}


def header_of(lambda_context: str | None) -> str | None:
    """The tracing header within the web adapter's ``x-amzn-lambda-context``: the invocation's own, which no client can write."""
    if lambda_context is None or not _daemon():
        return None
    try:
        found = json.loads(lambda_context).get("xray_trace_id")
    except (ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def _read(header: str) -> _Position | None:
    parts = dict(part.strip().partition("=")[::2] for part in header.split(";"))
    root, parent = parts.get("Root", ""), parts.get("Parent", "")
    if parts.get("Sampled") != "1" or not _ROOT.fullmatch(root) or not _PARENT.fullmatch(parent):
        return None
    return _Position(root, parent)


@cache
def _daemon() -> tuple[socket.socket, tuple[str, int]] | None:
    """The socket and the daemon's address, of which only UDP's part matters (``host:port`` or ``tcp:host:port udp:host:port``)."""
    told = os.environ.get("AWS_XRAY_DAEMON_ADDRESS", "")
    found = re.search(r"(?:^|udp:)([^\s:]+):(\d+)$", told)
    if not found:
        return None
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setblocking(False)
    return sender, (found[1], int(found[2]))


def _send(document: dict[str, object]) -> None:
    daemon = _daemon()
    if daemon is None:
        return
    try:
        daemon[0].sendto(_HEAD + json.dumps(document).encode(), daemon[1])
    except OSError:
        # A span is not worth a request: what the daemon does not take is lost.
        return
