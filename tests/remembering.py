"""A guard that asks its checks once about the same text, for walks through very many cuts of the same few texts."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from maru.guard import stream
from maru.guard.check import Place
from maru.guard.decision import Found
from maru.guard.engine import Guard
from maru.guard.normalise import normalise
from maru.guard.policy import Policy
from maru.guard.unfinished import open_at


class Remembering(Guard):
    """The guard; what its checks found in a text is kept by text, place and policy (the object: hold it).

    Facts are not looked at: for policies whose checks ask for none."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[tuple[object, ...], Found] = {}

    async def found(
        self,
        text: str,
        place: Place,
        policy: Policy,
        names: Sequence[str],
        *,
        facts: Mapping[str, Any] | None = None,
        remember: bool = False,
    ) -> Found:
        """As the guard does."""
        key = (text, place, id(policy), *names)
        if key not in self._kept:
            self._kept[key] = await super().found(text, place, policy, names, facts=facts, remember=remember)
        return self._kept[key]

    def forget(self) -> None:
        """Everything that was kept."""
        self._kept.clear()


class Readings:
    """What two functions of their arguments alone gave the stream's guard: how a text reads, and where a match may be in progress."""

    def __init__(self) -> None:
        self._openings, self._readings = cache(open_at), cache(normalise)
        vars(stream).update(normalise=self._readings, open_at=lambda text, checks, phrases: self._openings(text, tuple(checks), phrases))

    def forget(self) -> None:
        """Everything that was kept."""
        self._openings.cache_clear()
        self._readings.cache_clear()

    @staticmethod
    def end() -> None:
        """From here on both are asked each time again."""
        vars(stream).update(normalise=normalise, open_at=open_at)
