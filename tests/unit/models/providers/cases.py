"""The providers side by side: how each one's stand-in is started, reached, and what it calls things."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from maru.models import ModelClient
from tests.fakes.anthropic_server import AnthropicServer
from tests.fakes.play import ModelServer
from tests.unit.models.conftest import client_of

PRICE = {"input": 2, "output": 10, "cached_input": 0.5, "cache_write": 2.5}
ABILITIES = ["stream", "tools", "vision", "json_object", "json_schema", "reasoning", "logprobs"]


@dataclass(frozen=True)
class Case:
    """A provider. ``stops`` maps each of its stop reasons to OpenAI's; ``refusals`` are (status, headers, body) by what they mean."""

    server: Callable[[], ModelServer]
    target: Mapping[str, Any]
    stops: Mapping[str, str]
    refusals: Mapping[str, tuple[int, dict[str, str], Any]]
    lacks: Mapping[str, str] = field(default_factory=dict)

    def client(self, server: ModelServer, **target: Any) -> ModelClient:
        """A client whose alias `default` leads to the server."""
        one = {"base_url": server.base_url, "model": "up", "key": "KEY", "price": PRICE, **self.target, **target}
        entry = {"alias": "default", "kind": "chat", "abilities": ABILITIES, "targets": [one]}
        return client_of(entry, keys={"KEY": "sk-1"})


def _anthropic(kind: str, message: str) -> Any:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


CASES: dict[str, Case] = {
    "anthropic": Case(
        AnthropicServer,
        {"provider": "anthropic", "model": "claude-stand-in"},
        {
            "end_turn": "stop",
            "stop_sequence": "stop",
            "pause_turn": "stop",
            "max_tokens": "length",
            "model_context_window_exceeded": "length",
            "refusal": "content_filter",
        },
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
}
