"""The outermost layer: request ids, answers to what nothing else caught, one log line and the metrics of each request."""

import json
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maru import telemetry, tracing
from maru.errors import INTERNAL, MaruError, error_object
from maru.http.exchange import Exchange, attach, header, route_of

#: Clients wait no longer than that before they try again.
_PATIENCE_SECONDS = 60


def error_answer(error: MaruError) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Status, headers and body of an error in OpenAI's shape."""
    headers = [(b"content-type", b"application/json")]
    if error.retry_after is not None:
        headers.append((b"retry-after", str(error.retry_after).encode()))
    if (error.retry_after or 0) > _PATIENCE_SECONDS:
        # OpenAI's clients try again after a shorter pause of their own else.
        headers.append((b"x-should-retry", b"false"))
    if error.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return error.status, headers, json.dumps(error_object(error), ensure_ascii=False).encode()


async def send_error(send: Send, error: MaruError) -> None:
    """Answer with an error."""
    status, headers, body = error_answer(error)
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Refusals:
    """Answers the errors that layers raise below CORS: pages of other origins may read why they were refused, too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; an answer that has begun is the boundary's to end."""
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except MaruError as error:
            if begun:
                raise
            await send_error(send, error)


class Boundary:
    """Nothing passes it: behind the Lambda Web Adapter an escaped exception would break the *next* request."""

    def __init__(self, app: ASGIApp, log: telemetry.Telemetry) -> None:
        self._app, self._log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request to its end."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with tracing.continued(tracing.header_of(header(scope, b"x-amzn-lambda-context"))), tracing.Span("request").around() as span:
            await self._serve(scope, receive, send, span)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, span: tracing.Span) -> None:
        current = attach(scope)
        token = telemetry.request_id.set(current.request_id)
        answer = _Answer(send, current)
        try:
            await self._app(scope, receive, answer)
        except MaruError as error:
            await answer.fail(error)
        except Exception as error:  # noqa: BLE001 - the edge: everything else flies to here
            self._log.failure("unhandled", error, route=route_of(scope))
            await answer.fail(INTERNAL)
        finally:
            self._report(scope, current, answer.status)
            _trace(span, scope, current, answer.status)
            telemetry.request_id.reset(token)

    def _report(self, scope: Scope, current: Exchange, status: int) -> None:
        route = route_of(scope)
        caller = current.caller
        values = {
            "requests": 1,
            "latency_ms": (time.perf_counter() - current.started) * 1000,
            "overhead_ms": current.overhead_ms(),
            "errors_4xx": int(400 <= status < 500),
            "errors_5xx": int(status >= 500 or current.failed),
        }
        self._log.metric(
            {"route": route},
            {name: round(value, 2) for name, value in values.items()},
            status=status,
            tenant=caller.tenant if caller else None,
            key_id=caller.key_id if caller else None,
        )


def _trace(span: tracing.Span, scope: Scope, current: Exchange, status: int) -> None:
    caller = current.caller
    span.note(
        route=route_of(scope),
        tenant=caller.tenant if caller else None,
        key_id=caller.key_id if caller else None,
        request_id=current.request_id,
    )
    span.answered(scope["method"], 500 if current.failed else status)


class _Answer:
    """The ``send`` of one request, with our headers added and its state remembered."""

    def __init__(self, send: Send, current: Exchange) -> None:
        self._send, self._exchange = send, current
        self.status = 0
        self._event_stream = False
        self._ended = False
        self._held: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            # Of a whole answer the head waits for the body, and one write to the network takes both.
            if any(name == b"content-length" for name, _ in message["headers"]):
                self._held = message
            else:
                await self._begin(message)
            return
        self._ended = not message.get("more_body")
        if self._held:
            held, self._held = self._held, None
            await self._begin(held)
        await self._send(message)

    async def _begin(self, start: Message) -> None:
        await self._send({**start, "headers": self._headers(start["headers"])})

    async def fail(self, error: MaruError) -> None:
        """Answer with the error; inside a stream that began, as its last event."""
        if self._held or not self.status:
            self._held = None
            await send_error(self, error)
        elif not self._ended:
            self._exchange.failed = True
            event = f"event: error\ndata: {json.dumps(error_object(error))}\n\n".encode() if self._event_stream else b""
            await self({"type": "http.response.body", "body": event})

    def _headers(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        # Each header once: behind the web adapter a repeated one becomes an array that API Gateway does not take.
        merged = dict(headers)
        self._event_stream = merged.get(b"content-type", b"").startswith(b"text/event-stream")
        ours = {"x-request-id": self._exchange.request_id, "x-maru-overhead-ms": str(self._exchange.overhead_ms())}
        merged.update({name.encode(): value.encode() for name, value in (ours | self._exchange.headers).items()})
        return list(merged.items())
