"""What becomes of a completion beside its way to the client: stored where the caller asked for it, in the cache for who asks the same."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio.to_thread

from functions.chat.screening import screened
from maru.cache.responses import Lookup
from maru.guard.completions import Screen
from maru.identity import Caller
from maru.ids import new_id
from maru.models import Completion, ModelStream
from maru.models.recording import RecordedStream
from maru.models.requests import ChatRequest
from maru.models.stored import StoredCompletions


@dataclass(frozen=True)
class Keeping:
    """The keepers of one completion. What the guard hides stays hidden where it is stored; the cache has it as the model gave it."""

    stored: StoredCompletions
    caller: Caller
    body: ChatRequest
    screen: Screen
    messages: list[dict[str, Any]]
    lookup: Lookup

    async def whole(self, answer: Completion) -> dict[str, Any]:
        """A model's whole answer as the caller gets it."""
        await self.lookup.keep(answer.body, model=answer.target.model, usage=answer.usage, cost_usd=answer.cost_usd)
        return await self.told(answer.body)

    async def told(self, completion: dict[str, Any]) -> dict[str, Any]:
        """An answer, wherever it is from, as the caller gets it."""
        body = completion if self.screen.idle else await self.screen.answer(completion)
        if self.body.metadata is not None:
            body["metadata"] = self.body.metadata
        if self.body.store:
            body["id"] = new_id("chatcmpl-")
            await self._store(body)
        return body

    def stream(self, stream: ModelStream) -> ModelStream:
        """A model's stream as the caller gets it."""

        async def keep(completion: dict[str, Any]) -> None:
            await self.lookup.keep(completion, model=stream.target.model, usage=stream.usage, cost_usd=stream.cost_usd)

        heard: Any = RecordedStream(stream, keep) if self.lookup.keeps else stream
        return self.told_stream(heard)

    def told_stream(self, stream: ModelStream) -> ModelStream:
        """A stream, wherever it is from, as the caller gets it."""
        out = screened(stream, self.screen)
        heard: Any = RecordedStream(out, self._store, id_=new_id("chatcmpl-")) if self.body.store else out
        told: ModelStream = heard
        return told

    async def _store(self, completion: dict[str, Any]) -> None:
        hidden = self.screen.hidden(completion)
        await anyio.to_thread.run_sync(partial(self.stored.keep, self.caller, hidden, self.messages, self.body.metadata))
