"""The guard around a chat completion: OpenAI's own words for it (``moderation``, ``refusal``, ``content_filter``), whole or streamed."""

from collections.abc import Iterator, Mapping
from typing import Any

from maru.errors import BadRequest
from maru.guard.check import Place
from maru.guard.engine import Guard
from maru.guard.masking import Restorer, Vault
from maru.guard.messages import CALLS, OLD_CALL, TEXTS, Body, places, predicted, rewritten, texts
from maru.guard.parameters import Parameters
from maru.guard.policy import CheckRule, Policy
from maru.guard.stream import GuardedStream
from maru.guard.vocabulary import CATEGORIES
from maru.guard.written import ANSWER, CALL, CALLED, CHOICE, MESSAGE, Texts

#: The policy of plain completions: chat's, prompts' and chains'.
POLICY = "completions"
MODEL = "maru-moderation"
#: Names that mean the local check; OpenAI's own are taken so that its clients need no change.
MODELS = frozenset({MODEL, "omni-moderation-latest", "omni-moderation-2024-09-26", "text-moderation-latest", "text-moderation-stable"})
#: Places of what a request brings.
_ASKING: tuple[Place, ...] = ("input", "history", "tool_result")
_SCORES = Policy(name="scores", checks={"moderation": CheckRule(default="score", threshold=0.0)})


