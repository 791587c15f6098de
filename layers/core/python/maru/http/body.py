"""Request bodies: how much is taken, what JSON is taken, and how to read a body whole before the application does."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import NoReturn

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maru.errors import BadRequest, PayloadTooLarge

#: Lambda takes 6 MB per call; binary bodies travel as base64, which makes a third more of them.
TEXT_LIMIT = 6_000_000
BINARY_LIMIT = 4_500_000

#: How deep lists and objects may lie within each other: pydantic and the parsers of model servers end at about 200.
_DEEPEST = 100
#: A JSON text's strings, to be passed over, and its brackets.
_BRACKETS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)
#: The escapes of a JSON text, a pair of surrogates as one of them; half a pair is what the group finds.
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL)


class BodyLimit:
    """Refuses bodies that the production path could not carry, so that every way of running behaves alike, and JSON that is none.

    What Python reads beyond JSON (``NaN``) or JSON allows and nothing can keep (half a pair of surrogates, a number that is infinite
    as a float) is refused here for every route, not where it would break something later.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body counted."""
        headers = dict(scope["headers"])
        multipart = headers.get(b"content-type", b"").startswith(b"multipart/")
        limit = BINARY_LIMIT if multipart else TEXT_LIMIT
        if declared(headers.get(b"content-length", b"0")) > limit:
            raise _too_large(multipart)
        taken = 0
        parts: list[bytes] | None = [] if _is_json(headers.get(b"content-type", b"")) else None

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise _too_large(multipart)
            if parts is not None and message["type"] == "http.request":
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    check_json(b"".join(parts))
            return message

        await self._app(scope, counted, send)


def check_json(body: bytes) -> None:
    """Raise :class:`BadRequest` for a body that no JSON parser but Python's would take, or whose text or numbers cannot be kept.

    An empty body is none at all, and as such the route's to refuse.
    """
    if not body.strip():
        return
    if body.count(b"[") + body.count(b"{") > _DEEPEST and _depth(body) > _DEEPEST:
        raise _invalid(f"it is nested more than {_DEEPEST} deep")
    try:
        json.loads(body, parse_constant=_constant, parse_float=_float)
    except ValueError as error:
        raise _invalid(_mistake(error)) from error
    if b"\\u" in body and any(found[1] for found in _ESCAPE.finditer(body)):
        raise _invalid("it holds half of a surrogate pair (\\ud800 to \\udfff), which is no character; send the whole one")


def _depth(body: bytes) -> int:
    deepest = depth = 0
    for found in _BRACKETS.finditer(body):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(found[0], 0)
        deepest = max(deepest, depth)
    return deepest


def _constant(text: str) -> NoReturn:
    raise _invalid(f"{text} is no number of JSON; use null or a text")


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _invalid(f"the number {text[:32]} is too large")
    return value


def _mistake(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}: {error.msg}"
    return "it is not UTF-8" if isinstance(error, UnicodeError) else "a number has too many digits; send it as text"


def _invalid(why: str) -> BadRequest:
    return BadRequest(f"The body is not valid JSON: {why}.", param="body", code="invalid_json")


def _is_json(content_type: bytes) -> bool:
    kind = content_type.partition(b";")[0].strip().lower()
    return kind == b"application/json" or (kind.startswith(b"application/") and kind.endswith(b"+json"))


def declared(value: bytes) -> int:
    """The number in a Content-Length header; raises :class:`BadRequest` where there is none."""
    if not value.isdigit():
        raise BadRequest("The Content-Length header is not a number.", param="Content-Length")
    return int(value)


def _too_large(multipart: bool) -> PayloadTooLarge:
    if multipart:
        return PayloadTooLarge(
            "A multipart body may have 4.5 MB. For a larger file create an upload (POST /v1/uploads) and send its parts with "
            "part_size=4000000, or PUT the file to the upload's upload_url.",
            param="part_size",
        )
    return PayloadTooLarge("A request body may have 6 MB.", param="body")


async def read_whole(receive: Receive) -> bytes:
    """The whole body of a request."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """A ``receive`` that gives ``body`` again, then whatever comes after it (the disconnect)."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
