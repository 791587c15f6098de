"""What a call used and what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from maru.models.catalogue import Price

_MILLION = Decimal(1_000_000)
_PLACES = Decimal("0.000000001")


@dataclass(frozen=True)
class Usage:
    """Tokens of one call; ``cached_tokens`` are part of ``prompt_tokens``, ``estimated`` marks counts of our own."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    estimated: bool = False

    @classmethod
    def of(cls, usage: Any) -> "Usage | None":
        """OpenAI's usage object; None where there is none."""
        if not isinstance(usage, Mapping):
            return None
        details = usage.get("prompt_tokens_details") or {}
        return cls(usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0, details.get("cached_tokens") or 0)

    @property
    def total_tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            self.estimated or other.estimated,
        )


def cost(usage: Usage | None, price: Price | None) -> Decimal | None:
    """USD; None where the usage or the price is not known: that is not free."""
    if usage is None or price is None:
        return None
    cached_price = price.input if price.cached_input is None else price.cached_input
    fresh = usage.prompt_tokens - usage.cached_tokens
    total = fresh * price.input + usage.cached_tokens * cached_price + usage.completion_tokens * price.output
    return (total / _MILLION).quantize(_PLACES)


def dollars(amount: Decimal) -> str:
    """An amount as headers carry it: plain digits, no exponent, no trailing zeros."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
