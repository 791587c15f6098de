"""One whole answer of a chat model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic_core import from_json

from maru.models import failures
from maru.models.calls import Body
from maru.models.catalogue import Target
from maru.models.chunks import flatten
from maru.models.endings import usable
from maru.models.routing import Route
from maru.models.usage import Usage


@dataclass(frozen=True)
class Completion:
    """A whole answer: ``body`` is OpenAI's ``chat.completion`` with the alias as its model; ``cost_usd`` None means unknown.

    ``limits`` are what is left of the server's rate limits, as OpenAI's ``x-ratelimit-*`` headers.
    """

    body: Body
    usage: Usage | None
    cost_usd: Decimal | None
    target: Target
    limits: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The first choice's content, empty where it has none."""
        return str(self.body["choices"][0]["message"].get("content") or "")


def parsed(alias: str, raw: bytes) -> Any:
    """A server's JSON; raises what an answer is worth that is none."""
    try:
        return from_json(raw)
    except ValueError as error:
        raise failures.unusable(alias) from error


def completion(route: Route, answer: Any) -> Body:
    """OpenAI's ``chat.completion`` under the alias's name, every choice with its end; raises as :func:`parsed` does."""
    alias = route.alias.alias
    try:
        readable = bool(answer["choices"]) and all(isinstance(one["message"], dict) for one in answer["choices"])
    except (LookupError, TypeError) as error:
        raise failures.unusable(alias) from error
    if not readable:
        raise failures.unusable(alias)
    for choice in answer["choices"]:
        choice["finish_reason"] = choice.get("finish_reason") or "stop"
        if not usable(route, choice):
            raise failures.unusable(alias)
        flatten(choice["message"])
    answer["model"] = alias
    return dict(answer)
