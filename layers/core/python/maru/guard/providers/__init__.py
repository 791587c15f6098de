"""Services and models that a policy may ask beside the local checks; each validates what it is told before it counts.

A provider's failure (down, late, an answer that cannot be trusted) is the check's, and the policy says what follows.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from maru.guard.providers.alias import Completions, JudgingModel
from maru.guard.providers.base import Backend, Backends, Untrusted
from maru.guard.providers.bedrock import BedrockGuardrail
from maru.guard.providers.comprehend import Comprehend
from maru.guard.providers.openai import OpenAIModeration

__all__ = ["Backend", "Backends", "Untrusted", "backends"]


def backends(models: Completions, key: Callable[[str], Awaitable[str | None]], **clients: Any) -> Backends:
    """All kinds; makes no call. ``clients`` may hold boto3's of ``bedrock`` and ``comprehend``."""
    return {
        "bedrock": BedrockGuardrail(clients.get("bedrock")),
        "comprehend": Comprehend(clients.get("comprehend")),
        "openai": OpenAIModeration(key),
        "alias": JudgingModel(models),
    }
