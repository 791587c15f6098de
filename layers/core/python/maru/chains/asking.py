"""The model step: a prompt rendered, asked with fallbacks, streamed into the run's events, held to its schema."""

import asyncio
import json
import random
import re
import time
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from maru.chains.calls import Call, Calls
from maru.chains.failures import GuardBlocked, InvalidRequest, SchemaUnmet
from maru.chains.kinds import Model
from maru.chains.spending import Spent
from maru.errors import MaruError, RateLimited
from maru.guard.completions import Screen
from maru.guard.engine import Guard
from maru.guard.policy import Policy
from maru.guard.screened import ScreenedStream
from maru.identity import Caller
from maru.ledger import lost
from maru.ledger.charge import Charge
from maru.ledger.meter import Meter
from maru.ledger.plans import NANO
from maru.ledger.writes import Write
from maru.models import ModelClient, record
from maru.models.catalogue import Alias
from maru.models.failures import RETRYABLE
from maru.prompts.store import PromptStore
from maru.prompts.template import Template, TemplateMessage, Variable
from maru.telemetry import Telemetry

_FENCE = re.compile(r"^\s*```(?:json)?\s*\n(.*?)\n\s*```\s*$", re.DOTALL | re.IGNORECASE)
_CUT_OFF = "content_filter"
_BLOCKED = "guard"  # why an answer ended that our own guard cut off
#: What branches reserved of a run's cost cap is waited for so long.
_PATIENCE_SECONDS = 60.0
_TOLD = 5  # mistakes of an answer that the model is told at once

_REPAIR = "Your answer does not fit. Answer again with the whole corrected JSON and nothing else. Mistakes:\n- "

