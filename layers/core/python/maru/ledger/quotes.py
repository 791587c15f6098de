"""The most that a request can cost, told before it is made: tokens counted upward, prices of the dearest target."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil
from typing import Any, Self

from maru.errors import BadRequest
from maru.ledger.budgets import Amount
from maru.models import sizes
from maru.models.catalogue import Alias
from maru.models.prices import Price
from maru.models.usage import Usage

#: Tokens of an answer whose model tells no limit of its own.
UNBOUNDED_OUTPUT = 8192
#: Faster no model writes: the bound on what an answer that nobody saw may have cost.
_TOKENS_PER_SECOND = 500
#: An answer that a budget cuts shorter than this is refused instead.
LEAST_OUTPUT = 16
# What chat templates and providers add around what the caller wrote.
_PER_REQUEST, _PER_MESSAGE, _PER_TOOLS = 160, 16, 600
#: Above what any provider counts for one image at its highest detail, or for a minute of audio.
_PER_ATTACHMENT = 6000
_NANO_PER_MILLIONTH = 1000
_MILLION = 1_000_000

type Body = Mapping[str, Any]


@dataclass(frozen=True)
class Quote:
    """At most ``input_tokens`` in and ``output_tokens`` out for each of ``choices`` answers, at these prices (None: unknown).

    ``image_price`` is USD for each of the ``images``, ``search_price`` for each of a reranker's ``searches``, ``page_price`` for each of
    the ``pages`` whose text is recognised; the other prices are per million tokens.
    """

    alias: str
    input_tokens: int
    output_tokens: int = 0
    choices: int = 1
    input_price: Decimal | None = None
    output_price: Decimal | None = None
    images: int = 0
    image_price: Decimal = Decimal(0)
    searches: int = 0
    search_price: Decimal = Decimal(0)
    pages: int = 0
    page_price: Decimal = Decimal(0)

    @classmethod
    def chat(cls, alias: Alias, body: Body) -> Self:
        """Of a chat completion."""
        asked = body.get("max_completion_tokens") or body.get("max_tokens")
        tokens = _chat_tokens(body)
        output = min(asked, alias.context_length or asked) if asked else _longest(alias, tokens)
        image_price = max((one.price.image for one in alias.targets if one.price and one.price.image), default=Decimal(0))
        return cls(alias.alias, tokens, output, body.get("n") or 1, *_dearest(alias), sizes.images(body), image_price)

    @classmethod
    def embeddings(cls, alias: Alias, inputs: Sequence[str | list[int]]) -> Self:
        """Of embeddings."""
        tokens = sum(_text_tokens(one) if isinstance(one, str) else len(one) for one in inputs)
        return cls(alias.alias, tokens + len(inputs) * 4, 0, 1, *_dearest(alias))

    @classmethod
    def rerank(cls, alias: Alias, query: str, texts: Sequence[str]) -> Self:
        """Of a reranking; the query is read with every text."""
        tokens = [_text_tokens(query) + _text_tokens(text) + 4 for text in texts]
        search_price = max((one.price.search for one in alias.targets if one.price and one.price.search), default=Decimal(0))
        return cls(alias.alias, sum(tokens), 0, 1, *_dearest(alias), searches=sizes.searches(tokens), search_price=search_price)

    @classmethod
    def recognition(cls, alias: Alias, pages: int) -> Self:
        """Of the text on so many pages; a target that states no price of a page has none."""
        prices = [one.price.page if one.price else None for one in alias.targets]
        known = [price for price in prices if price is not None]
        if len(known) < len(prices):
            return cls(alias.alias, 0, pages=pages)
        return cls(alias.alias, 0, 0, 1, *_dearest(alias), pages=pages, page_price=max(known))

    def amount(self) -> Amount:
        """What to reserve; an unknown price counts as nothing here, see :meth:`demand_price`."""
        tokens = self.input_tokens + self.output_tokens * self.choices
        return Amount(self._nano(self.input_tokens, self.output_tokens), tokens)

    def cost(self, usage: Usage) -> Decimal | None:
        """What a usage may have cost at most, in USD; None where a price is unknown."""
        if self.input_price is None or self.output_price is None:
            return None
        tokens = usage.prompt_tokens * self.input_price + usage.completion_tokens * self.output_price
        return tokens / _MILLION + self._pieces(usage)

    def written_within(self, seconds: float) -> Usage:
        """The most that an answer which nobody saw may have used after so long."""
        output = min(self.output_tokens * self.choices, int(seconds * _TOKENS_PER_SECOND) + 1)
        return Usage(self.input_tokens, output, estimated=True, images=self.images, searches=self.searches, pages=self.pages)

    def least(self) -> int:
        """The shortest answer worth asking for, in tokens."""
        return min(LEAST_OUTPUT, self.output_tokens)

    def shortest(self) -> Amount:
        """What the shortest answer worth asking for needs."""
        return replace(self, output_tokens=self.least()).amount()

    def demand_price(self) -> None:
        """Raise :class:`BadRequest` where the price is not known: a budget in USD cannot bear what cannot be counted."""
        if self.input_price is None:
            message = f"The model '{self.alias}' has no price in the catalogue, and a budget in USD applies to you. Use another model."
            raise BadRequest(message, param="model", code="model_without_price")

    def within(self, *, nanodollars: int | None = None, tokens: int | None = None) -> Self | None:
        """The same with an answer short enough for this; None where not even the shortest fits."""
        outputs = [self.output_tokens]
        if tokens is not None:
            outputs.append((tokens - self.input_tokens) // self.choices)
        if nanodollars is not None:
            outputs.append(self._affordable(nanodollars))
        output = min(outputs)
        return replace(self, output_tokens=output) if output >= self.least() else None

    def _affordable(self, nanodollars: int) -> int:
        left = Decimal(nanodollars) - self.input_tokens * (self.input_price or Decimal(0)) * _NANO_PER_MILLIONTH - self._nano_pieces()
        if left < 0:
            return -1
        each = self.choices * (self.output_price or Decimal(0)) * _NANO_PER_MILLIONTH
        return int(left / each) if each else self.output_tokens

    def _nano(self, input_tokens: int, output_tokens: int) -> int:
        cost = input_tokens * (self.input_price or 0) + output_tokens * self.choices * (self.output_price or 0)
        return ceil(cost * _NANO_PER_MILLIONTH + self._nano_pieces())

    def _nano_pieces(self) -> Decimal:
        return self._pieces(self) * _NANO_PER_MILLIONTH * _MILLION

    def _pieces(self, counted: "Usage | Quote") -> Decimal:
        return counted.images * self.image_price + counted.searches * self.search_price + counted.pages * self.page_price


def bounded(alias: Alias, body: dict[str, Any], quote: Quote) -> dict[str, Any]:
    """The request with the quote's limit on the answer, in the field that the caller used or the model understands."""
    names = [name for name in ("max_completion_tokens", "max_tokens") if body.get(name)]
    if not names:
        names = ["max_completion_tokens" if "reasoning" in alias.abilities else "max_tokens"]
    return {**body, **dict.fromkeys(names, quote.output_tokens)}