class Screen:
    """The guard of one completion. ``asked`` is the request's ``moderation``: modes ``score`` and ``block`` for input and output."""

    def __init__(self, guard: Guard, policy: Policy, asked: Mapping[str, Any] | None) -> None:
        self._guard, self._policy, self._vault = guard, policy, Vault()
        self._modes = _modes(asked)
        self._model = str((asked or {}).get("model") or MODEL)
        self._streaming = _holding(policy) if self._modes.get("output") == "block" else policy
        self._results: dict[str, Body] = {}
        #: Checks that gave no answer and without which texts went on.
        self.unchecked: set[str] = set()
        self._formed = False
        self._tools: frozenset[str] = frozenset()
        self._beside = Parameters(guard, policy, self._vault)
        self.refusal = ""

    @property
    def policy(self) -> Policy:
        """What it goes by."""
        return self._policy

    @property
    def idle(self) -> bool:
        """Whether answers go back as they are."""
        told = self._modes or self.unchecked or not self._vault.empty
        return not (self._policy.acts("output") or self._policy.acts("tool_arguments") or told)

    @property
    def silent(self) -> bool:
        """Whether no sound leaves: nothing here hears what the policy would hide in it."""
        return self._policy.acts("output") or self._modes.get("output") == "block"

    @property
    def hiding(self) -> bool:
        """Whether anything of what a model writes is hidden, so that only what was read may leave."""
        return self.silent or self._policy.acts("tool_arguments")

    def only(self, value: Body, names: frozenset[str]) -> Body:
        """The object with these fields alone where the policy hides anything."""
        return {name: one for name, one in value.items() if name in names} if self.hiding else value

    def message(self, value: Body) -> Body:
        """A message, or a part of one, with what may leave of it."""
        return self.only(value, MESSAGE if self.silent else MESSAGE | {"audio"})

    async def request(self, body: Body, *, repairs: int = 0) -> Body:
        """The body as the model may see it; :attr:`refusal` is set where it must not see it at all.

        The last ``repairs`` messages are what a model answered so far and what was wrong with that: they do not make what was asked
        before them history.
        """
        body = {name: value for name, value in body.items() if name != "moderation"}
        self._formed = (body.get("response_format") or {}).get("type", "text") != "text"
        if self._modes:
            await self._moderate("input", "\n".join(texts(body["messages"])))
        if any(self._policy.active(place) for place in _ASKING):
            body = await self._let_all(body, repairs)
        self._tools = frozenset(_names_of(body))
        return body

    async def _let_all(self, body: Body, repairs: int) -> Body:
        body = await self._beside.let(body)
        first = len(body["messages"]) - repairs
        repaired: list[Place] = ["history"] * repairs
        sent = zip(body["messages"], [*places(body["messages"][:first]), *repaired], strict=True)
        body["messages"] = [await rewritten(message, place, self._let, self._beside.named) for message, place in sent]
        if repairs:  # they hold the caller's own words again
            body["messages"][first:] = self._vault.hidden(body["messages"][first:])
        if body.get("prediction"):
            body["prediction"] = await predicted(body["prediction"], self._let)
        self.unchecked |= self._beside.unchecked
        if self._beside.refused:
            self.refusal = self._policy.blocked_input.en
        return body

    async def answer(self, body: Body) -> Body:
        """A whole answer as the caller may get it."""
        body = self.only(body, ANSWER)
        body["choices"] = [self.only(choice, CHOICE) for choice in body["choices"]]
        for choice in body["choices"]:
            message = choice["message"] = self.message(choice["message"])
            blocked = await self._written(message)
            if choice.get("logprobs"):
                choice["logprobs"] = None  # what each token might have been would tell what is hidden of them
            await self._moderate("output", message.get("content") or "")
            if blocked or self.refusal:
                message |= {name: None for name in TEXTS if name in message} | {"content": None, "refusal": self._policy.blocked_output.en}
                message.pop("tool_calls", None)
                message.pop(OLD_CALL, None)
                message.pop("annotations", None)
                choice["finish_reason"] = "content_filter"
        return self.told(body)

    def refused(self, alias: str, id_: str, created: int) -> Body:
        """The completion that says no instead of a model."""
        message = {"role": "assistant", "content": None, "refusal": self.refusal}
        choice = {"index": 0, "message": message, "finish_reason": "content_filter", "logprobs": None}
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        return self.told({"id": id_, "object": "chat.completion", "created": created, "model": alias, "choices": [choice], "usage": usage})

    def hidden(self, body: Body) -> Body:
        """The body with placeholders for what was masked: what is stored of it."""
        return self._vault.hidden(body)

    def told(self, body: Body) -> Body:
        """The body with the ``moderation`` object where the request asked for one, and with what went on without a check."""
        if self.unchecked:
            body = body | {"guard": {"policy": self._policy.name, "unchecked": sorted(self.unchecked)}}
        if not self._modes:
            return body
        missing = {"type": "error", "code": "not_run", "message": "Nothing was there to be moderated."}
        return body | {"moderation": {place: self._results.get(place, missing) for place in ("input", "output")}}

    def stream(self, place: Place) -> GuardedStream:
        """The guard over one streamed text; what it masks never bears the name of something of the caller's."""
        return GuardedStream(self._guard, self._streaming, place, vault=self._vault.apart(), known=self._vault)

    def count(self, stream: GuardedStream) -> None:
        """Count what a streamed text held."""
        self.unchecked |= stream.unchecked
        self._guard.count(stream.decision(), stream.place, self._policy, stream.offending)

    def restorer(self, place: Place, *, plain: bool = False) -> Restorer:
        """What gives the caller's own words back, in JSON as JSON writes them; ``plain`` is what a tool takes as it stands."""
        return Restorer(self._vault, within_json=not plain if place == "tool_arguments" else self._formed)

    def sentence(self) -> str:
        """What is said where the output was cut off."""
        return self._policy.blocked_output.en

    async def moderated(self, text: str) -> None:
        """Score what was streamed."""
        await self._moderate("output", text)

    async def called(self, name: str, texts: Texts) -> str:
        """The caller's own name of a tool that a model calls; one that nobody offered is a text as any other."""
        own = next((old for old, new in self._beside.renames.items() if new == name), None)
        if own is None and self.hiding and name not in self._tools:
            return await texts.apart(name, "tool_arguments")
        return name if own is None else own

    async def _written(self, message: Body) -> bool:
        """Rewrite what a model wrote, its calls of tools included; whether any of it is blocked."""
        written = Texts(self)
        for name in TEXTS:
            if isinstance(message.get(name), str) and message[name]:
                message[name] = await written.whole(message[name], "output")
        if message.get("annotations"):
            message["annotations"] = await written.all_of(message["annotations"])
        if message.get("tool_calls"):
            message["tool_calls"] = [self.only(one, CALL) for one in message["tool_calls"]]
        old = {"function": message.get(OLD_CALL)}
        for holder in (*(message.get("tool_calls") or ()), old):
            await self._calls(holder, written)
        if old["function"]:
            message[OLD_CALL] = old["function"]
        return written.blocked

    async def _calls(self, holder: Body, written: Texts) -> None:
        for kind in CALLS.keys() & {name for name, one in holder.items() if one}:
            call = holder[kind] = self.only(holder[kind], CALLED)
            if call.get("name"):
                call["name"] = await self.called(call["name"], written)
            if call.get(name := CALLS[kind]):
                call[name] = await written.whole(call[name], "tool_arguments", plain=kind == "custom")

    async def _let(self, text: str, place: Place) -> str:
        decision = await self._guard.check(text, place, self._policy, vault=self._vault)
        self.unchecked |= set(decision.unchecked)
        if decision.blocked:
            self.refusal = self._policy.blocked_input.en
        return decision.output

    async def _moderate(self, place: Place, text: str) -> None:
        mode = self._modes.get(place)
        if mode is None:
            return
        found = await self._guard.found(text, place, _SCORES, ["moderation"])
        if found.failed:
            message = "The text could not be moderated."
            self._results[place] = {"type": "error", "code": "moderation_unavailable", "message": message}
        else:
            scores = {name: max((one.score for one in found.findings if one.label == name), default=0.0) for name in CATEGORIES}
            flags = {name: score >= self._policy.threshold("moderation", name) for name, score in scores.items()}
            self._results[place] = _results(self._model, scores, flags)
        if mode == "block" and (found.failed or self._results[place]["results"][0]["flagged"]):
            self.refusal = (self._policy.blocked_input if place == "input" else self._policy.blocked_output).en


