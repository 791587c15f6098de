"""A model's stream in the hands of somebody who stands in its place: what they do not change is the stream's own."""

from types import TracebackType
from typing import Any, Self


class WrappedStream:
    """Left when the stream is; everything else is asked of it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stream.__aexit__(kind, error, trace)
