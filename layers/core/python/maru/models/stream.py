"""A model's answer as it comes: relayed as the bytes received where nothing changes them, understood where it matters."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from decimal import Decimal
from types import TracebackType
from typing import TYPE_CHECKING, Self

from maru.models import failures, sse
from maru.models.calls import Call
from maru.models.catalogue import Target
from maru.models.chunks import Chunk, event_of, flatten, is_error, parsed, says, status
from maru.models.endings import usable
from maru.models.renaming import Renaming
from maru.models.transport import Reply
from maru.models.usage import Usage, cost

if TYPE_CHECKING:
    from maru.models.continuing import Continuation


class ModelStream:
    """One streamed chat completion; use it as an async context manager and iterate once, over :meth:`blocks` or :meth:`chunks`.

    ``usage`` and ``cost_usd`` are known at the end (None: the model did not tell); both iterations raise ``StreamBroken`` when
    the answer ends before its time. Every choice has its ``finish_reason``. Where another target went on with the answer, ``target``
    and ``usage`` are of that part, and ``cost_usd`` is of all. ``limits`` are what is left of the server's rate limits, as OpenAI's
    ``x-ratelimit-*`` headers.
    """

    def __init__(self, call: Call, target: Target, reply: Reply, *, between: float) -> None:
        self.alias, self.route, self.limits = call.name, call.route, reply.limits
        self.relayed_events = 0
        self.continuation: Continuation | None = None
        self._health, self._images = call.health, call.images
        self._target = target
        self._usage: Usage | None = None
        self._reply, self._include_usage = reply, bool((call.body.get("stream_options") or {}).get("include_usage"))
        self._source = self._whole(between)
        self._held = b""
        self._done = self._reported = False
        self._unended = set(range(call.body.get("n") or 1))
        self._usage_chunk: Chunk | None = None
        self._names = Renaming(self.alias)
        #: When the first token came, in seconds of the monotonic clock; 0 until then.
        self.first_at = 0.0
        #: Fields that all chunks of an answer share.
        self.head: Chunk = {}
        self.rest: ModelStream | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if isinstance(error, failures.StreamBroken):
                await self.report(error)
        finally:
            await self.close()

    @property
    def target(self) -> Target:
        """Who answers."""
        return self.rest.target if self.rest else self._target

    @property
    def usage(self) -> Usage | None:
        """What the model told."""
        return self.rest.usage if self.rest else self._usage

    @property
    def cost_usd(self) -> Decimal | None:
        """USD, None where price or usage is unknown."""
        if self.rest is None:
            return cost(self._usage, self._target.price)
        before, after = cost(self.own_usage(), self._target.price), self.rest.cost_usd
        return None if before is None or after is None else before + after

    def usage_so_far(self) -> Usage:
        """What the model told, or an estimate where it was cut off before it could: an event is about a token."""
        return self.rest.usage_so_far() if self.rest else self.own_usage()

    def own_usage(self) -> Usage:
        """The same of this part alone."""
        return self._usage or Usage(completion_tokens=self.relayed_events, estimated=True, images=self._images)

    async def begin(self, seconds: float) -> None:
        """Wait for the first token, at most so long: what fails until then can still be an ordinary error, or another target's turn."""
        try:
            async with asyncio.timeout(seconds):
                await self._begin()
        except TimeoutError as error:
            raise failures.silent(self.alias) from error
        except failures.StreamBroken as error:
            raise failures.silent(self.alias) if isinstance(error.__cause__, TimeoutError) else failures.unreachable(self.alias) from error
        self.first_at = time.monotonic()

    async def _begin(self) -> None:
        seen = 0
        async for block in self._source:
            self._held += block
            for event in sse.events(self._held[seen:]):
                if sse.data_of(event) and self._learn(event):
                    return
            seen = len(self._held)
        if not self.head:
            raise failures.unusable(self.alias)

    async def report(self, error: failures.StreamBroken) -> None:
        """Tell that the target broke its answer off; once."""
        if not self._reported:
            self._reported = True
            await self._health.failed(self._target, error)

    def blocks(self) -> AsyncGenerator[bytes]:
        """Whole events as bytes, ready to be sent, without the closing ``[DONE]``."""
        return self.continuation.blocks(self) if self.continuation else self.own_blocks()

    def chunks(self) -> AsyncGenerator[Chunk]:
        """The same as parsed ``chat.completion.chunk`` objects."""
        return self.continuation.chunks(self) if self.continuation else self.own_chunks()

    async def own_blocks(self) -> AsyncGenerator[bytes]:
        """The blocks of this part alone."""
        async for block in self._received():
            quiet = self._names.quiet_part(block)
            if quiet:
                self.relayed_events += block.count(b"\n\n", 0, quiet)
                yield self._names.quietly(block[:quiet])
            # One by one: what came before a failure still goes out.
            for event in sse.events(block[quiet:]) if quiet < len(block) else ():
                if out := self._event(event):
                    yield out
            if self._done:
                break
        for chunk in self._closing():
            yield event_of(chunk)

    async def own_chunks(self) -> AsyncGenerator[Chunk]:
        """The chunks of this part alone."""
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
        if self._done and not self._reported:
            await self._health.answered(self._target)
        await self._source.aclose()
        await self._reply.close(finished=self._done)

    async def _whole(self, between: float) -> AsyncGenerator[bytes]:
        cutter, heard = sse.Cutter(), time.monotonic()
        async with aclosing(self._reply.parts(between)) as parts:
            async for part in parts:
                block = cutter.feed(part)
                if b"data:" in block:
                    heard = time.monotonic()
                    yield block
                elif self.head and time.monotonic() - heard > between:
                    # A line kept alive without a word, by comments perhaps, is silent too.
                    raise failures.StreamBroken(failures.FELL_SILENT)
        if rest := cutter.close():
            yield rest

    async def _received(self) -> AsyncIterator[bytes]:
        if self._held:
            held, self._held = self._held, b""
            yield held
        try:
            async for block in self._source:
                yield block
        except failures.StreamBroken:
            # Of an answer that has come to its end nothing is lost.
            if self._unended:
                raise

    def _learn(self, event: bytes) -> bool:
        """Read one of the first events; whether the answer's first token is in it."""
        data = sse.data_of(event)
        if data == sse.DONE:
            raise failures.unusable(self.alias)
        chunk = parsed(data)
        if is_error(event, chunk):
            raise failures.refused(self.alias, status(chunk.get("error")), {}, data)
        if not self.head:
            self._know(event, chunk)
        choices = chunk.get("choices") or ()
        if not all(usable(self.route, choice) for choice in choices):
            raise failures.unusable(self.alias)
        return any(choice.get("finish_reason") or says(choice.get("delta") or {}) for choice in choices)

    def _know(self, event: bytes, chunk: Chunk) -> None:
        self.head = {name: chunk[name] for name in ("id", "object", "created") if name in chunk} | {"model": self.alias}
        self._names.learn(event, chunk.get("model"))

    def _event(self, event: bytes) -> bytes:
        chunk = self._understood(event)
        if chunk is None:
            return b""
        self.relayed_events += 1
        return self._names.event(event) or event_of(chunk)

    def _understood(self, event: bytes) -> Chunk | None:
        """The chunk as the client gets it; None for what it does not get, or not yet: comments, the end, the usage."""
        data = sse.data_of(event)
        self._done = self._done or data == sse.DONE
        if not data or data == sse.DONE:
            return None
        chunk = parsed(data)
        if is_error(event, chunk):
            raise failures.broken(chunk.get("error", chunk))
        if chunk.get("usage"):
            self._usage = Usage.of(chunk["usage"], images=self._images)
        choices = chunk.get("choices") or ()
        self._unended -= {choice.get("index", 0) for choice in choices if choice.get("finish_reason")}
        for choice in choices:
            flatten(choice.get("delta") or {})
            if not usable(self.route, choice):
                raise failures.StreamBroken("The model's answer cannot be read.")
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
            yield {**self.head, "choices": [{"index": index, "delta": {}, "finish_reason": "stop"}]}
        if self._usage_chunk and self._include_usage:
            yield self._usage_chunk
