"""An answer out of the cache as a stream, for those who asked for one."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from maru.models.assembly import chunks_of
from maru.models.usage import Usage


@dataclass(frozen=True)
class Source:
    """Who gave the answer once; as a route: none was taken."""

    model: str

    def told(self, _: object = None) -> str:
        """The route in one line."""
        return "cache"


class ReplayedStream:
    """A completion in the place of a model's stream; it costs nothing."""

    def __init__(self, completion: dict[str, Any], model: str, *, include_usage: bool = False) -> None:
        self.target = self.route = Source(model)
        self.cost_usd = Decimal(0)
        self.usage = Usage.of(completion.get("usage"))
        self._completion, self._include_usage = completion, include_usage

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Nothing is open."""

    async def chunks(self) -> AsyncIterator[dict[str, Any]]:
        """``chat.completion.chunk`` objects."""
        for chunk in chunks_of(self._completion, include_usage=self._include_usage):
            yield chunk

    async def blocks(self) -> AsyncIterator[bytes]:
        """The same as events, ready to be sent."""
        async for chunk in self.chunks():
            yield b"data: " + json.dumps(chunk, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"
