"""The most that a request can cost, the plans' data, and the signature of the lean client."""

import time
from decimal import Decimal
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from maru.errors import BadRequest
from maru.lean import signed_headers
from maru.ledger.plans import Plan, Plans, PlansError
from maru.ledger.quotes import LEAST_OUTPUT, UNBOUNDED_OUTPUT, Quote, bounded
from maru.models import Alias, Catalogue, Price, Usage
from maru.models.usage import cost


def alias(*prices: Any, **more: Any) -> Alias:
    target = {"model": "up", "base_url": "http://x.test"}
    targets = [{**target, **({"price": price} if price else {}), **more.get("target", {})} for price in prices]
    entry = {"alias": "default", "kind": "chat", "targets": targets, "abilities": more.get("abilities", [])}
    return Catalogue({"models": [entry]}, {}).demand("default")


def body(text: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], **more}


def test_the_dearest_target_counts() -> None:
    quote = Quote.chat(alias({"input": 1, "output": 2}, {"input": 3, "output": 1}), body("hi", max_tokens=10))
    assert quote.amount().nanodollars == quote.input_tokens * 3000 + 10 * 2000
    assert Quote.chat(alias({"input": 1}, None), body("hi")).input_price is None
    assert Quote.chat(alias({"input": 1, "cache_write": 1.25}), body("hi")).input_price == Decimal("1.25")


def test_pages_cost_what_the_dearest_target_asks_and_never_nothing() -> None:
    quote = Quote.recognition(alias({"input": 0, "page": "0.0015"}, {"input": 0, "page": "0.015"}), 3)
    assert (quote.amount().nanodollars, quote.amount().tokens) == (45_000_000, 0)
    assert quote.cost(quote.written_within(1)) == Decimal("0.045")
    assert cost(Usage(pages=2), Price(input=Decimal(0), page=Decimal("0.0015"))) == Decimal("0.003")
    free = alias({"input": 0})
    assert cost(Usage(pages=2), free.targets[0].price) is None
    with pytest.raises(BadRequest, match="no price"):
        Quote.recognition(free, 1).demand_price()


@pytest.mark.parametrize(
    ("more", "target", "output"),
    [
        ({"max_tokens": 7}, {}, 7),
        ({"max_completion_tokens": 9}, {}, 9),
        ({}, {}, UNBOUNDED_OUTPUT),
        ({"max_tokens": 10**9}, {"context_length": 4096}, 4096),
        ({}, {"context_length": 100}, LEAST_OUTPUT),
        ({}, {"context_length": 100_000, "max_output": 4000}, 4000),
    ],
)
def test_the_longest_answer(more: dict[str, Any], target: dict[str, Any], output: int) -> None:
    assert Quote.chat(alias({"input": 1}, target=target), body("hi", **more)).output_tokens == output


@given(st.text(max_size=200))
def test_a_text_never_has_more_tokens_than_bytes_are_counted(text: str) -> None:
    counted = Quote.chat(alias({"input": 1}), body(text)).input_tokens
    assert counted >= len(text.encode("utf-8", "surrogatepass"))


def test_images_count_as_images_not_as_their_bytes() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 1_000_000}}
    message = {"messages": [{"role": "user", "content": [{"type": "text", "text": "what?"}, image]}]}
    assert 5000 < Quote.chat(alias({"input": 1}), message).input_tokens < 10_000


@given(st.integers(0, 10**9), st.integers(1, 5), st.integers(1, 4000))
def test_what_was_shortened_fits(room: int, choices: int, asked: int) -> None:
    quote = Quote.chat(alias({"input": 0.15, "output": 0.6}), body("안녕", n=choices, max_tokens=asked))
    shorter = quote.within(nanodollars=room)
    if shorter is None:
        least = Quote.chat(alias({"input": 0.15, "output": 0.6}), body("안녕", n=choices, max_tokens=quote.least()))
        assert least.amount().nanodollars > room
    else:
        assert shorter.amount().nanodollars <= max(room, 0)
        assert quote.least() <= shorter.output_tokens <= asked
    by_tokens = quote.within(tokens=room)
    assert by_tokens is None or by_tokens.amount().tokens <= room


def test_the_bound_goes_where_the_model_reads_it() -> None:
    plain, thinking = alias({"input": 1}), alias({"input": 1}, abilities=["reasoning"])
    quote = Quote("default", 1, 50)
    assert bounded(plain, {}, quote) == {"max_tokens": 50}
    assert bounded(thinking, {}, quote) == {"max_completion_tokens": 50}
    assert bounded(plain, {"max_completion_tokens": 90}, quote) == {"max_completion_tokens": 50}


def test_plans_are_checked_data() -> None:
    plans = Plans.load("catalogue")
    assert plans.of(None).plan == plans.of("gone").plan == "default"
    assert plans.of("trial").budgets[0].limit_usd == 20
    budgets: tuple[dict[str, Any], ...] = ({"window": "day"}, {"window": "day", "limit_usd": 1e-12})
    badly = ({"plan": "a", "markup": -1}, *({"plan": "a", "budgets": [budget]} for budget in budgets), {"plan": "A"}, {"plan": "a", "x": 1})
    for wrong in badly:
        with pytest.raises(PlansError, match=r"plans\[0\]"):
            Plans({"plans": [wrong]})
    with pytest.raises(PlansError):
        Plans([])
    assert Plan(plan="a", markup=Decimal("0.2")).charge(1_000_001) == 1_200_001


@pytest.mark.parametrize("token", [None, "session-token"])
def test_the_lean_signature_is_botocores(token: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials, payload = Credentials("AKID", "secret", token), '{"한글":1}'.encode()
    mine = signed_headers("db.test:8000", "PutItem", payload, credentials, region="ap-northeast-2", now=time.gmtime())
    sent = {name: mine[name] for name in ("content-type", "x-amz-target")}
    request = AWSRequest("POST", "http://db.test:8000/", data=payload, headers=sent)
    signer: Any = SigV4Auth(credentials, "dynamodb", "ap-northeast-2")
    request.context["timestamp"] = mine["x-amz-date"]
    signer._modify_request_before_signing(request)
    request.headers.replace_header("X-Amz-Date", mine["x-amz-date"])
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert mine["authorization"].endswith(f"Signature={signature}")
