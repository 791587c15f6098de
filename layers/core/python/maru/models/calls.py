"""One call of a model under way: its route, its request as it may be sent, and who bears what it costs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from maru.models import sizes
from maru.models.attempts import Attempts
from maru.models.catalogue import Target
from maru.models.health import Health
from maru.models.routing import Route
from maru.models.rules import Retry
from maru.models.usage import Usage

type Body = dict[str, Any]


class Bearer(Protocol):
    """Who pays for attempts beyond the first."""

    async def again(self, target: Target, usage: Usage | None, body: Body) -> Body:
        """Settle an attempt that was lost on the way (``usage`` None: nobody knows what it used) and bear one more.

        Gives the request as it may be sent. Raises :class:`~maru.errors.MaruError` where no more can be borne.
        """
        ...


@dataclass
class Call:
    """A call; ``body`` is what is sent, changed where its bearer shortens it."""

    route: Route
    body: Body
    health: Health
    bearer: Bearer | None = None
    attempts: Attempts = field(init=False)
    images: int = field(init=False)

    def attempting(self, retry: Retry) -> "Call":
        """The same, ready for its first attempt."""
        self.attempts = Attempts(self.route, self.health, retry)
        self.images = sizes.images(self.body)
        return self

    async def first[T](self, ask: Callable[[Target], Awaitable[T]]) -> T:
        """What the first of its targets answers; raises as :meth:`Attempts.first` does."""
        return await self.attempts.first(ask, self._lost if self.bearer else None)

    @property
    def name(self) -> str:
        """The alias that the caller named."""
        return self.route.alias.alias

    async def _lost(self, target: Target) -> None:
        assert self.bearer is not None  # noqa: S101 - set only where there is one
        self.body = await self.bearer.again(target, None, self.body)
