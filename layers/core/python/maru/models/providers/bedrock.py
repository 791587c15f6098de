"""Amazon Bedrock's Converse and ConverseStream, for every model of it, imported and provisioned ones by their ARN.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and …_ConverseStream.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from maru.errors import MaruError
from maru.models import failures
from maru.models.catalogue import Target
from maru.models.images import Image
from maru.models.providers.asked import Asked, Tool, tier
from maru.models.providers.conversation import Body, Text, Turn, alternating, arguments, plain_id
from maru.models.providers.eventstream import Message
from maru.models.providers.pen import ANSWER_TOOL, Form
from maru.models.providers.refusals import parsed, refusal
from maru.models.providers.wire import Ask, FramesDecoder, Translator, Wire, understood

#: Where caching must be asked for; elsewhere a cache point is an error. Characters of the shortest prompt worth it, about.
#: Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
_CACHING = ("anthropic.", "amazon.nova")
_WORTH_CACHING = 4096
_POINT = {"cachePoint": {"type": "default"}}
_EFFORTS = ("minimal", "low", "medium", "high", "xhigh", "max")
_TIERS = {"auto": None, "default": "default", "flex": "flex", "priority": "priority"}
_STOPS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}
_EXCEPTIONS = {"validationException": 400, "throttlingException": 429, "serviceUnavailableException": 503}
# A model that is being loaded and one that took too long are as good as absent; a model's own failure is nobody else's.
_STATUS = {"ModelNotReadyException": 503, "ModelTimeoutException": 503, "ModelErrorException": 502}


def ask(target: Target, body: Body, stream: bool) -> Ask:
    """The request; raises :class:`BadRequest` for what the API has no place for."""
    asked = Asked.of(body, also=("reasoning_effort", "service_tier"))
    if not asked.parallel and asked.tools and not body.get("functions"):
        raise failures.Unsupported("Parallel tool calls cannot be switched off here.", param="parallel_tool_calls", code="unsupported")
    service = tier(body, _TIERS)
    wanted: dict[str, Any] = {
        "system": [{"text": text.text} for text in asked.system],
        "inferenceConfig": _inference(asked, target, body),
        "toolConfig": _tools(asked, target),
        "outputConfig": _output(asked, target) | _effort(body),
        "serviceTier": {"type": service} if service else None,
        "requestMetadata": body.get("metadata"),
    }
    request = {"messages": alternating(asked.turns, _blocks)} | {name: value for name, value in wanted.items() if value}
    if any(name in target.model for name in _CACHING):
        _cache(request, asked)
    return Ask(f"/model/{quote(target.model, safe='')}/converse{'-stream' if stream else ''}", request)


def _blocks(turn: Turn) -> Iterator[dict[str, Any]]:
    said = [_block(part) for part in turn.parts]
    if turn.role == "result":
        yield {"toolResult": {"toolUseId": plain_id(turn.call_id), "content": said or [{"text": ""}]}}
        return
    yield from said
    for call in turn.calls:
        yield {"toolUse": {"toolUseId": plain_id(call.id), "name": call.name, "input": arguments(call.arguments)}}


def _block(part: Text | Image) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"text": part.text}
    return {"image": {"format": part.kind.removeprefix("image/"), "source": {"bytes": part.data}}}


def _inference(asked: Asked, target: Target, body: Body) -> dict[str, Any]:
    told = {
        "maxTokens": asked.max_tokens or target.max_output,
        "temperature": body.get("temperature"),
        "topP": body.get("top_p"),
        "stopSequences": asked.stop or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _tools(asked: Asked, target: Target) -> dict[str, Any]:
    if asked.choice == "none":
        if asked.has_calls:
            raise failures.Unsupported("Tools that were used cannot be switched off here.", param="tool_choice", code="unsupported")
        listed = []
    else:
        listed = [_tool(tool) for tool in asked.tools]
    forced = asked.schema and target.json_by == "tool"
    if forced and asked.schema:
        schema = asked.schema.schema or {"type": "object"}
        listed.append(_tool(Tool(ANSWER_TOOL, asked.schema.description or "Give the answer.", schema, strict=False)))
    if not listed:
        return {}
    choice: dict[str, Any] = {"auto": {}}
    if asked.choice.startswith(":"):
        choice = {"tool": {"name": asked.choice[1:]}}
    elif forced and len(listed) == 1:
        choice = {"tool": {"name": ANSWER_TOOL}}
    elif forced or asked.choice == "required":
        choice = {"any": {}}
    return {"tools": listed, "toolChoice": choice}


def _tool(tool: Tool) -> dict[str, Any]:
    described = {"description": tool.description} if tool.description else {}
    strict = {"strict": True} if tool.strict else {}
    return {"toolSpec": {"name": tool.name, **described, **strict, "inputSchema": {"json": tool.parameters}}}


def _output(asked: Asked, target: Target) -> dict[str, Any]:
    if asked.schema is None or target.json_by == "tool":
        return {}
    if asked.schema.schema is None:
        raise failures.Unsupported("Give a json_schema: this model knows no json_object.", param="response_format", code="unsupported")
    schema = {"schema": json.dumps(asked.schema.schema, ensure_ascii=False), "name": asked.schema.name}
    return {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": schema}}}


def _effort(body: Body) -> dict[str, Any]:
    effort = body.get("reasoning_effort")
    if effort is None:
        return {}
    if effort not in _EFFORTS:
        raise failures.Unsupported(
            f"'reasoning_effort' is one of {', '.join(_EFFORTS)} here.", param="reasoning_effort", code="unsupported"
        )
    return {"effort": "low" if effort == "minimal" else effort}


def _cache(request: dict[str, Any], asked: Asked) -> None:
    if asked.long(_WORTH_CACHING) and "system" in request:
        request["system"].append(_POINT)
    if asked.goes_on(_WORTH_CACHING):
        request["messages"][-1]["content"].append(_POINT)


class _Converse(Translator):
    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self._bare: set[int] = set()

    def whole(self, answer: Any) -> None:
        """The answer of Converse."""
        self.pen.tier((answer.get("serviceTier") or {}).get("type"))
        for index, block in enumerate(answer["output"]["message"]["content"]):
            if "text" in block:
                self.pen.text(block["text"])
            elif "citationsContent" in block:
                self.pen.text("".join(part.get("text", "") for part in block["citationsContent"].get("content") or ()))
            elif "reasoningContent" in block:
                self.pen.reasoning(block["reasoningContent"].get("reasoningText", {}).get("text", ""))
            elif "toolUse" in block:
                self.pen.call(index, block["toolUse"]["toolUseId"], block["toolUse"]["name"])
                self.pen.arguments(index, json.dumps(block["toolUse"]["input"], ensure_ascii=False, separators=(",", ":")))
        self._finish(answer["stopReason"])
        self._usage(answer["usage"])

    def event(self, event: Any) -> None:
        """One event: its type and its members."""
        ((kind, value),) = event.items()
        match kind:
            case "contentBlockStart" if use := value.get("start", {}).get("toolUse"):
                self._bare.add(value["contentBlockIndex"])
                self.pen.call(value["contentBlockIndex"], use["toolUseId"], use["name"])
            case "contentBlockDelta":
                self._delta(value["contentBlockIndex"], value["delta"])
            case "contentBlockStop" if value["contentBlockIndex"] in self._bare:
                self.pen.arguments(value["contentBlockIndex"], "{}")
            case "messageStop":
                self._finish(value["stopReason"])
            case "metadata":
                self.pen.tier((value.get("serviceTier") or {}).get("type"))
                self._usage(value["usage"])
                self.pen.done()

    def _delta(self, index: int, delta: Any) -> None:
        self.pen.text(delta.get("text", ""))
        self.pen.reasoning(delta.get("reasoningContent", {}).get("text", ""))
        if text := delta.get("toolUse", {}).get("input"):
            self._bare.discard(index)
            self.pen.arguments(index, text)

    def _finish(self, reason: str) -> None:
        self.pen.finish(_STOPS.get(reason, reason))

    def _usage(self, used: Mapping[str, Any]) -> None:
        cached, written = used.get("cacheReadInputTokens") or 0, used.get("cacheWriteInputTokens") or 0
        self.pen.usage(used["inputTokens"] + cached + written, used["outputTokens"], cached=cached, written=written)


def _read(translator: Translator, message: Message) -> None:
    if message.failed:
        told = parsed(message.payload)
        text = told.get("message") or told.get("Message") or message.headers.get(":error-message") or "The model failed."
        translator.pen.error(text, _EXCEPTIONS.get(message.kind, 500))
    else:
        understood(translator, b'{"%b":%b}' % (message.kind.encode(), message.payload))


def refused(alias: str, status: int, headers: Mapping[str, str], body: bytes) -> MaruError:
    """The error for a refusal; its class stands in a header, before a colon."""
    kind = headers.get("x-amzn-ErrorType", "").split(":")[0]
    document = parsed(body)
    return refusal(alias, _STATUS.get(kind, status), headers, document.get("message") or document.get("Message"))


WIRE = Wire(
    ask,
    _Converse,
    lambda form: FramesDecoder(_Converse(form), _read),
    refused,
    form=lambda target, body: Form.of(target.model, body, by_tool=target.json_by == "tool"),
)