def _dearest(alias: Alias) -> tuple[Decimal | None, Decimal | None]:
    prices = [target.price for target in alias.targets]
    known = [price for price in prices if price]
    if len(known) < len(prices):
        return None, None
    return max(_input(price) for price in known), max(price.output for price in known)


def _input(price: Price) -> Decimal:
    return max(price.input, price.cached_input or Decimal(0), price.cache_write or Decimal(0))


def _longest(alias: Alias, tokens: int) -> int:
    """The longest answer after so many tokens, where the caller names no limit."""
    limits = [target.max_output for target in alias.targets if target.max_output]
    if alias.context_length:
        limits.append(max(LEAST_OUTPUT, alias.context_length - tokens))
    return min(limits, default=UNBOUNDED_OUTPUT)


def _chat_tokens(body: Body) -> int:
    tokens = _PER_REQUEST
    for message in body["messages"]:
        tokens += _PER_MESSAGE + sum(_message_tokens(message))
    for name in ("tools", "functions", "response_format", "prediction"):
        if body.get(name):
            tokens += _PER_TOOLS + _json_tokens(body[name])
    return tokens


def _message_tokens(message: Mapping[str, Any]) -> Iterator[int]:
    for name, value in message.items():
        if isinstance(value, str):
            yield _text_tokens(value)
        elif name == "content" and isinstance(value, list):
            yield from (_part_tokens(part) for part in value)
        elif value:
            yield _json_tokens(value)


def _part_tokens(part: Mapping[str, Any]) -> int:
    if part.get("type") in ("text", "refusal"):
        return _text_tokens(str(part.get("text") or part.get("refusal") or ""))
    if part.get("type") == "image_url":
        return _PER_ATTACHMENT
    return _PER_ATTACHMENT + _json_tokens(part)


def _json_tokens(value: Any) -> int:
    return _text_tokens(json.dumps(value, ensure_ascii=False))


def _text_tokens(text: str) -> int:
    # A token of every tokenizer in use stands for at least one byte.
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
