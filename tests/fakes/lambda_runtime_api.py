"""A stand-in for Lambda's Runtime and Extensions APIs: hands out events and records each answer chunk by chunk as it arrives."""

import contextlib
import json
import queue
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

MAX_EVENT_BYTES = 6 * 1024 * 1024
"""What a synchronous invocation carries at most, base64 counted (AWS Lambda quotas)."""

FUNCTION_ARN = "arn:aws:lambda:ap-northeast-2:123456789012:function:maru-chat:live"
PRELUDE_END = b"\0" * 8
TRACE_ID = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"


class TooLargeError(Exception):
    """The event is larger than Lambda accepts."""


@dataclass
class Invocation:
    """One event and what came back for it; the fields after `extra` fill while the function answers."""

    request_id: str
    event: bytes
    deadline_ms: int
    extra: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    trailers: dict[str, str] = field(default_factory=dict)
    complete: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    @property
    def streaming(self) -> bool:
        """Whether the adapter declared a streamed answer."""
        return self.headers.get("lambda-runtime-function-response-mode") == "streaming"

    @property
    def raw(self) -> bytes:
        """Everything received so far, the prelude included."""
        return b"".join(data for _, data in self.chunks)

    @property
    def prelude(self) -> dict[str, Any]:
        """`{"statusCode", "headers", "cookies"}` of a streamed answer; empty before it has come."""
        head, end, _ = self.raw.partition(PRELUDE_END)
        return dict(json.loads(head)) if end else {}

    @property
    def status(self) -> int | None:
        """The HTTP status in the prelude."""
        return self.prelude.get("statusCode")

    @property
    def body(self) -> bytes:
        """The bytes that the client gets."""
        return self.raw.partition(PRELUDE_END)[2] if self.streaming else self.raw

    @property
    def body_chunks(self) -> list[tuple[float, bytes]]:
        """(seconds on the monotonic clock, bytes) of each chunk after the prelude."""
        found, seen, cut = [], 0, self.raw.find(PRELUDE_END) + len(PRELUDE_END)
        for at, data in self.chunks:
            rest = data[max(0, cut - seen) :]
            seen += len(data)
            if rest:
                found.append((at, rest))
        return found

    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    def result(self, timeout: float = 20) -> Self:
        """Waits for the whole answer; TimeoutError when it does not end."""
        return self._wait(lambda: bool(self.kind) and self.complete, timeout, "an answer")

    def wait_for(self, text: bytes, timeout: float = 60) -> Self:
        """Waits until `text` stands in the body while the answer may still be running."""
        return self._wait(lambda: text in self.body, timeout, repr(text))

    def change(self, **values: Any) -> None:
        """Sets fields and wakes whoever waits."""
        with self._changed:
            for name, value in values.items():
                setattr(self, name, value)
            self._changed.notify_all()

    def receive(self, data: bytes) -> None:
        """Appends one chunk, with its arrival."""
        with self._changed:
            self.chunks.append((time.monotonic(), data))
            self._changed.notify_all()

    def _wait(self, ready: Any, timeout: float, what: str) -> Self:
        with self._changed:
            if not self._changed.wait_for(ready, timeout):
                raise TimeoutError(f"{self.request_id}: no {what} in {timeout} s; so far {self.kind or 'nothing'} {self.raw[-300:]!r}")
        return self


class RuntimeApi:
    """The endpoint that `AWS_LAMBDA_RUNTIME_API` names; a context manager that listens on a free loopback port."""

    def __init__(self) -> None:
        self.asked = threading.Event()  # set at the first /next: the function has finished its initialisation
        self.init_error: str | None = None
        self.extensions: list[str] = []
        self.closed = threading.Event()
        self._events: queue.Queue[Invocation | None] = queue.Queue()
        self._open: dict[str, Invocation] = {}
        self._count = 0
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self.address = f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closed.set()
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()

    def send(self, event: Any, *, seconds: float = 30, **extra: str) -> Invocation:
        """Queues an event (JSON value or bytes) with `seconds` until its deadline; `extra` are further headers of the invocation."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        if len(body) > MAX_EVENT_BYTES:
            raise TooLargeError(f"the event has {len(body)} bytes, Lambda takes {MAX_EVENT_BYTES}")
        self._count += 1
        call = Invocation(f"invocation-{self._count:04d}", body, int((time.time() + seconds) * 1000), extra)
        self._open[call.request_id] = call
        self._events.put(call)
        return call

    def invoke(self, event: Any, *, timeout: float = 20, **extra: Any) -> Invocation:
        """Sends an event and waits for the whole answer."""
        return self.send(event, **extra).result(timeout)

    def next_event(self) -> Invocation | None:
        """What `/next` hands out; None once closed."""
        self.asked.set()
        found = self._events.get()
        if found is None:
            self._events.put(None)
        return found

    def opened(self, request_id: str) -> Invocation | None:
        """The invocation an answer belongs to."""
        return self._open.get(request_id)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    api: RuntimeApi


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle_one_request(self) -> None:
        self._acknowledge_at_once()
        with contextlib.suppress(ConnectionError):
            super().handle_one_request()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Says nothing: tests read the recorded answers."""

    def do_GET(self) -> None:
        if self.path.endswith("/extension/event/next"):
            self.server.api.closed.wait()  # an extension that registered for no event waits until the environment ends
            self.close_connection = True
        elif self.path.endswith("/runtime/invocation/next"):
            self._hand_out()
        else:
            self._reply(404)

    def do_POST(self) -> None:
        api, parts = self.server.api, self.path.split("/")
        if self.path.endswith("/extension/register"):
            self._plain_body()
            api.extensions.append(self.headers.get("Lambda-Extension-Name", ""))
            self._reply(200, {"Lambda-Extension-Identifier": "extension-1"})
        elif self.path.endswith("/runtime/init/error"):
            api.init_error = self._plain_body().decode()
            self._reply(202)
        elif call := api.opened(parts[-2]):
            self._take(call, parts[-1])
        else:
            self._reply(404)

    def _hand_out(self) -> None:
        call = self.server.api.next_event()
        if call is None:
            self.close_connection = True
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": call.request_id,
            "Lambda-Runtime-Deadline-Ms": str(call.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": FUNCTION_ARN,
            "Lambda-Runtime-Trace-Id": TRACE_ID,
        }
        self._reply(200, headers | {name.replace("_", "-"): value for name, value in call.extra.items()}, call.event)

    def _take(self, call: Invocation, kind: str) -> None:
        call.change(kind=kind, headers={name.lower(): value for name, value in self.headers.items()})
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                call.receive(self.rfile.read(size))
                self.rfile.readline()
                self._acknowledge_at_once()
            call.change(trailers=self._trailers())
        else:
            call.receive(self._plain_body())
        self._reply(202)
        call.change(complete=True)

    def _trailers(self) -> dict[str, str]:
        found = {}
        while line := self.rfile.readline().strip().decode():
            name, _, value = line.partition(":")
            found[name.lower()] = value.strip()
        return found

    def _plain_body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _reply(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"{}") -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _acknowledge_at_once(self) -> None:
        # The adapter's client leaves Nagle on: with delayed ACKs the first event of each stream waits 40 ms. The option resets itself.
        if hasattr(socket, "TCP_QUICKACK"):
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
