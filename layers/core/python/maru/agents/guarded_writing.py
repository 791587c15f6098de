"""An answer's text behind the guard, from the model's chunks to what its reader gets."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from maru.agents.events import Event
from maru.agents.evidence import Row
from maru.agents.guarding import Guarding
from maru.agents.writing import Writing
from maru.guard.masking import Restorer


class GuardedWriting:
    """A writing behind the guard: placeholders become originals, then citations are decided, then the output is checked.

    :attr:`text` and :attr:`references` are exactly what the events gave.
    """

    def __init__(self, writing: Writing, guarding: Guarding) -> None:
        self._writing, self._guarding = writing, guarding
        self._restorer, self._stream = Restorer(guarding.vault), guarding.output()
        self._said: list[str] = []
        self._references: list[dict[str, Any]] = []

    @property
    def text(self) -> str:
        """What was said so far."""
        return "".join(self._said)

    @property
    def references(self) -> tuple[dict[str, Any], ...]:
        """The references so far, by index."""
        return tuple(sorted(self._references, key=lambda one: int(one["index"])))

    @property
    def blocked(self) -> bool:
        """Whether the answer was cut off."""
        return self._stream.blocked

    def extend(self, row: Row) -> int:
        """Take a row that a tool gave; gives the number by which the model cites it."""
        return self._writing.extend(row)

    async def take(self, chunk: dict[str, Any]) -> AsyncIterator[Event]:
        """Events of one `chat.completion.chunk`."""
        for told in _told(chunk):
            if restored := self._restorer.feed(told):
                async for event in self._events(self._writing.say(restored)):
                    yield event

    async def finish(self) -> AsyncIterator[Event]:
        """Events of what was held back; the fixed sentence where the answer was cut off."""
        if not self.blocked:
            if rest := self._restorer.finish():
                async for event in self._events(self._writing.say(rest)):
                    yield event
            async for event in self._events(self._writing.finish()):
                yield event
            if rest := await self._stream.finish():
                yield self._say(rest)
        self._guarding.count(self._stream)
        if self.blocked:
            yield self._say(("\n\n" if self.text.strip() else "") + self._guarding.refusal("output"))

    async def _events(self, written: Iterator[Event]) -> AsyncIterator[Event]:
        for event in written:
            if self.blocked:
                return
            if event.name == "citation":
                reference = await self._guarding.reference(event.data["reference"])
                self._references.append(reference)
                yield Event("citation", {"reference": reference})
            elif out := await self._stream.feed(event.data["delta"]):
                yield self._say(out)

    def _say(self, text: str) -> Event:
        self._said.append(text)
        return Event("response.delta", {"delta": text})


def _told(chunk: Mapping[str, Any]) -> Iterator[str]:
    for choice in chunk.get("choices") or ():
        delta = choice.get("delta") or {}
        if told := delta.get("content") or delta.get("refusal"):
            yield told
