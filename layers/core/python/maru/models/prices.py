"""Amounts and prices as operators write them: exact, whatever YAML makes of a number."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _exact(value: Any) -> Any:
    # YAML reads 0.1 as a float; through its text it becomes the amount that was written.
    return Decimal(str(value)) if isinstance(value, float) else value


#: USD, or a share; never negative.
type Amount = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0)]

#: The ledger counts nanodollars.
SMALLEST_USD = Decimal("1e-9")


def counted[Number: (Decimal, float)](value: Number) -> Number:
    """An amount in USD that the ledger can count; raises :class:`ValueError` for one that it would take for nothing."""
    if 0 < value < SMALLEST_USD:
        raise ValueError(f"must be 0, or {SMALLEST_USD:f} or more: the ledger counts in billionths of a dollar")
    return value


#: USD that is counted as it stands: a limit, or the price of one piece.
type Dollars = Annotated[Amount, AfterValidator(counted)]


class Price(BaseModel):
    """USD per million tokens; ``cached_input`` is what prompt tokens cost that the provider's cache had, ``cache_write`` those that
    it took in (each the full price where absent). ``image`` is USD for one image of a request, where its tokens do not bear it, and
    ``search`` for one search of a reranker: a query with at most a hundred texts, one of more than 512 tokens counting as several.
    ``page`` is USD for one page whose text is recognised."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    input: Dollars
    output: Dollars = Decimal(0)
    cached_input: Dollars | None = None
    cache_write: Dollars | None = None
    image: Dollars | None = None
    search: Dollars | None = None
    page: Dollars | None = None
