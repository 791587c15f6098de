"""What goes wrong at a model server, in Maru's terms.

A server that is down, refuses, is overloaded or keeps silent: 503 with ``Retry-After``. Its rate limit: 429. A request that it
finds wrong: 400 with its own words. Everything else it does wrong: 502. None of it quotes what the caller wrote.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from maru.errors import BadRequest, MaruError, PayloadTooLarge, RateLimited, Unavailable, UpstreamFailed

_RETRY_AFTER = 5
_LONGEST_WAIT = 600
#: How the servers say that a prompt is too long. Sources: their own documentation, vLLM's and llama.cpp's source.
_TOO_LONG = re.compile(
    r"maximum context length|context[ _]length[ _]exceed|prompt is too long|input is too long|too many input tokens|"
    r"exceeds? the (maximum number of tokens|available context size|context (window|limit))|input token count .* exceeds",
    re.IGNORECASE,
)


class Unsupported(BadRequest):
    """A right request that this target cannot honour; another may."""


class Rejected(BadRequest):
    """The server finds the request wrong."""


class Misconfigured(UpstreamFailed):
    """The server does not know our key or our model: no request will do better until somebody mends it."""


class Faltered(UpstreamFailed):
    """The server failed at this request (500, 502, 504 and the like); the next may do better."""


class LimitedUntil(RateLimited):
    """The server's rate limit is reached, and it says until when."""


class Waking(Unavailable):
    """The endpoint has scaled to zero and is being started, which asking it brought about."""


#: Errors after which another target may do better.
RETRYABLE = (Unavailable, UpstreamFailed, RateLimited, Unsupported)


def passing(error: MaruError) -> bool:
    """Whether the same target may do better in a moment, and was not paid for having tried."""
    if isinstance(error, Waking) or error.code == TIMED_OUT:
        return False
    return isinstance(error, Unavailable | Faltered)


#: The code of a server that took the request and kept silent: nobody knows what it did, and what that cost.
TIMED_OUT = "model_timeout"


FELL_SILENT = "The model fell silent before the end of its answer."


class StreamBroken(UpstreamFailed):
    """The model's stream ended before its answer did; what came until then was relayed."""

    default_code = "model_stream_interrupted"

    def __init__(self, message: str = "The model's answer was cut off before its end.") -> None:
        super().__init__(message)


def unreachable(alias: str) -> Unavailable:
    """The server behind an alias does not take connections."""
    return Unavailable(f"The model '{alias}' cannot be reached at present.", code="model_unavailable", retry_after=_RETRY_AFTER)


def silent(alias: str) -> Unavailable:
    """The server behind an alias took the request and did not answer in time."""
    return Unavailable(f"The model '{alias}' did not answer in time.", code=TIMED_OUT, retry_after=_RETRY_AFTER)


def unusable(alias: str) -> UpstreamFailed:
    """The server answered with something that is no answer."""
    return UpstreamFailed(f"The model '{alias}' gave an answer that cannot be read.")


def refused(alias: str, status: int, headers: Mapping[str, str], body: bytes) -> MaruError:
    """The error for an upstream answer with ``status`` >= 400."""
    wait = _seconds(headers.get("Retry-After"))
    if status == 429:
        limited = LimitedUntil if wait else RateLimited
        return limited(f"The model '{alias}' takes no more requests at present.", retry_after=wait or _RETRY_AFTER)
    if status in (408, 503, 529):
        message = f"The model '{alias}' is not available at present."
        return Unavailable(message, code="model_unavailable", retry_after=wait or _RETRY_AFTER)
    told = _told(body)
    message = str(told.get("message") or "The model refused the request.")
    if status in (400, 422):
        if _TOO_LONG.search(message):
            return Rejected(message, param="messages", code="context_length_exceeded")
        return Rejected(message, param=_text(told.get("param")), code=_text(told.get("code")))
    if status == 413:
        return PayloadTooLarge(message, param=_text(told.get("param")), code=_text(told.get("code")))
    # 401, 403 and 404 are about our key and our catalogue: the caller can do nothing, the log has the status.
    kind = Misconfigured if status in (401, 403, 404) else Faltered
    return kind(f"The model '{alias}' failed (its server answered {status}).")


def waking(alias: str, wait: int) -> Waking:
    """The endpoint behind an alias has no machine yet; ``wait`` is in seconds."""
    return Waking(f"The model '{alias}' is being started.", code="model_starting", retry_after=wait)


def broken(told: Any) -> StreamBroken:
    """The error for an error event in a stream."""
    message = told.get("message") if isinstance(told, Mapping) else told
    return StreamBroken(f"The model failed midway: {message}" if message else "The model failed midway.")


def _told(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    found = document.get("error", document) if isinstance(document, dict) else {}
    return found if isinstance(found, dict) else {"message": found}


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _seconds(value: str | None) -> int | None:
    # The date form is rare and stands for no more than "later".
    return min(max(int(value), 1), _LONGEST_WAIT) if value and value.isascii() and value.isdigit() else None
