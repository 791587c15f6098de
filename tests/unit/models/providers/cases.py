"""The providers side by side: how each one's stand-in is started, reached, and what it calls things."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import botocore.session
from anthropic.types import StopReason
from google.genai.types import FinishReason
from openai.types.chat.chat_completion import Choice

from maru.models import ModelClient
from tests.fakes.anthropic_server import AnthropicServer
from tests.fakes.bedrock_server import BedrockServer
from tests.fakes.chat_server import ChatServer, SageMakerServer
from tests.fakes.gemini_server import GeminiServer
from tests.fakes.play import ModelServer
from tests.unit.models.conftest import client_of

PRICE = {"input": 2, "output": 10, "cached_input": 0.5, "cache_write": 2.5}
ABILITIES = ["stream", "tools", "vision", "json_object", "json_schema", "reasoning", "logprobs"]


@dataclass(frozen=True)
class Case:
    """A provider. ``stops`` maps each of its stop reasons to OpenAI's, but for those of ``broken`` answers; ``documented`` are all that
    the vendor's own client knows. ``refusals`` are (status, headers, body) by what they mean."""

    server: Callable[[], ModelServer]
    target: Mapping[str, Any]
    stops: Mapping[str, str]
    broken: frozenset[str]
    documented: frozenset[str]
    refusals: Mapping[str, tuple[int, dict[str, str], Any]]
    lacks: Mapping[str, str] = field(default_factory=dict)
    #: Whether usage tells tokens of thinking, and those written to the cache.
    tells_thinking: bool = True
    tells_writes: bool = True

    def client(self, server: ModelServer, **target: Any) -> ModelClient:
        """A client whose alias `default` leads to the server."""
        one = {"base_url": server.base_url, "model": "up", "key": "KEY", "price": PRICE, **self.target, **target}
        entry = {"alias": "default", "kind": "chat", "abilities": ABILITIES, "targets": [one]}
        return client_of(entry, keys={"KEY": "sk-1"})


def _anthropic(kind: str, message: str) -> Any:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


def _amazon(kind: str) -> dict[str, str]:
    return {"x-amzn-ErrorType": f"{kind}:http://internal.amazon.com/coral/com.amazon.bedrock/"}


def _google(code: int, status: str, message: str, **detail: str) -> Any:
    details = [{"@type": "type.googleapis.com/google.rpc.Detail", **detail}] if detail else []
    return {"error": {"code": code, "message": message, "status": status, "details": details}}


def _openai(message: str, code: str | None = None) -> Any:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


def _inside(status: int, headers: dict[str, str], body: Any) -> tuple[int, dict[str, str], Any]:
    """A container's refusal as SageMaker passes it on."""
    text = json.dumps(body)
    told = {"ErrorCode": "CLIENT_ERROR_FROM_MODEL", "OriginalStatusCode": status, "OriginalMessage": text}
    return 424, {**_amazon("ModelError"), **headers}, {"Message": f'Received client error ({status}) with message "{text}"', **told}


_CONVERSE: Any = botocore.session.get_session().get_service_model("bedrock-runtime")
_GOOGLES_FILTERS = (
    *("SAFETY", "RECITATION", "LANGUAGE", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "ESCALATION", "MODEL_ARMOR"),
    *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER", "NO_IMAGE", "PUP_LIMITED_DISABLED"),
)
_GOOGLES_BROKEN = frozenset(
    {"MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE"}
)
# OpenAI's own, and what TGI, Together, Mistral, vLLM and DeepSeek say beside.
_OPENAI_STOPS = {"stop": "stop", "length": "length", "content_filter": "content_filter"} | {
    **dict.fromkeys(("eos", "eos_token", "stop_sequence"), "stop"),
    **dict.fromkeys(("model_length", "repetition"), "length"),
}
_OPENAI_BROKEN = frozenset({"error", "abort", "insufficient_system_resource", "function_call_filter: MALFORMED_FUNCTION_CALL"})
_OPENAI_DOCUMENTED = frozenset(get_args(Choice.model_fields["finish_reason"].annotation)) - {"tool_calls", "function_call"}
_OPENAI_REFUSALS: dict[str, tuple[int, dict[str, str], Any]] = {
    "wrong": (400, {}, _openai("temperature must be at most 2")),
    "too_long": (400, {}, _openai("This model's maximum context length is 8 tokens. However, you requested 9.")),
    "busy": (503, {}, _openai("The engine is overloaded")),
    "key": (401, {}, _openai("Incorrect API key provided")),
    "failed": (500, {}, _openai("Internal error")),
}

