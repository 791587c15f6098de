"""Which targets a request may go to and in what order, decided before it is reserved and sent, with the reason in words."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maru.errors import BadRequest, Forbidden, MaruError
from maru.models import sizes
from maru.models.abilities import demand
from maru.models.catalogue import Alias, Difficulty, Target
from maru.models.difficulty import judged
from maru.models.rules import Preference, Routing

type Body = Mapping[str, Any]

#: The reason for private targets that callers give themselves.
CALLERS_WORD = "the caller's word"
#: The code of a refusal for want of a private target.
PRIVATE = "private_model_required"

_SIZES: tuple[Difficulty, ...] = ("small", "medium", "large")


@dataclass(frozen=True)
class Wish:
    """What is asked of the route: ``private`` are the reasons for which only private targets may see the request."""

    private: tuple[str, ...] = ()
    preference: Preference = "balanced"


@dataclass(frozen=True)
class Route:
    """A decision: ``alias`` has the caller's name and those targets alone that may be asked.

    ``trail`` says which were tried in vain since, each with the code of its failure; ``ends`` for what reasons answers ended that are
    not OpenAI's.
    """

    alias: Alias
    size: Difficulty | None = None
    why: tuple[str, ...] = ()
    trail: list[tuple[Target, str]] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)

    def told(self, target: Target | None = None) -> str:
        """The decision in one line of ASCII, for headers and logs; ``target`` is who answered."""
        parts = [self.alias.alias]
        parts += [f"class={self.size}"] if self.size else []
        parts += [f'why="{"; ".join(self.why)}"'] if self.why else []
        parts += [f"target={target.provider}/{target.model}"] if target else []
        parts += [f'after="{", ".join(f"{tried.model} {code}" for tried, code in self.trail)}"'] if self.trail else []
        parts += [f'ended="{", ".join(self.ends)}"'] if self.ends else []
        return "; ".join(parts).encode("ascii", "replace").decode()


@dataclass(frozen=True)
class Router:
    """Decides routes by the rules of the catalogue."""

    routing: Routing = field(default_factory=Routing)

    def decide(self, alias: Alias, body: Body, wish: Wish | None = None) -> Route:
        """The route of a chat request. Raises :class:`Forbidden` where only private targets may be asked and there is none, and
        :class:`BadRequest` for what is too long or what the models cannot do."""
        wish = wish or Wish()
        why = tuple(f"private: {reason}" for reason in wish.private)
        if not alias.classes:
            return Route(_fit(alias, body, wish), None, why)
        verdict = judged(body, self.routing, wish.preference)
        failed: MaruError | None = None
        for size in _nearest(verdict.size):
            if size not in alias.choices:
                continue
            try:
                found = _fit(alias.choices[size], body, wish)
            except (BadRequest, Forbidden) as error:
                failed = failed or error
            else:
                instead = () if size == verdict.size else (f"{size} instead of {verdict.size}",)
                return Route(found.model_copy(update={"alias": alias.alias}), size, (verdict.why, *instead, *why))
        assert failed is not None  # noqa: S101 - an alias with classes leads to one at least
        raise failed


def ordered(targets: Sequence[Target]) -> list[Target]:
    """The order in which targets are tried: those with weights drawn in proportion to them, then the others as they stand."""
    weighted = [one for one in targets if one.weight]
    if not weighted:
        return list(targets)
    # Exponential clocks: a draw without replacement in proportion to the weights.
    drawn = sorted(weighted, key=lambda one: random.expovariate(one.weight or 1))
    return drawn + [one for one in targets if not one.weight]


def permitted(alias: Alias, private: Sequence[str]) -> list[Target]:
    """The targets that may see what is ``private`` for these reasons, all where there is none; raises :class:`Forbidden`."""
    targets = [one for one in alias.targets if one.private or not private]
    if not targets:
        raise Forbidden(
            f"This request may go to private targets only ({', '.join(private)}), and the model '{alias.alias}' has none. "
            "Name a model that GET /v1/models shows as private, leave that data out, or have a policy of the guard mask it.",
            param="model",
            code=PRIVATE,
        )
    return targets


def narrowed(alias: Alias, targets: Sequence[Target]) -> Alias:
    """The alias with these of its targets alone."""
    return alias if len(targets) == len(alias.targets) else alias.model_copy(update={"targets": tuple(targets)})


def _nearest(size: Difficulty) -> Iterator[Difficulty]:
    """The class itself, then the larger ones, then the smaller."""
    place = _SIZES.index(size)
    yield from _SIZES[place:]
    yield from reversed(_SIZES[:place])


def _fit(alias: Alias, body: Body, wish: Wish) -> Alias:
    """The alias with the targets that may have the request."""
    demand(alias, body)
    targets = _holding(alias, permitted(alias, wish.private), body)
    return narrowed(alias, targets)


def _holding(alias: Alias, targets: list[Target], body: Body) -> list[Target]:
    """Those targets that can hold the request; raises :class:`BadRequest` where none can, or the alias's own limit is passed."""
    tokens = sizes.typical_tokens(body)
    if alias.max_input_tokens and tokens > alias.max_input_tokens:
        raise _too_long(f"The model '{alias.alias}' takes {alias.max_input_tokens} tokens, and the request has about {tokens}.")
    fewest = sizes.fewest(tokens)
    fit = [one for one in targets if not one.context_length or fewest < one.context_length]
    if not fit:
        longest = max(one.context_length or 0 for one in targets)
        raise _too_long(f"The model '{alias.alias}' holds {longest} tokens, answer included, and the request has about {tokens}.")
    return fit


def _too_long(message: str) -> BadRequest:
    return BadRequest(f"{message} Shorten the messages.", param="messages", code="context_length_exceeded")
