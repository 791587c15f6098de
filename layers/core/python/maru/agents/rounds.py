"""Asks the model, carries out the tools that it calls, and asks again with what they gave, until it only writes."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from maru.agents.events import status
from maru.agents.guarded_writing import GuardedWriting
from maru.agents.prompting import chat_body
from maru.agents.recall import Recall, heard
from maru.agents.routes import Basis
from maru.agents.runs import Emit
from maru.agents.spending import Spending
from maru.agents.tools.toolbox import Toolbox, ToolCall
from maru.cache.replay import ReplayedStream
from maru.errors import UpstreamFailed
from maru.ids import new_id
from maru.models import Bearer, ModelStream, Route

#: Calls of one round that are carried out; a model that wants more is told so.
_CALLS = 8


class Streaming(Protocol):
    """What asking needs of the models' room."""

    async def stream(self, alias: str | Route, body: dict[str, Any], *, bearer: Bearer | None = None) -> ModelStream:
        """An answer as it comes."""
        ...


class Rounds:
    """One answer's calls of its model: as many rounds with tools as ``most`` says, then one without; each has a route of its own."""

    def __init__(self, models: Streaming, basis: Basis, recall: Recall, *, most: int, where: Mapping[str, str]) -> None:
        self._models, self._basis, self._recall, self._most, self._where = models, basis, recall, most, dict(where)

    async def write(
        self, messages: list[dict[str, Any]], toolbox: Toolbox, writing: GuardedWriting, emit: Emit, spending: Spending
    ) -> None:
        """Write the answer; raises MaruError, and UpstreamFailed where the model said nothing at all."""
        said = list(messages)
        for number in range(self._most + 1):
            body: dict[str, Any] = chat_body(said)
            if toolbox.offered:
                body |= {"tools": toolbox.offered} | ({"tool_choice": "none"} if number == self._most else {})
            calls = await self._round(body, writing, emit, spending)
            if not calls or writing.blocked or number == self._most:
                break
            said.append(_asked(calls))
            for place, call in enumerate(calls):
                content = await toolbox.run(call, emit) if place < _CALLS else json.dumps({"error": "Too many calls at once."})
                said.append({"role": "tool", "tool_call_id": call.id, "content": content})
            self._basis = self._basis.given(toolbox.classes)
        async for event in writing.finish():
            emit(event)
        if not writing.text.strip():
            raise UpstreamFailed(f"The model '{self._basis.routes.model}' gave an empty answer.", code="empty_answer")

    async def _round(self, body: dict[str, Any], writing: GuardedWriting, emit: Emit, spending: Spending) -> list[ToolCall]:
        route = spending.route = await self._basis.decide(body)
        lookup = await self._recall.look(route.alias)
        spending.headers.update(lookup.headers)
        if lookup.found:
            await spending.cached(route.alias, lookup.found, turn=spending.turn)
            spending.turn = None
            return await self._told(ReplayedStream(lookup.found.completion, lookup.found.entry.model), writing, emit, spending)
        async with spending.call(route, body, turn=spending.turn) as charge:
            spending.turn = None
            stream: ModelStream | None = None
            outcome = "failed"
            try:
                with spending.model_time(), charge.attempt():
                    stream = await self._models.stream(route, charge.body, bearer=charge)
                calls = await self._told(heard(stream, lookup), writing, emit, spending)
                outcome = "ok"
            finally:
                spending.stream(route.alias.alias, stream, outcome)
                if stream:
                    charge.answered(stream.target, stream.usage_so_far(), outcome, first_at=stream.first_at)
        return calls

    async def _told(self, stream: Any, writing: GuardedWriting, emit: Emit, spending: Spending) -> list[ToolCall]:
        """Write down what a stream says, to its end or until the guard cuts it off; gives the calls that it makes."""
        calls = _Calls()
        async with stream:
            emit(status("writing", **self._where))
            chunks = aiter(stream.chunks())
            while (chunk := await _next(chunks, spending)) is not None:
                calls.take(chunk)
                async for event in writing.take(chunk):
                    emit(event)
                if writing.blocked:
                    break
        return calls.whole()


class _Calls:
    """Tool calls put together from a stream's pieces."""

    def __init__(self) -> None:
        self._parts: dict[int, dict[str, str]] = {}

    def take(self, chunk: Mapping[str, Any]) -> None:
        """The pieces of one chunk."""
        for choice in chunk.get("choices") or ():
            for piece in (choice.get("delta") or {}).get("tool_calls") or ():
                known = self._parts.setdefault(int(piece.get("index") or 0), {"id": "", "name": "", "arguments": ""})
                function = piece.get("function") or {}
                known["id"] = piece.get("id") or known["id"]
                known["name"] += function.get("name") or ""
                known["arguments"] += function.get("arguments") or ""

    def whole(self) -> list[ToolCall]:
        """The calls, in the model's order."""
        parts = [self._parts[index] for index in sorted(self._parts)]
        return [ToolCall(one["id"] or new_id("call_"), one["name"], one["arguments"]) for one in parts]


def _asked(calls: list[ToolCall]) -> dict[str, Any]:
    functions = [{"id": one.id, "type": "function", "function": {"name": one.name, "arguments": one.arguments or "{}"}} for one in calls]
    return {"role": "assistant", "content": None, "tool_calls": functions}


async def _next(chunks: AsyncIterator[dict[str, Any]], spending: Spending) -> dict[str, Any] | None:
    with spending.model_time():
        return await anext(chunks, None)