CASES: dict[str, Case] = {
    "anthropic": Case(
        AnthropicServer,
        {"provider": "anthropic", "model": "claude-stand-in"},
        {
            "end_turn": "stop",
            "stop_sequence": "stop",
            "max_tokens": "length",
            "pause_turn": "length",
            "model_context_window_exceeded": "length",
            "refusal": "content_filter",
        },
        frozenset(),
        frozenset(get_args(StopReason)) - {"tool_use"},
        {
            "wrong": (400, {}, _anthropic("invalid_request_error", "temperature: range: 0..1")),
            "too_long": (400, {}, _anthropic("invalid_request_error", "prompt is too long: 213462 tokens > 200000 maximum")),
            "limited": (429, {"retry-after": "7"}, _anthropic("rate_limit_error", "Number of request tokens has exceeded")),
            "busy": (529, {}, _anthropic("overloaded_error", "Overloaded")),
            "key": (401, {}, _anthropic("authentication_error", "invalid x-api-key")),
            "failed": (500, {}, _anthropic("api_error", "Internal server error")),
        },
        lacks={"embeddings": "the provider has none"},
    ),
    "bedrock": Case(
        BedrockServer,
        {"provider": "bedrock", "model": "us.anthropic.stand-in-v1:0", "json_by": "tool"},
        {
            "end_turn": "stop",
            "stop_sequence": "stop",
            "max_tokens": "length",
            "model_context_window_exceeded": "length",
            "guardrail_intervened": "content_filter",
            "content_filtered": "content_filter",
        },
        frozenset({"malformed_model_output", "malformed_tool_use"}),
        frozenset(_CONVERSE.shape_for("StopReason").enum) - {"tool_use"},
        {
            "wrong": (400, _amazon("ValidationException"), {"message": "temperature must be at most 1"}),
            "too_long": (400, _amazon("ValidationException"), {"message": "Input is too long for requested model."}),
            "limited": (429, {**_amazon("ThrottlingException"), "retry-after": "7"}, {"message": "Too many requests"}),
            "busy": (429, _amazon("ModelNotReadyException"), {"message": "The model is being loaded"}),
            "key": (403, _amazon("AccessDeniedException"), {"message": "not authorized"}),
            "failed": (424, _amazon("ModelErrorException"), {"message": "The model failed"}),
        },
        lacks={"reasoning_tokens": "Converse counts them among the completion's and does not tell them apart"},
        tells_thinking=False,
    ),
    "gemini": Case(
        GeminiServer,
        {"provider": "gemini", "model": "gemini-stand-in"},
        {"STOP": "stop", "MAX_TOKENS": "length", "CONTINUATION": "length"} | dict.fromkeys(_GOOGLES_FILTERS, "content_filter"),
        _GOOGLES_BROKEN,
        frozenset(one.value for one in FinishReason) - {"FINISH_REASON_UNSPECIFIED"},
        {
            "wrong": (400, {}, _google(400, "INVALID_ARGUMENT", "temperature must be between 0 and 2")),
            "too_long": (400, {}, _google(400, "INVALID_ARGUMENT", "The input token count (9) exceeds the maximum number of tokens (8)")),
            "limited": (429, {}, _google(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", retryDelay="7s")),
            "busy": (503, {}, _google(503, "UNAVAILABLE", "The model is overloaded.")),
            "key": (400, {}, _google(400, "INVALID_ARGUMENT", "API key not valid.", reason="API_KEY_INVALID")),
            "failed": (500, {}, _google(500, "INTERNAL", "An internal error has occurred.")),
        },
        lacks={"json_schema_by_tool": "its own output format takes every schema"},
        tells_writes=False,
    ),
    "openai": Case(
        ChatServer,
        {"provider": "openai"},
        _OPENAI_STOPS,
        _OPENAI_BROKEN,
        _OPENAI_DOCUMENTED,
        _OPENAI_REFUSALS | {"limited": (429, {"retry-after": "7"}, _openai("Rate limit reached"))},
        lacks={
            "json_schema_by_tool": "its own output format takes every schema",
            "unsupported_fields": "every field has a place in OpenAI's protocol: the server refuses what it does not know",
        },
    ),
    "sagemaker": Case(
        SageMakerServer,
        {"provider": "sagemaker", "endpoint": "vllm 1", "component": "llama"},
        _OPENAI_STOPS,
        _OPENAI_BROKEN,
        _OPENAI_DOCUMENTED,
        {meaning: _inside(*refusal) for meaning, refusal in _OPENAI_REFUSALS.items()}
        | {
            "limited": (424, {**_amazon("ModelError"), "retry-after": "7"}, _inside(429, {}, _openai("Too many requests"))[2]),
            "busy": (400, _amazon("ValidationError"), {"Message": "Inference Component has no capacity to process this request."}),
        },
        lacks={
            "json_schema_by_tool": "its own output format takes every schema",
            "unsupported_fields": "every field has a place in OpenAI's protocol: the server refuses what it does not know",
        },
    ),
}
