"""Request bodies: how much is taken, what JSON is taken, and how to read a body whole before the application does."""

from codecs import BOM_UTF8
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic_core import from_json
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maru.errors import BadRequest, PayloadTooLarge
from maru.http.exchange import of

#: Lambda takes 6 MB per call; binary bodies travel as base64, which makes a third more of them.
TEXT_LIMIT = 6_000_000
BINARY_LIMIT = 4_500_000
_REMEDIES = {
    "hex escape": "; half of a surrogate pair is no character",
    "unicode code point": "; send it in UTF-8",
    "recursion limit": "; lists and objects within each other go some 200 deep",
}


class BodyLimit:
    """Refuses bodies that the production path could not carry, so that every way of running behaves alike, and JSON that is none.

    What Python's parser reads and nothing later can keep (``NaN``, half a pair of surrogates, nesting without end) is refused here for
    every route, not where it would break something.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body counted."""
        headers = dict(scope["headers"])
        multipart = headers.get(b"content-type", b"").startswith(b"multipart/")
        limit = BINARY_LIMIT if multipart else TEXT_LIMIT
        if (coded := headers.get(b"content-encoding", b"identity").decode("latin-1")[:32]).lower() != "identity":
            raise BadRequest(
                f"A body that is encoded ('{coded}') is not read. Send it as it is, without Content-Encoding.", param="Content-Encoding"
            )
        if declared(headers.get(b"content-length", b"0")) > limit:
            raise _too_large(multipart)
        taken = 0
        parts: list[bytes] | None = [] if is_json(headers.get(b"content-type", b"")) else None

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise _too_large(multipart)
            if parts is not None and message["type"] == "http.request":
                parts.append(message.get("body", b""))
                if not message.get("more_body") and (body := b"".join(parts)):
                    of(scope).document = read_json(body)
            return message

        await self._app(scope, counted, send)


def read_json(body: bytes) -> Any:
    """What a body says as JSON. Raises :class:`BadRequest` for what is none, and for some 200 lists and objects within each other."""
    try:
        return from_json(body.removeprefix(BOM_UTF8), allow_inf_nan=False)
    except ValueError as error:
        why = next((remedy for sign, remedy in _REMEDIES.items() if sign in str(error)), "")
        raise BadRequest(f"The body is not valid JSON: {error}{why}.", param="body", code="invalid_json") from error


def is_json(content_type: bytes) -> bool:
    """Whether a Content-Type is one whose bodies are read as JSON."""
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
