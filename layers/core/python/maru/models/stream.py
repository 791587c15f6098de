"""A model's answer as it comes: relayed as the bytes received where nothing changes them, understood where it matters."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from maru.models import failures, sse
from maru.models.catalogue import Target
from maru.models.transport import Reply
from maru.models.usage import Usage, cost

type Chunk = dict[str, Any]

#: What a block must not hold to be passed on unread: inside a JSON text their quotation marks would be escaped.
_LOUD = (b'"finish_reason":"', b'"finish_reason": "', b'"usage":{', b'"usage": {', b'"error"', b"[DONE]", b"event:", b"\n:", b"data:{")
_SPACINGS = (b'"model":%b', b'"model": %b')


class ModelStream:
    """One streamed chat completion; use it as an async context manager and iterate once, over :meth:`blocks` or :meth:`chunks`.

    ``usage`` and ``cost_usd`` are known at the end (None: the model did not tell); both iterations raise ``StreamBroken`` when
    the answer ends before its time. Every choice has its ``finish_reason``.
    """

    def __init__(self, alias: str, target: Target, reply: Reply, *, choices: int, include_usage: bool, between: float) -> None:
        self.alias, self.target = alias, target
        self.usage: Usage | None = None
        self.relayed_events = 0
        self._reply, self._include_usage = reply, include_usage
        self._source = self._whole(between)
        self._held = b""
        self._done = False
        self._unended = set(range(choices))
        self._head: Chunk = {}
        self._usage_chunk: Chunk | None = None
        self._needle: bytes | None = None
        self._ours = b""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    @property
    def cost_usd(self) -> Decimal | None:
        """USD, None where price or usage is unknown."""
        return cost(self.usage, self.target.price)

    def usage_so_far(self) -> Usage:
        """What the model told, or an estimate where it was cut off before it could: an event is about a token."""
        return self.usage or Usage(completion_tokens=self.relayed_events, estimated=True)

    async def begin(self) -> None:
        """Wait for the first event: what fails until then can still be an ordinary error, or another target's turn."""
        try:
            async for block in self._source:
                self._held += block
                first = next((event for event in sse.events(self._held) if sse.data_of(event)), None)
                if first:
                    self._learn(first)
                    return
        except failures.StreamBroken as error:
            raise failures.silent(self.alias) if isinstance(error.__cause__, TimeoutError) else failures.unreachable(self.alias) from error
        raise failures.unusable(self.alias)

    async def blocks(self) -> AsyncGenerator[bytes]:
        """Whole events as bytes, ready to be sent, without the closing ``[DONE]``."""
        async for block in self._received():
            quiet = self._quiet_part(block)
            if quiet:
                self.relayed_events += block.count(b"\n\n", 0, quiet)
                yield block[:quiet].replace(self._needle or b"", self._ours)
            # One by one: what came before a failure still goes out.
            for event in sse.events(block[quiet:]) if quiet < len(block) else ():
                if out := self._event(event):
                    yield out
            if self._done:
                break
        for chunk in self._closing():
            yield _event_of(chunk)

    async def chunks(self) -> AsyncGenerator[Chunk]:
        """The same as parsed ``chat.completion.chunk`` objects."""
        async for block in self._received():
            for event in sse.events(block):
                chunk = self._understood(event)
                if chunk is not None:
                    self.relayed_events += 1
                    yield chunk
            if self._done:
                break
        for chunk in self._closing():
            yield chunk

    async def close(self) -> None:
        """Give the connection back, or cancel the answer upstream where it has not ended."""
        await self._source.aclose()
        await self._reply.close(finished=self._done)

    async def _whole(self, between: float) -> AsyncGenerator[bytes]:
        cutter = sse.Cutter()
        async with aclosing(self._reply.parts(between)) as parts:
            async for part in parts:
                if block := cutter.feed(part):
                    yield block
        if rest := cutter.close():
            yield rest

    async def _received(self) -> AsyncIterator[bytes]:
        if self._held:
            held, self._held = self._held, b""
            yield held
        async for block in self._source:
            yield block

    def _learn(self, event: bytes) -> None:
        data = sse.data_of(event)
        if data == sse.DONE:
            raise failures.unusable(self.alias)
        chunk = _parsed(data)
        if _is_error(event, chunk):
            raise failures.refused(self.alias, _status(chunk.get("error")), {}, data)
        self._head = {name: chunk[name] for name in ("id", "object", "created") if name in chunk} | {"model": self.alias}
        # From now on the model's own name is replaced in the bytes, as long as the server writes it as it did here.
        name = json.dumps(chunk.get("model"), ensure_ascii=False).encode()
        needle = next((spaced % name for spaced in _SPACINGS if spaced % name in event), None)
        if needle:
            self._needle = needle
            self._ours = needle.removesuffix(name) + json.dumps(self.alias, ensure_ascii=False).encode()

    def _quiet_part(self, block: bytes) -> int:
        """How many bytes from the block's beginning are whole events that can be passed on unread."""
        if self._needle is None or not block.startswith(b"data: {"):
            return 0
        loud = min((place for mark in _LOUD if (place := block.find(mark)) >= 0), default=-1)
        end = len(block) if loud < 0 else block.rfind(b"\n\n", 0, loud) + 2
        if end < 2 or block.count(self._needle, 0, end) != block.count(b"data: ", 0, end):
            return 0
        return end

    def _event(self, event: bytes) -> bytes:
        chunk = self._understood(event)
        if chunk is None:
            return b""
        self.relayed_events += 1
        if self._needle and event.startswith(b"data: ") and event.count(self._needle) == 1:
            return event.replace(self._needle, self._ours)
        return _event_of(chunk)

    def _understood(self, event: bytes) -> Chunk | None:
        """The chunk as the client gets it; None for what it does not get, or not yet: comments, the end, the usage."""
        data = sse.data_of(event)
        self._done = self._done or data == sse.DONE
        if not data or data == sse.DONE:
            return None
        chunk = _parsed(data)
        if _is_error(event, chunk):
            raise failures.broken(chunk.get("error", chunk))
        self.usage = Usage.of(chunk.get("usage")) or self.usage
        choices = chunk.get("choices") or ()
        self._unended -= {choice.get("index", 0) for choice in choices if choice.get("finish_reason")}
        chunk["model"] = self.alias
        if not choices and chunk.get("usage"):
            # Held back: it is the last chunk, whatever the end still lacks.
            self._usage_chunk = chunk
            return None
        return chunk

    def _closing(self) -> Iterator[Chunk]:
        """What the end still lacks; raises ``StreamBroken`` where the model never said that it was one."""
        if self._unended and not self._done:
            raise failures.StreamBroken
        self._done = True
        for index in sorted(self._unended):
            yield {**self._head, "choices": [{"index": index, "delta": {}, "finish_reason": "stop"}]}
        if self._usage_chunk and self._include_usage:
            yield self._usage_chunk


def _parsed(data: bytes) -> Chunk:
    try:
        chunk = json.loads(data)
    except ValueError as error:
        raise failures.StreamBroken("The model sent an event that cannot be read.") from error
    if not isinstance(chunk, dict):
        raise failures.StreamBroken("The model sent an event that cannot be read.")
    return chunk


def _event_of(chunk: Chunk) -> bytes:
    return b"data: " + json.dumps(chunk, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"


def _is_error(event: bytes, chunk: Chunk) -> bool:
    return bool(chunk.get("error")) or event.startswith(b"event: error")


def _status(told: Any) -> int:
    code = told.get("code") if isinstance(told, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 500
