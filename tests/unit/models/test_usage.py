"""What calls cost."""

from decimal import Decimal
from typing import Any

import pytest

from maru.models import Price, Usage, dollars
from maru.models.usage import cost

PRICE = Price(input=Decimal(2), output=Decimal(10), cached_input=Decimal("0.5"))


@pytest.mark.parametrize(
    ("usage", "price", "expected"),
    [
        (Usage(1000, 100), PRICE, "0.003"),
        (Usage(1000, 100, cached_tokens=400), PRICE, "0.0024"),
        (Usage(1000, 100, cached_tokens=400), Price(input=Decimal(2), output=Decimal(10)), "0.003"),
        (Usage(1000, 100), Price(input=Decimal(0)), "0"),
        (Usage(), PRICE, "0"),
        (Usage(1, 0), Price(input=Decimal("0.02")), "0.00000002"),
    ],
)
def test_cost_is_exact(usage: Usage, price: Price, expected: str) -> None:
    amount = cost(usage, price)
    assert amount is not None
    assert dollars(amount) == expected


def test_unknown_is_not_free() -> None:
    assert cost(Usage(1000, 100), None) is None
    assert cost(None, PRICE) is None


@pytest.mark.parametrize("count", ["5", [5], {"a": 5}, -5], ids=str)
def test_what_counts_nothing_is_no_usage(count: Any) -> None:
    assert Usage.of({"prompt_tokens": count, "completion_tokens": 2}) is None
    assert Usage.of({"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": count}}) is None


def test_numbers_of_another_kind_and_details_that_are_none() -> None:
    assert Usage.of({"prompt_tokens": 9.0, "completion_tokens": 2.0, "prompt_tokens_details": "x"}) == Usage(9, 2)


def test_cached_tokens_that_the_prompts_do_not_hold_pay_nothing_back() -> None:
    assert cost(Usage(prompt_tokens=10, cached_tokens=1000), PRICE) == cost(Usage(prompt_tokens=1000, cached_tokens=1000), PRICE)


def test_openais_usage_is_read_and_what_is_none_is_none() -> None:
    told = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11, "prompt_tokens_details": {"cached_tokens": 4}}
    assert Usage.of(told) == Usage(9, 2, 4)
    assert Usage.of({"prompt_tokens": 9, "completion_tokens": None, "prompt_tokens_details": None}) == Usage(9)
    assert Usage.of(None) is None
    assert (Usage(1, 2, 1) + Usage(3, 4, estimated=True)) == Usage(4, 6, 1, estimated=True)