type Say = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What is asked, whole: everything that decides the answer is in it, and so in the step's hash."""

    messages: list[dict[str, str]]
    aliases: tuple[str, ...]
    parameters: dict[str, Any]
    schema: dict[str, Any] | None
    repairs: int
    prompt: dict[str, Any] | None = field(default=None)

    def content(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def asked(step: Model, values: dict[str, Any], prompts: PromptStore, tenant: str, versions: dict[str, Any]) -> Asked:
    """Render a step; ``versions`` puts other versions in place of the prompts named there. Raises the prompts' errors."""
    if step.prompt is not None:
        name, _, which = step.prompt.partition("@")
        found = prompts.find(tenant, name, str(versions.get(name) or which or "live"))
        template, about = found.template, {"name": name, "version": found.version, "checksum": found.checksum}
    else:
        template, about, values = _inline(step), None, {name: _text(value) for name, value in values.items()}
    alias = step.model or template.model or "default"
    parameters = {**template.parameters, **step.parameters}
    return Asked(template.render(values), (alias, *step.fallbacks), parameters, step.json_schema, step.repairs, about)


def _inline(step: Model) -> Template:
    messages = tuple(TemplateMessage(role=one.role, content=one.content) for one in step.messages or ())
    return Template(messages=messages, variables=dict.fromkeys(step.variables, Variable()))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Asker:
    """Asks for one run: under its caller's budgets and its own cap, behind the guard."""

    def __init__(
        self,
        models: ModelClient,
        meter: Meter,
        caller: Caller,
        log: Telemetry,
        *,
        guard: Guard,
        policy: Policy,
        calls: Calls,
        spent: Spent,
        classes: Collection[str] = (),
    ) -> None:
        """``classes`` are the data classes of the documents that the run has read: what it asks may hold some of them.

        ``spent`` counts what is found of earlier attempts; the meter tells it of every call that is made now.
        """
        self._models, self._meter, self._caller, self._log, self._calls = models, meter, caller, log, calls
        self._guard, self._policy, self._classes = guard, policy, classes
        self.spent = spent
        #: Checks without which texts went to models or came from them.
        self.unchecked: set[str] = set()

    async def answer(self, ask: Asked, say: Say) -> dict[str, Any]:
        """``{text, json, model, finish_reason}``; what the model writes goes to ``say`` as it comes.

        Raises the last model's error where all fail, :class:`GuardBlocked` where the policy does, and :class:`SchemaUnmet`.
        """
        last: MaruError | None = None
        for alias in ask.aliases:
            try:
                return await self._fitting(alias, ask, say)
            except (*RETRYABLE, SchemaUnmet) as error:
                if isinstance(error, MaruError) and error.code in {"insufficient_quota", "run_cost_cap"}:
                    raise
                last = error if isinstance(error, MaruError) else last
                if alias == ask.aliases[-1]:
                    raise
        raise last or InvalidRequest("No model is named.")

    async def _fitting(self, alias: str, ask: Asked, say: Say) -> dict[str, Any]:
        messages: list[dict[str, str]] = list(ask.messages)
        mistakes: list[str] = []
        for _ in range(ask.repairs + 1):
            body = {**ask.parameters, **self._format(alias, ask.schema, messages)}
            text, reason = await self._once(alias, body, say, repairs=len(messages) - len(ask.messages))
            if ask.schema is None:
                return {"text": text, "json": None, "model": alias, "finish_reason": reason}
            found, mistakes = fitted(text, ask.schema)
            if not mistakes:
                return {"text": text, "json": found, "model": alias, "finish_reason": reason}
            told = _REPAIR + "\n- ".join(mistakes)
            messages = [*ask.messages, {"role": "assistant", "content": text or "(empty)"}, {"role": "user", "content": told}]
        raise SchemaUnmet(f"The answer of '{alias}' does not fit its schema after {ask.repairs} repairs: {'; '.join(mistakes)[:500]}")

    def _format(self, alias: str, schema: dict[str, Any] | None, messages: list[dict[str, str]]) -> dict[str, Any]:
        """How the schema is told to a model: by its own means where it has some, else in words."""
        if schema is None:
            return {"messages": messages}
        abilities = self._models.catalogue.find(alias, "chat").abilities
        if "json_schema" in abilities:
            format_ = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
            return {"messages": messages, "response_format": format_}
        words = "Answer with JSON that fits this JSON schema, and nothing else:\n" + json.dumps(schema, ensure_ascii=False)
        told = [{"role": "system", "content": words}, *messages]
        return {"messages": told} | ({"response_format": {"type": "json_object"}} if "json_object" in abilities else {})

    async def _once(self, alias: str, body: dict[str, Any], say: Say, *, repairs: int) -> tuple[str, str]:
        call = self._calls.next([alias, body])
        if call is None:
            call = await self._made(alias, body, say, repairs=repairs)
        else:
            say(call.text)
            if not call.counted:
                self.spent.add({name: getattr(call, name) for name in ("input_tokens", "output_tokens", "cost")})
        if call.reason == _BLOCKED:
            raise GuardBlocked(f"The policy '{self._policy.name}' blocked the answer.")
        return call.text, call.reason

    async def _made(self, alias: str, body: dict[str, Any], say: Say, *, repairs: int) -> Call:
        """Call a model; its answer is kept by the write that settles what it cost."""
        found = self._models.catalogue.find(alias, "chat")
        screen = Screen(self._guard, self._policy, None)
        body = await screen.request(body, repairs=repairs)
        if screen.refusal:
            raise GuardBlocked(f"The policy '{self._policy.name}' blocked what the step asks.")
        if attempts := self._calls.lost():
            settled = lost.settle(self._meter, self._caller, found, body, attempts=attempts, since=self._calls.since)
            self.spent.lost, self.spent.estimated = await settled
        route = await self._models.route(found, body, classes=self._classes)
        charge = await self._charged(route.alias, body)
        text, reason = [], "stop"
        stream = None
        kept: list[Write] = []
        try:
            with charge.attempt():
                stream = await self._models.stream(route, charge.body)
                async with stream:
                    async for piece, ended in _pieces(stream if screen.idle else ScreenedStream(stream, screen)):
                        text.append(piece)
                        say(piece)
                        reason = ended or reason
            charge.route = stream.route
            charge.answered(stream.target, stream.usage_so_far(), first_at=stream.first_at)
            call = _call(charge, "".join(text), _BLOCKED if reason == _CUT_OFF and not screen.idle else reason)
            kept.append(self._calls.keeping(call))
        finally:
            self.unchecked |= screen.unchecked
            await charge.close(kept)
            if stream is not None:
                record(self._log, self._caller, alias, target=stream.target, usage=stream.usage, cost_usd=stream.cost_usd)
        return call

    async def _charged(self, alias: Alias, body: dict[str, Any]) -> Charge:
        """Reserve for a call. What other branches of the run reserved and may give back is waited for."""
        until, pause = time.monotonic() + _PATIENCE_SECONDS, 0.5
        while True:
            try:
                return await self._meter.chat(self._caller, alias, body, {})
            except RateLimited as error:
                if error.code != "run_cost_cap" or not error.retry_after or time.monotonic() > until:
                    raise
            await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - spreads branches, decides nothing
            pause = min(5.0, pause * 1.5)


def _call(charge: Charge, text: str, reason: str) -> Call:
    usage, cost = charge.used
    return Call(text, reason, usage.prompt_tokens, usage.completion_tokens, cost=None if cost is None else int(cost * NANO), counted=False)


async def _pieces(stream: Any) -> AsyncIterator[tuple[str, str | None]]:
    """What a stream says, piece by piece, and why it ended with the last: ``refusal`` where the model told that it will not answer."""
    refused = False
    async for chunk in stream.chunks():
        for choice in chunk.get("choices") or ():
            delta, ended = choice.get("delta") or {}, choice.get("finish_reason")
            said = delta.get("refusal") if ended != _CUT_OFF else None  # the guard's own sentence is no answer
            refused = refused or bool(said)
            yield delta.get("content") or said or "", "refusal" if refused and ended == "stop" else ended


def fitted(text: str, schema: dict[str, Any]) -> tuple[Any, list[str]]:
    """The JSON of an answer, and what is wrong with it under its schema."""
    from jsonschema import Draft202012Validator

    fenced = _FENCE.match(text)
    try:
        found = json.loads(fenced[1] if fenced else text)
    except ValueError:
        return None, ["this is no JSON"]
    errors = sorted(Draft202012Validator(schema).iter_errors(found), key=lambda error: list(map(str, error.path)))
    return found, [f"{'/'.join(map(str, error.path)) or 'the whole'}: {error.message[:200]}" for error in errors[:_TOLD]]
