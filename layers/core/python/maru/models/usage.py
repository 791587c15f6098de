"""What a call used and what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from maru.models.prices import Price

_MILLION = Decimal(1_000_000)
_PLACES = Decimal("0.000000001")


@dataclass(frozen=True)
class Usage:
    """Tokens of one call; ``cached_tokens`` and ``written_tokens`` (of the provider's cache, read and written) are part of
    ``prompt_tokens``, ``reasoning_tokens`` of ``completion_tokens``; ``estimated`` marks counts of our own. ``images`` are those of
    the request, which some providers bill one by one, ``searches`` what a reranker bills (:attr:`Price.search`), ``pages`` those whose
    text was recognised."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    estimated: bool = False
    written_tokens: int = 0
    reasoning_tokens: int = 0
    images: int = 0
    searches: int = 0
    pages: int = 0

    @classmethod
    def of(cls, usage: Any, *, images: int = 0) -> "Usage | None":
        """OpenAI's usage object of a request with so many images; None where there is none, or one that counts nothing."""
        if not isinstance(usage, Mapping):
            return None
        details, thinking = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
        try:
            return cls(
                _count(usage, "prompt_tokens"),
                _count(usage, "completion_tokens"),
                _count(details, "cached_tokens"),
                written_tokens=_count(details, "cache_write_tokens"),
                reasoning_tokens=_count(thinking, "reasoning_tokens"),
                images=images,
            )
        except ValueError:
            return None

    @property
    def total_tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens

    def told(self) -> dict[str, Any]:
        """OpenAI's usage object, as :meth:`of` reads it."""
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.total_tokens,
            "prompt_tokens_details": {"cached_tokens": self.cached_tokens, "cache_write_tokens": self.written_tokens},
            "completion_tokens_details": {"reasoning_tokens": self.reasoning_tokens},
        }

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            self.estimated or other.estimated,
            self.written_tokens + other.written_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.images + other.images,
            self.searches + other.searches,
            self.pages + other.pages,
        )


def _count(told: Any, name: str) -> int:
    count = told.get(name) or 0 if isinstance(told, Mapping) else 0
    if not isinstance(count, int | float) or count < 0:
        raise ValueError(name)
    return int(count)


def cost(usage: Usage | None, price: Price | None) -> Decimal | None:
    """USD; None where the usage or the price is not known: that is not free."""
    if usage is None or price is None or (usage.pages and price.page is None):
        return None
    cached_price = price.input if price.cached_input is None else price.cached_input
    write_price = price.input if price.cache_write is None else price.cache_write
    # Servers that leave the cached out of the prompt's would be paid back for them.
    fresh = max(0, usage.prompt_tokens - usage.cached_tokens - usage.written_tokens)
    prompt = fresh * price.input + usage.cached_tokens * cached_price + usage.written_tokens * write_price
    total = prompt + usage.completion_tokens * price.output
    pieces = usage.images * (price.image or 0) + usage.searches * (price.search or 0) + usage.pages * (price.page or 0)
    return (total / _MILLION + pieces).quantize(_PLACES)


def dollars(amount: Decimal) -> str:
    """An amount as headers carry it: plain digits, no exponent, no trailing zeros."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
