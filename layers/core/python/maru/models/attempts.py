"""The targets of an alias, asked in turn until one answers: what failed in passing once more, what is out not at all."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import ceil

from maru.errors import MaruError, RateLimited, Unavailable
from maru.models import failures
from maru.models.catalogue import Target
from maru.models.health import Health
from maru.models.routing import Route, ordered
from maru.models.rules import Retry

_LONGEST_PAUSE = 8.0
_OUT = "cooling_down"

type Lost = Callable[[Target], Awaitable[None]]


@dataclass
class Attempts:
    """One request's way through the targets of its route."""

    route: Route
    health: Health
    retry: Retry
    streamed: bool = False
    _failed: list[MaruError] = field(default_factory=list)

    async def first[T](self, ask: Callable[[Target], Awaitable[T]], lost: Lost | None = None) -> T:
        """The first answer. Raises what the last target failed with, at once what would be wrong everywhere.

        ``lost`` is told of a target that took the request and kept silent, before another is asked: that may have cost something.
        """
        await self.health.refresh()
        targets = ordered(self.route.alias.targets)
        for round_ in range(1 + self.retry.rounds):
            if round_:
                await asyncio.sleep(random.uniform(0, min(_LONGEST_PAUSE, self.retry.pause_seconds * 2**round_)))  # noqa: S311 - jitter
            again: list[Target] = []
            for place, target in enumerate(targets):
                if not await self.health.admits(target):
                    self.route.trail.append((target, _OUT))
                    continue
                try:
                    return await self._one(target, ask)
                except failures.RETRYABLE as error:
                    more = place + 1 < len(targets) or bool(again)
                    again += [target] if await self._noted(target, error, lost if more else None) else []
            targets = again
            if not targets:
                break
        raise self._last()

    async def _one[T](self, target: Target, ask: Callable[[Target], Awaitable[T]]) -> T:
        try:
            answer = await ask(target)
        except failures.RETRYABLE:
            raise
        except MaruError:
            # A request that is wrong everywhere: the target itself is well.
            await self.health.answered(target)
            raise
        await self.health.answered(target, whole=not self.streamed)
        return answer

    async def _noted(self, target: Target, error: MaruError, lost: Lost | None) -> bool:
        """Whether the target is worth another try."""
        self.route.trail.append((target, error.code))
        self._failed.append(error)
        if isinstance(error, failures.Unsupported):
            return False
        await self.health.failed(target, error)
        if error.code == failures.TIMED_OUT and lost:
            await lost(target)
        return failures.passing(error)

    def _last(self) -> MaruError:
        if self._failed:
            return ([one for one in self._failed if not isinstance(one, failures.Unsupported)] or self._failed)[-1]
        waits = [self.health.out(target) for target in self.route.alias.targets]
        wait = max(1, ceil(min(seconds for seconds, _ in waits)))
        message = f"The model '{self.route.alias.alias}' is not available at present."
        codes = {code for _, code in waits}
        if codes == {RateLimited.default_code}:
            return RateLimited(message, retry_after=wait)
        return Unavailable(message, code=codes.pop() if len(codes) == 1 else "model_unavailable", retry_after=wait)