def _holding(policy: Policy) -> Policy:
    """The policy, and no sentence leaves that moderation does not let go."""
    rule = policy.checks.get("moderation", CheckRule()).model_copy(update={"output": "block"})
    return policy.model_copy(update={"hold": "sentence", "checks": {**policy.checks, "moderation": rule}})


def _modes(asked: Mapping[str, Any] | None) -> dict[str, str]:
    """Modes by place; raises BadRequest for others than OpenAI's."""
    if asked is None:
        return {}
    if asked.get("model", MODEL) not in MODELS:
        raise BadRequest("There is no such moderation model.", param="moderation.model", code="model_not_found")
    policy = asked.get("policy") or {}
    modes = {place: (policy.get(place) or {}).get("mode", "score") for place in ("input", "output")}
    if wrong := next((place for place, mode in modes.items() if mode not in {"score", "block"}), None):
        raise BadRequest("A mode is 'score' or 'block'.", param=f"moderation.policy.{wrong}.mode", code="invalid_value")
    return modes


def _results(model: str, scores: Mapping[str, float], flags: Mapping[str, bool]) -> Body:
    result = {
        "type": "moderation_result",
        "model": model,
        "flagged": any(flags.values()),
        "categories": dict(flags),
        "category_scores": dict(scores),
        "category_applied_input_types": {name: ["text"] for name in CATEGORIES},
    }
    return {"type": "moderation_results", "model": model, "results": [result]}


def _names_of(body: Body) -> Iterator[str]:
    """Names of the tools that a model is offered."""
    for tool in body.get("tools") or ():
        yield from (str(tool[kind].get("name")) for kind in CALLS if isinstance(tool.get(kind), dict))
    yield from (str(one.get("name")) for one in body.get("functions") or ())
