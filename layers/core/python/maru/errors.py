"""The one error tree: each class carries an HTTP status, OpenAI's error type and a stable code.

MaruError (500)
├── BadRequest (400)            the caller must change the request; `param` names the field
├── Unauthorized (401)          no key, a wrong, expired or revoked one
├── Forbidden (403)             a scope is missing, or a foreign tenant was named
├── NotFound (404)              absent, another tenant's, or invisible to the caller
├── Conflict (409)              the object's state does not allow it now
├── PayloadTooLarge (413)
├── IdempotencyMismatch (422)   an Idempotency-Key came back with another request
├── RateLimited (429)
├── UpstreamFailed (502)        a model server answered with something unusable
├── Unavailable (503)           a dependency is down; `retry_after` says when to come back
└── UpstreamTimeout (504)
"""

import re
from typing import Any, ClassVar

#: What callers sent stands in messages between quotation marks, or as one word (a path): of such a value so many characters are told.
_VALUE = 64
_LONG = re.compile(rf"((?<!\w)'[^']{{{_VALUE - 1}}})[^']{{36,}}('(?!\w))|(\S{{{_VALUE}}})\S{{36,}}")
#: No message needs more characters, whatever it tells.
_MESSAGE = 2_000


def shortened(text: str) -> str:
    """A text with its long values cut, the text itself cut where it is long for all that."""
    if len(text) <= _VALUE:
        return text
    text = _LONG.sub(lambda found: f"{found[1] or found[3]}…{found[2] or ''}", text)
    return text if len(text) <= _MESSAGE else text[:_MESSAGE] + "…"


class MaruError(Exception):
    """Base of all errors that a caller may see; its message is written for the caller, its long values are :func:`shortened`.

    ``param`` names the offending field, ``code`` overrides the class's stable code, ``retry_after`` is in seconds.
    """

    status: ClassVar[int] = 500
    type: ClassVar[str] = "server_error"
    default_code: ClassVar[str] = "internal_error"

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None, retry_after: int | None = None) -> None:
        message = shortened(message)
        super().__init__(message)
        self.message = message
        self.param = shortened(param) if param else param
        self.code = code or self.default_code
        self.retry_after = retry_after


class BadRequest(MaruError):
    """The request itself is wrong; the message names the remedy."""

    status = 400
    type = "invalid_request_error"
    default_code = "invalid_request"


class Unauthorized(MaruError):
    """Who calls is not known; deliberately says no more than that."""

    status = 401
    type = "authentication_error"
    default_code = "invalid_api_key"


class Forbidden(MaruError):
    """The caller is known and lacks the right."""

    status = 403
    type = "permission_error"
    default_code = "insufficient_permissions"


class NotFound(MaruError):
    """Absent, or not for this caller: both read the same."""

    status = 404
    type = "invalid_request_error"
    default_code = "not_found"


class MethodNotAllowed(MaruError):
    """The path exists, with other methods."""

    status = 405
    type = "invalid_request_error"
    default_code = "method_not_allowed"


class Conflict(MaruError):
    """The object's present state does not allow it."""

    status = 409
    type = "invalid_request_error"
    default_code = "conflict"


class PayloadTooLarge(MaruError):
    """The body or a part of it passes a limit that the message names."""

    status = 413
    type = "invalid_request_error"
    default_code = "payload_too_large"


class IdempotencyMismatch(MaruError):
    """The same Idempotency-Key with another request."""

    status = 422
    type = "invalid_request_error"
    default_code = "idempotency_key_reused"


class RateLimited(MaruError):
    """Too much in the present window."""

    status = 429
    type = "rate_limit_error"
    default_code = "rate_limit_exceeded"


class UpstreamFailed(MaruError):
    """A model server's answer cannot be used."""

    status = 502
    type = "server_error"
    default_code = "upstream_error"


class Unavailable(MaruError):
    """A dependency does not answer at present."""

    status = 503
    type = "server_error"
    default_code = "service_unavailable"

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None, retry_after: int | None = 5) -> None:
        super().__init__(message, param=param, code=code, retry_after=retry_after)


class UpstreamTimeout(MaruError):
    """A model server did not answer in time."""

    status = 504
    type = "server_error"
    default_code = "upstream_timeout"


def error_object(error: MaruError) -> dict[str, Any]:
    """OpenAI's error object: ``{"error": {"message", "type", "param", "code"}}``."""
    return {"error": {"message": error.message, "type": error.type, "param": error.param, "code": error.code}}


#: What a caller gets when something escaped: never the exception's own text.
INTERNAL = MaruError("The server had an error while processing your request. Quote the x-request-id when you report it.")
