"""A model's stream of a chat completion behind the guard, and a stream that says no."""

import json
from collections.abc import AsyncIterator
from typing import Any

from maru.guard.completions import Screen
from maru.guard.messages import CALLS, OLD_CALL, TEXTS, Body
from maru.guard.written import ANSWER, CALL, CALLED, CHOICE, Texts
from maru.models.wrapped_stream import WrappedStream


class ScreenedStream(WrappedStream):
    """A model's stream behind the guard, in place of the model's own."""

    def __init__(self, stream: Any, screen: Screen) -> None:
        super().__init__(stream)
        self._screen = screen
        self._choices: dict[int, Texts] = {}
        self._said: list[str] = []
        self._head: Body = {}

    async def blocks(self) -> AsyncIterator[bytes]:
        """Events ready to be sent."""
        async for chunk in self.chunks():
            yield _event(chunk)

    async def chunks(self) -> AsyncIterator[Body]:
        """Chunks as they may leave; the last choice that is cut off ends the model's work."""
        closed: set[int] = set()
        async for chunk in self._stream.chunks():
            self._head = {name: chunk[name] for name in ("id", "object", "created", "model") if name in chunk} or self._head
            for choice in chunk.get("choices") or ():
                if choice.get("index", 0) not in closed and (event := await self._choice(choice)):
                    yield self._head | {"choices": [event]}
                    if event.get("finish_reason"):
                        closed.add(choice.get("index", 0))
            if not chunk.get("choices"):
                yield self._screen.only(chunk, ANSWER)
            if closed and closed == set(self._choices) and any(one.blocked for one in self._choices.values()):
                break
        if self._screen.told({}):
            await self._screen.moderated("".join(self._said))
            yield self._head | self._screen.told({"choices": []})

    async def _choice(self, choice: Body) -> Body | None:
        """The choice as it leaves; None where all of it is held back."""
        index, choice = choice.get("index", 0), self._screen.only(choice, CHOICE)
        texts = self._choices.setdefault(index, Texts(self._screen))
        delta = dict(self._screen.message(choice.get("delta") or {}))
        if delta.get("annotations"):
            delta["annotations"] = await texts.all_of(delta["annotations"])
        written = [name for name in TEXTS if isinstance(delta.get(name), str) and delta[name]]
        for name in written:
            delta[name] = await texts.feed(name, delta[name], "output")
        delta = await self._tools(delta, texts)
        # What each token might have been would tell what is hidden of them.
        choice = choice | ({"logprobs": None} if choice.get("logprobs") else {})
        if choice.get("finish_reason") or texts.blocked:
            return await self._last(choice, delta, texts)
        if written and set(delta) <= set(TEXTS) and not any(delta.values()):
            return None
        self._said.append(delta.get("content") or "")
        return choice | {"delta": delta}

    async def _tools(self, delta: Body, texts: Texts) -> Body:
        calls = []
        for call in delta.get("tool_calls") or ():
            parts = {kind: dict(self._screen.only(call[kind], CALLED)) for kind in CALLS if call.get(kind)}
            for kind, part in parts.items():
                if part.get("name"):
                    part["name"] = await self._screen.called(part["name"], texts)
                if part.get(name := CALLS[kind]):
                    key = (call.get("index", 0), kind)
                    part[name] = await texts.feed(key, part[name], "tool_arguments", plain=kind == "custom")
            calls.append(self._screen.only(call, CALL) | parts)
        old = dict(self._screen.only(delta.get(OLD_CALL) or {}, CALLED))  # the form before tools, which models still write
        if old.get("name"):
            old["name"] = await self._screen.called(old["name"], texts)
        if old.get("arguments"):
            old["arguments"] = await texts.feed(OLD_CALL, old["arguments"], "tool_arguments")
        return delta | ({"tool_calls": calls} if calls else {}) | ({OLD_CALL: old} if old else {})

    async def _last(self, choice: Body, delta: Body, texts: Texts) -> Body:
        for key, rest in await texts.finish():
            if rest and key in TEXTS:
                delta[key] = (delta.get(key) or "") + rest
            elif rest and key == OLD_CALL:
                delta[key] = {**(delta.get(key) or {}), "arguments": (delta.get(key) or {}).get("arguments", "") + rest}
            elif rest:
                index, kind = key
                delta.setdefault("tool_calls", []).append({"index": index, kind: {CALLS[kind]: rest}})
        self._said.append(delta.get("content") or "")
        if texts.blocked:
            return choice | {"delta": delta | {"refusal": self._screen.sentence()}, "finish_reason": "content_filter"}
        return choice | {"delta": delta}


def _event(chunk: Body) -> bytes:
    return b"data: " + json.dumps(chunk, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"


def refusing(screen: Screen, alias: str, id_: str, created: int) -> bytes:
    """A whole stream that says no."""
    body = screen.refused(alias, id_, created)
    head = {"id": id_, "object": "chat.completion.chunk", "created": created, "model": alias}
    choice = {"index": 0, "delta": {"role": "assistant", "content": None, "refusal": screen.refusal}, "finish_reason": None}
    last = {"index": 0, "delta": {}, "finish_reason": "content_filter"}
    more = {name: body[name] for name in ("moderation", "guard") if name in body}
    return _event(head | {"choices": [choice]}) + _event(head | {"choices": [last]} | more) + b"data: [DONE]\n\n"
