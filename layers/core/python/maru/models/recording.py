"""A stream that is listened to while it goes by, for those who keep answers."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from maru.models import sse
from maru.models.assembly import Assembly, Body
from maru.models.wrapped_stream import WrappedStream

type Keep = Callable[[Body], Awaitable[None]]


class RecordedStream(WrappedStream):
    """A stream of events in place of the one it wraps. ``keep`` gets the whole answer once it has come to its end, before the last of
    it leaves; with an ``id`` the answer has that one."""

    def __init__(self, stream: Any, keep: Keep, *, id_: str | None = None) -> None:
        super().__init__(stream)
        self._keep, self._id = keep, id_
        self._assembly = Assembly()

    async def blocks(self) -> AsyncIterator[bytes]:
        """The events, ready to be sent."""
        async for block in self._stream.blocks():
            yield self._heard(block)
        await self._ended()

    async def chunks(self) -> AsyncIterator[Body]:
        """The same as parsed objects."""
        async for chunk in self._stream.chunks():
            self._assembly.add(chunk)
            yield chunk
        await self._ended()

    async def _ended(self) -> None:
        completion = self._assembly.completion()
        if completion is not None:
            await self._keep(self._with_usage(completion))

    def _heard(self, block: bytes) -> bytes:
        return b"".join(self._event(event) for event in sse.events(block))

    def _event(self, event: bytes) -> bytes:
        data = sse.data_of(event)
        if not data:
            return event
        chunk = json.loads(data)
        if self._id:
            chunk["id"] = self._id
        self._assembly.add(chunk)
        return b"data: " + json.dumps(chunk, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n" if self._id else event

    def _with_usage(self, completion: Body) -> Body:
        """The usage stands in no chunk where the client did not ask for it."""
        usage = self._stream.usage
        return completion if usage is None or completion.get("usage") else completion | {"usage": usage.told()}
