"""Refusals of other providers, in the shape that OpenAI's have."""

import json
from collections.abc import Mapping
from typing import Any

from maru.errors import MaruError
from maru.models import failures, limits


def refusal(alias: str, status: int, headers: Mapping[str, str], message: Any, *, wait: Any = None, param: str | None = None) -> MaruError:
    """Maru's error for a provider's ``status`` and ``message``; ``wait`` are its seconds where it tells them elsewhere."""
    seconds = headers.get("Retry-After") or wait or limits.wait(headers)
    error = {"message": str(message) if message else None, "param": param}
    return failures.refused(alias, status, {"Retry-After": str(seconds)} if seconds else {}, json.dumps({"error": error}).encode())


def parsed(body: bytes) -> dict[str, Any]:
    """A refusal's document, empty where it is none."""
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
