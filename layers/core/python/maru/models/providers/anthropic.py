"""Anthropic's Messages. Source: https://platform.claude.com/docs/en/api/messages"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from maru.errors import BadRequest, MaruError
from maru.models.catalogue import Target
from maru.models.images import Image
from maru.models.providers.asked import Asked, Tool, tier
from maru.models.providers.conversation import Body, Text, Turn, alternating, arguments, plain_id
from maru.models.providers.pen import ANSWER_TOOL, Form
from maru.models.providers.refusals import parsed, refusal
from maru.models.providers.wire import Ask, EventsDecoder, Translator, Wire

#: The older version is the only one that takes temperature and top_p, from models that still do.
#: Source: https://platform.claude.com/docs/en/api/migration-2026-10-21
_VERSION, _SAMPLING_VERSION = "2026-10-21", "2023-06-01"
#: Where neither the caller nor the catalogue says how long an answer may be; every model can do it.
_MAX_TOKENS = 8192
#: Shorter prompts are not cached by any model; the API counts tokens (1,024 at least), of about four characters.
#: Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
_WORTH_CACHING = 4096
_CACHED = {"cache_control": {"type": "ephemeral"}}
_ALSO = ("parallel_tool_calls", "reasoning_effort", "service_tier")
#: Priority is had where it was bought, and told in the usage. Source: https://platform.claude.com/docs/en/api/service-tiers
_TIERS = {"auto": None, "default": "standard_only", "priority": "auto"}
_BUDGETS = {"minimal": 1024, "low": 2048, "medium": 8192, "high": 16384, "xhigh": 32768, "max": 32768}
# Source: https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
_STOPS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "pause_turn": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}
# Overloaded is a 529 of its own. Source: https://platform.claude.com/docs/en/api/errors
_STATUS = {"overloaded_error": 529, "rate_limit_error": 429, "invalid_request_error": 400, "timeout_error": 503}


def ask(target: Target, body: Body, stream: bool) -> Ask:
    """The request; raises :class:`BadRequest` for what the API has no place for."""
    asked = Asked.of(body, also=_ALSO)
    limit = asked.max_tokens or target.max_output or _MAX_TOKENS
    request: dict[str, Any] = {"model": target.model, "max_tokens": limit, "messages": alternating(asked.turns, _blocks), "stream": stream}
    if asked.system:
        request["system"] = [_block(text) for text in asked.system]
    sampling = {name: body[name] for name in ("temperature", "top_p") if body.get(name) not in (None, 1)}
    if asked.stop:
        request["stop_sequences"] = asked.stop
    if service := tier(body, _TIERS):
        request["service_tier"] = service
    if user := body.get("safety_identifier") or body.get("user"):
        request["metadata"] = {"user_id": user}
    request |= sampling | _tools(asked, target) | _thinking(asked, target, body, limit)
    if asked.schema and target.json_by == "format":
        _demand_form(request, asked)
    _cache(request, asked)
    return Ask("/v1/messages", request, {"anthropic-version": _SAMPLING_VERSION if sampling else _VERSION})


def _blocks(turn: Turn) -> Iterator[dict[str, Any]]:
    said = [_block(part) for part in turn.parts]
    if turn.role == "result":
        yield {"type": "tool_result", "tool_use_id": plain_id(turn.call_id), "content": said}
        return
    yield from said
    for call in turn.calls:
        yield {"type": "tool_use", "id": plain_id(call.id), "name": call.name, "input": arguments(call.arguments)}


def _block(part: Text | Image) -> dict[str, Any]:
    mark = _CACHED if part.breakpoint else {}
    if isinstance(part, Text):
        return {"type": "text", "text": part.text, **mark}
    return {"type": "image", "source": {"type": "base64", "media_type": part.kind, "data": part.data}, **mark}


def _tools(asked: Asked, target: Target) -> dict[str, Any]:
    tools = [_tool(tool) for tool in asked.tools]
    forced = asked.schema and target.json_by == "tool"
    if forced and asked.schema:
        schema = asked.schema.schema or {"type": "object"}
        tools.append({"name": ANSWER_TOOL, "description": asked.schema.description or "Give the answer.", "input_schema": schema})
    if not tools:
        return {}
    if forced:
        # With tools of the caller's too, the model chooses between calling one of them and answering.
        choice: dict[str, Any] = {"type": "any"} if asked.tools else {"type": "tool", "name": ANSWER_TOOL}
    elif asked.choice.startswith(":"):
        choice = {"type": "tool", "name": asked.choice[1:]}
    else:
        choice = {"type": {"required": "any"}.get(asked.choice, asked.choice)}
    if not asked.parallel and choice["type"] != "none":
        choice["disable_parallel_tool_use"] = True
    return {"tools": tools, "tool_choice": choice}


def _tool(tool: Tool) -> dict[str, Any]:
    described = {"description": tool.description} if tool.description else {}
    return {"name": tool.name, **described, "input_schema": tool.parameters, **({"strict": True} if tool.strict else {})}


def _thinking(asked: Asked, target: Target, body: Body, limit: int) -> dict[str, Any]:
    effort = body.get("reasoning_effort")
    if effort is None:
        return {}
    if effort == "none":
        return {"thinking": {"type": "disabled"}}
    if effort not in _BUDGETS:
        raise BadRequest(f"'reasoning_effort' is none of none, {', '.join(_BUDGETS)}.", param="reasoning_effort")
    if target.thinking == "effort":
        return {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low" if effort == "minimal" else effort}}
    budget = min(_BUDGETS[effort], limit - 1024)
    # An answer to a tool's result must begin with the thought that led to the call, which OpenAI's messages do not carry.
    if budget < 1024 or asked.turns[-1].role == "result":
        return {}
    return {"thinking": {"type": "enabled", "budget_tokens": budget}}


def _demand_form(request: dict[str, Any], asked: Asked) -> None:
    if asked.schema and asked.schema.schema is not None:
        request["output_config"] = request.get("output_config", {}) | {
            "format": {"type": "json_schema", "schema": closed(asked.schema.schema)}
        }
    else:
        request["system"] = [*request.get("system", []), {"type": "text", "text": "Answer with one JSON object and nothing else."}]


def closed(schema: Any) -> Any:
    """The schema with its objects closed, as the API demands."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    whole = {name: closed(value) for name, value in schema.items()}
    return whole | ({"additionalProperties": False} if schema.get("type") == "object" else {})


