"""An answer that broke off after its first words, gone on with where a target can: its beginning is the next request's last message.

The rule: an answer of one choice that has said plain words, has begun no tool call and promised no form goes on; every other one ends
in a typed error. Each target is asked at most once; what every part used is settled by itself.
"""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Self

from maru.errors import MaruError
from maru.models import failures, sse
from maru.models.calls import Body, Call
from maru.models.catalogue import Target
from maru.models.chunks import Chunk, event_of
from maru.models.rules import Retry
from maru.models.stream import ModelStream
from maru.models.usage import Usage

type Open = Callable[[Call, Target], Awaitable[ModelStream]]


@dataclass
class _Said:
    """What the reader has of the answer; ``closed`` once it holds something that cannot be gone on with."""

    text: str = ""
    tokens: int = 0
    closed: bool = False

    def take(self, chunk: Chunk) -> None:
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            self.text += delta.get("content") or ""
            self.tokens += 1
            self.closed = self.closed or bool(choice.get("finish_reason"))
            self.closed = self.closed or any(delta.get(name) for name in ("tool_calls", "function_call", "refusal", "audio"))

    def events(self, blocks: Iterable[bytes]) -> Self:
        for block in blocks:
            for event in sse.events(block):
                if data := sse.data_of(event):
                    self.take(json.loads(data))
        return self


class Continuation:
    """Goes on with one answer."""

    def __init__(self, call: Call, open_: Open) -> None:
        self._call, self._open = call, open_
        self._left = [one for one in call.route.alias.targets if one.continues]

    @classmethod
    def of(cls, call: Call, open_: Open) -> Self | None:
        """None where no target can, or the request's own form forbids it."""
        body = call.body
        formed = (body.get("response_format") or {}).get("type", "text") != "text"
        if formed or body.get("n") not in (None, 1) or body.get("logprobs") or body.get("audio"):
            return None
        return cls(call, open_) if any(one.continues for one in call.route.alias.targets) else None

    async def blocks(self, stream: ModelStream) -> AsyncGenerator[bytes]:
        """The stream's blocks, and after a break those of the rest."""
        kept: list[bytes] = []
        try:
            async for block in stream.own_blocks():
                kept.append(block)
                yield block
        except failures.StreamBroken as error:
            broken = error
        else:
            return
        async for chunk in self._rest(stream, _Said().events(kept), broken):
            yield event_of(chunk)

    async def chunks(self, stream: ModelStream) -> AsyncGenerator[Chunk]:
        """The same as parsed objects."""
        said = _Said()
        try:
            async for chunk in stream.own_chunks():
                said.take(chunk)
                yield chunk
        except failures.StreamBroken as error:
            broken = error
        else:
            return
        async for chunk in self._rest(stream, said, broken):
            yield chunk

    async def _rest(self, stream: ModelStream, said: _Said, broken: failures.StreamBroken) -> AsyncGenerator[Chunk]:
        part, before = stream, Usage()
        while not said.closed and said.text.strip():
            await part.report(broken)
            limits = _limits(self._call.body)
            if limits and min(limits.values()) <= said.tokens:
                yield stream.head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}
                return
            before += part.own_usage()
            part.rest = await self._resumed(part, said, broken)
            part = part.rest
            try:
                async with part:
                    async for chunk in _joined(part, said, before):
                        said.take(chunk)
                        yield chunk | stream.head
            except failures.StreamBroken as error:
                broken = error
            else:
                return
        raise broken

    async def _resumed(self, part: ModelStream, said: _Said, broken: failures.StreamBroken) -> ModelStream:
        self._call.route.trail.append((part.target, broken.code))
        if not self._left:
            raise broken
        # Whoever broke off comes last.
        targets = tuple(sorted(self._left, key=lambda one: one == part.target))
        route = replace(self._call.route, alias=self._call.route.alias.model_copy(update={"targets": targets}))
        body = _begun(self._call.body, said) | {name: most - said.tokens for name, most in _limits(self._call.body).items()}
        call = replace(self._call, route=route, body=body).attempting(Retry(rounds=0))

        call.attempts.streamed = True

        async def ask(target: Target) -> ModelStream:
            call.body = _begun(self._call.body, said, target.continues) | _limits(call.body)
            return await self._open(call, target)

        try:
            if call.bearer:
                call.body = await call.bearer.again(part.target, part.own_usage(), call.body)
            stream = await call.first(ask)
        except MaruError as error:
            raise broken from error
        tried = {stream.target, *(target for target, _ in call.route.trail)}
        self._left = [one for one in self._left if one not in tried]
        return stream


def _begun(body: Body, said: _Said, how: str | None = None) -> Body:
    """The request with the answer's beginning as its last message, in the way that a target wants it."""
    begun = {"role": "assistant", "content": said.text.rstrip()} | ({"prefix": True} if how == "mistral" else {})
    told = {"continue_final_message": True, "add_generation_prompt": False} if how == "vllm" else {}
    return {**body, "messages": [*body["messages"], begun], **told}


def _limits(body: Body) -> dict[str, int]:
    return {name: body[name] for name in ("max_completion_tokens", "max_tokens") if body.get(name)}


async def _joined(rest: ModelStream, said: _Said, before: Usage) -> AsyncGenerator[Chunk]:
    """The rest's chunks as the same answer's: no role again, no blank twice, no thoughts about how to go on, usage of all parts."""
    blank = said.text[len(said.text.rstrip()) :]
    async for chunk in rest.chunks():
        choices = []
        for choice in chunk.get("choices") or ():
            delta = {name: value for name, value in (choice.get("delta") or {}).items() if name not in ("role", "reasoning_content")}
            if blank and delta.get("content"):
                same = _shared(blank, delta["content"])
                blank = blank[same:] if same == len(delta["content"]) else ""
                delta["content"] = delta["content"][same:]
            if delta or choice.get("finish_reason"):
                choices.append(choice | {"delta": delta})
        if usage := chunk.get("usage"):
            prompt, written = usage["prompt_tokens"] + before.prompt_tokens, usage["completion_tokens"] + before.completion_tokens
            usage = usage | {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}
        if choices or usage:
            yield chunk | {"choices": choices, "usage": usage}


def _shared(blank: str, content: str) -> int:
    """How many characters both begin with."""
    return next(
        (place for place, (one, other) in enumerate(zip(blank, content, strict=False)) if one != other), min(len(blank), len(content))
    )
