"""Google's Gemini in its own language: generateContent and streamGenerateContent.

Source: https://ai.google.dev/api/generate-content
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from maru.errors import BadRequest, MaruError
from maru.models.catalogue import Target
from maru.models.images import Image
from maru.models.providers.asked import Asked, Schema, Tool, tier
from maru.models.providers.conversation import Body, Call, Text, Turn, alternating, arguments
from maru.models.providers.pen import Form
from maru.models.providers.refusals import parsed, refusal
from maru.models.providers.wire import Ask, EventsDecoder, Translator, Wire

_SIMPLE = {
    "temperature": "temperature",
    "top_p": "topP",
    "n": "candidateCount",
    "seed": "seed",
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
}
_ALSO = ("service_tier", "reasoning_effort", "n", "seed", "presence_penalty", "frequency_penalty", "detail")
#: Standard is what is had where nothing is said. Source: `ServiceTier` of google-genai, their own client
_TIERS = {"auto": None, "default": None, "flex": "flex", "priority": "priority"}
_EFFORTS = ("minimal", "low", "medium", "high", "xhigh")
#: Tokens of thinking for models that take a number. Source: https://ai.google.dev/gemini-api/docs/openai
_BUDGETS = {"none": 0, "minimal": 1024, "low": 1024, "medium": 8192, "high": 24576, "xhigh": 24576}
#: What the documentation gives for calls whose signature is lost. Source: https://ai.google.dev/gemini-api/docs/thought-signatures
_NO_SIGNATURE = "skip_thought_signature_validator"
_FILTERS = ("SAFETY", "RECITATION", "LANGUAGE", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "ESCALATION", "MODEL_ARMOR")
_IMAGE_FILTERS = ("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER", "NO_IMAGE", "PUP_LIMITED_DISABLED")
#: Source: https://ai.google.dev/api/generate-content#FinishReason
_ENDS = {"STOP": "stop", "MAX_TOKENS": "length", "CONTINUATION": "length"} | dict.fromkeys(_FILTERS + _IMAGE_FILTERS, "content_filter")


def ask(target: Target, body: Body, stream: bool) -> Ask:
    """The request; raises :class:`BadRequest` for what the API has no place for."""
    asked = Asked.of(body, also=_ALSO)
    request: dict[str, Any] = {"contents": alternating(asked.turns, _parts, assistant="model", content="parts")}
    if asked.system:
        request["systemInstruction"] = {"parts": [{"text": text.text} for text in asked.system]}
    if config := _config(asked, target, body):
        request["generationConfig"] = config
    if service := tier(body, _TIERS):
        request["serviceTier"] = service
    if asked.tools:
        request["tools"] = [{"functionDeclarations": [_tool(tool) for tool in asked.tools]}]
        request["toolConfig"] = {"functionCallingConfig": _choice(asked.choice)}
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return Ask(f"/models/{target.model.removeprefix('models/')}:{method}", request)


def _parts(turn: Turn) -> Iterator[dict[str, Any]]:
    if turn.role == "result":
        # A result is an object: one that is none is put into the field that the documentation names.
        yield {"functionResponse": {"id": turn.call_id, "name": turn.name, "response": _object(turn.text)}}
        yield from (_part(part) for part in turn.parts if isinstance(part, Image))
        return
    yield from (_part(part) for part in turn.parts)
    for index, call in enumerate(turn.calls):
        yield _call(call, first=index == 0)


def _part(part: Text | Image) -> dict[str, Any]:
    return {"text": part.text} if isinstance(part, Text) else {"inlineData": {"mimeType": part.kind, "data": part.data}}


def _call(call: Call, *, first: bool) -> dict[str, Any]:
    part: dict[str, Any] = {"functionCall": {"id": call.id, "name": call.name, "args": arguments(call.arguments)}}
    signature = ((call.extra or {}).get("google") or {}).get("thought_signature")
    if signature or first:
        part["thoughtSignature"] = signature or _NO_SIGNATURE
    return part


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    return value if isinstance(value, dict) else {"result": value}


def _tool(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description or tool.name, "parametersJsonSchema": tool.parameters}


def _choice(choice: str) -> dict[str, Any]:
    if choice.startswith(":"):
        return {"mode": "ANY", "allowedFunctionNames": [choice[1:]]}
    return {"mode": {"auto": "AUTO", "none": "NONE", "required": "ANY"}[choice]}


def _config(asked: Asked, target: Target, body: Body) -> dict[str, Any]:
    config = {theirs: body[ours] for ours, theirs in _SIMPLE.items() if body.get(ours) is not None}
    if limit := asked.max_tokens or target.max_output:
        config["maxOutputTokens"] = limit
    if asked.stop:
        config["stopSequences"] = asked.stop
    if asked.schema:
        config |= _form(asked.schema)
    if resolution := _resolution(asked):
        config["mediaResolution"] = resolution
    if (effort := body.get("reasoning_effort")) is not None:
        config["thinkingConfig"] = {"includeThoughts": effort != "none", **_thinking(effort, target)}
    return config


def _resolution(asked: Asked) -> str | None:
    """How finely images are looked at: one word for all of them, so that the finest that was asked for counts."""
    details = {part.detail for turn in asked.turns for part in turn.parts if isinstance(part, Image)}
    if "high" in details:
        return "MEDIA_RESOLUTION_HIGH"
    return "MEDIA_RESOLUTION_LOW" if details == {"low"} else None


def _form(schema: Schema) -> dict[str, Any]:
    shaped = {"responseJsonSchema": schema.schema} if schema.schema else {}
    return {"responseMimeType": "application/json", **shaped}


def _thinking(effort: str, target: Target) -> dict[str, Any]:
    if target.thinking == "budget" and effort in _BUDGETS:
        return {"thinkingBudget": _BUDGETS[effort]}
    if target.thinking == "effort" and effort in _EFFORTS:
        return {"thinkingLevel": effort}
    raise BadRequest(f"'reasoning_effort' is one of {', '.join(_EFFORTS)} here.", param="reasoning_effort")


class _Content(Translator):
    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self._named = False
        self._used: Mapping[str, Any] | None = None
        self._calls = 0
        self._failed = False

    def whole(self, answer: Any) -> None:
        """The answer of generateContent, which is a stream of one event."""
        self.event(answer)
        self.ended()

    def event(self, event: Any) -> None:
        """A GenerateContentResponse: each has a part of the answer."""
        if "error" in event:
            self._failed = True
            self.pen.error(event["error"]["message"], event["error"].get("code") or 500)
            return
        if not self._named:
            self._named = True
            self.pen.begin(event.get("responseId"))
        self._used = event.get("usageMetadata") or self._used
        for candidate in event.get("candidates") or ():
            self._candidate(candidate)
        if (event.get("promptFeedback") or {}).get("blockReason"):
            self.pen.finish("content_filter")

    def _candidate(self, candidate: Any) -> None:
        choice = candidate.get("index", 0)
        for part in (candidate.get("content") or {}).get("parts") or ():
            if "functionCall" in part:
                self._call(part, choice)
            elif part.get("thought"):
                self.pen.reasoning(part.get("text", ""), choice)
            else:
                self.pen.text(part.get("text", ""), choice)
        reason = candidate.get("finishReason", "FINISH_REASON_UNSPECIFIED")
        if reason != "FINISH_REASON_UNSPECIFIED":
            ending = _ENDS.get(reason, reason)
            self.pen.finish("tool_calls" if ending == "stop" and self.pen.called(choice) else ending, choice)

    def _call(self, part: Any, choice: int) -> None:
        call, self._calls = part["functionCall"], self._calls + 1
        signature = part.get("thoughtSignature")
        extra = {"google": {"thought_signature": signature}} if signature else None
        self.pen.call(self._calls, call.get("id"), call["name"], choice=choice, extra=extra)
        self.pen.arguments(self._calls, json.dumps(call.get("args") or {}, ensure_ascii=False, separators=(",", ":")), choice)

    def ended(self) -> None:
        """The last event is not marked: what came last counts."""
        if not self.pen.ended or self._failed:
            return
        if used := self._used:
            prompt = (used.get("promptTokenCount") or 0) + (used.get("toolUsePromptTokenCount") or 0)
            thought = used.get("thoughtsTokenCount") or 0
            cached = used.get("cachedContentTokenCount") or 0
            told = str(used.get("serviceTier") or "unspecified").lower()
            self.pen.tier({"unspecified": None, "standard": "default"}.get(told, told))
            self.pen.usage(prompt, (used.get("candidatesTokenCount") or 0) + thought, cached=cached, reasoning=thought)
        self.pen.done()


def refused(alias: str, status: int, headers: Mapping[str, str], body: bytes) -> MaruError:
    """The error for a refusal. A wrong key is a 400 here; the wait stands among the details."""
    error = parsed(body).get("error") or {}
    details = [one for one in error.get("details") or () if isinstance(one, dict)]
    if any(one.get("reason") == "API_KEY_INVALID" for one in details):
        status = 401
    waits = [str(one["retryDelay"]).removesuffix("s").split(".")[0] for one in details if "retryDelay" in one]
    return refusal(alias, status, headers, error.get("message"), wait=waits[0] if waits else None)


WIRE = Wire(ask, _Content, lambda form: EventsDecoder(_Content(form)), refused, key_header="x-goog-api-key")
