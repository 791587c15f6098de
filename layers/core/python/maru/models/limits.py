"""Rate limits as servers tell them in headers, in OpenAI's words: ``x-ratelimit-{limit,remaining,reset}-{requests,tokens}``."""

from collections.abc import Mapping
from datetime import UTC, datetime

_KINDS = ("requests", "tokens")
_OPENAI = tuple(f"x-ratelimit-{what}-{kind}" for what in ("limit", "remaining", "reset") for kind in _KINDS)


def told(headers: Mapping[str, str], now: datetime | None = None) -> dict[str, str]:
    """OpenAI's headers of these, empty where the server tells none.

    Anthropic's say the moment of the reset (RFC 3339), OpenAI's the time until then; Azure's and vLLM's are OpenAI's.
    Source: https://platform.claude.com/docs/en/api/rate-limits#response-headers
    """
    found = {name: headers[name] for name in _OPENAI if name in headers}
    for kind in _KINDS:
        for what in ("limit", "remaining", "reset"):
            value = headers.get(f"anthropic-ratelimit-{kind}-{what}")
            if value and what == "reset":
                seconds = _seconds_until(value, now)
                value = None if seconds is None else f"{seconds}s"
            if value:
                found[f"x-ratelimit-{what}-{kind}"] = value
    return found


def wait(headers: Mapping[str, str], now: datetime | None = None) -> str | None:
    """Seconds until a limit that is used up is there again, for answers that lack ``Retry-After``; None where nothing tells."""
    ends = [
        headers.get(f"anthropic-ratelimit-{kind}-reset") for kind in _KINDS if headers.get(f"anthropic-ratelimit-{kind}-remaining") == "0"
    ]
    waits = [seconds for end in ends if end and (seconds := _seconds_until(end, now)) is not None]
    return str(max(waits)) if waits else None


def _seconds_until(moment: str, now: datetime | None) -> int | None:
    try:
        then = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return max(0, -int(-((then - (now or datetime.now(UTC))).total_seconds()) // 1)) if then.tzinfo else None