def _cache(request: dict[str, Any], asked: Asked) -> None:
    """Ask for the prompt's beginning to be kept where it is long enough and will be sent again.

    A write costs a quarter more than the tokens, a read a tenth of them: one further question pays for it.
    """
    if any('"cache_control"' in json.dumps(request.get(name, "")) for name in ("system", "messages")):
        return
    if asked.long(_WORTH_CACHING):
        (request.get("system") or request["tools"])[-1].update(_CACHED)
    if asked.goes_on(_WORTH_CACHING):
        request["messages"][-1]["content"][-1].update(_CACHED)


class _Messages(Translator):
    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self._used: dict[str, Any] = {}
        self._bare: set[int] = set()

    def whole(self, answer: Any) -> None:
        """A ``message`` object."""
        self.pen.begin(answer["id"])
        self._tier(answer["usage"])
        for index, block in enumerate(answer["content"]):
            self._begin_block(index, block)
            if block["type"] == "tool_use":
                self.pen.arguments(index, json.dumps(block["input"], ensure_ascii=False, separators=(",", ":")))
        self._finish(answer["stop_reason"])
        self._usage(answer["usage"])

    def event(self, event: Any) -> None:
        """An event of the stream; those that are not known are left out, as the documentation asks for."""
        match event["type"]:
            case "message_start":
                self.pen.begin(event["message"]["id"])
                self._used = dict(event["message"]["usage"])
                self._tier(self._used)
            case "content_block_start":
                self._begin_block(event["index"], event["content_block"])
            case "content_block_delta":
                self._delta(event["index"], event["delta"])
            case "content_block_stop" if event["index"] in self._bare:
                self.pen.arguments(event["index"], "{}")
            case "message_delta":
                self._used |= {name: value for name, value in (event.get("usage") or {}).items() if value is not None}
                self._finish(event["delta"].get("stop_reason"))
            case "message_stop":
                self._usage(self._used)
                self.pen.done()
            case "error":
                self.pen.error(event["error"]["message"], _STATUS.get(event["error"]["type"], 500))

    def _begin_block(self, index: int, block: Any) -> None:
        if block["type"] == "text":
            self.pen.text(block["text"])
        elif block["type"] == "thinking":
            self.pen.reasoning(block["thinking"])
        elif block["type"] == "tool_use":
            self._bare.add(index)
            self.pen.call(index, block["id"], block["name"])

    def _delta(self, index: int, delta: Any) -> None:
        if delta["type"] == "text_delta":
            self.pen.text(delta["text"])
        elif delta["type"] == "thinking_delta":
            self.pen.reasoning(delta["thinking"])
        elif delta["type"] == "input_json_delta" and delta["partial_json"]:
            self._bare.discard(index)
            self.pen.arguments(index, delta["partial_json"])

    def _finish(self, reason: str | None) -> None:
        if reason:
            self.pen.finish(_STOPS.get(reason, reason))

    def _tier(self, used: Mapping[str, Any]) -> None:
        told = used.get("service_tier")
        self.pen.tier("default" if told == "standard" else told)

    def _usage(self, used: Mapping[str, Any]) -> None:
        cached, written = used.get("cache_read_input_tokens") or 0, used.get("cache_creation_input_tokens") or 0
        thought = (used.get("output_tokens_details") or {}).get("thinking_tokens") or 0
        prompt = used["input_tokens"] + cached + written
        self.pen.usage(prompt, used["output_tokens"], cached=cached, written=written, reasoning=thought)


def refused(alias: str, status: int, headers: Mapping[str, str], body: bytes) -> MaruError:
    """The error for a refusal. The message of a wrong field begins with its name: ``temperature: range: 0..1``."""
    error = parsed(body).get("error") or {}
    message = str(error.get("message") or "")
    named = re.match(r"([a-z_]+(?:\.\w+)*): ", message)
    return refusal(alias, status, headers, message, param=named[1] if named else None)


WIRE = Wire(
    ask,
    _Messages,
    lambda form: EventsDecoder(_Messages(form)),
    refused,
    form=lambda target, body: Form.of(target.model, body, by_tool=target.json_by == "tool"),
    key_header="x-api-key",
)
