"""Why an answer ended, in OpenAI's five words: what was cut off, blocked or broken must never look like an answer's own end."""

import re
from typing import Any

from maru.models.routing import Route

_OPENAIS = ("stop", "length", "tool_calls", "function_call", "content_filter")
# What servers of OpenAI's protocol say beside: TGI and Together, Mistral, vLLM. Sources: their API references, vLLM's v1/engine.
_OTHERS = {"eos": "stop", "eos_token": "stop", "stop_sequence": "stop", "model_length": "length", "repetition": "length"}
#: The server gave the answer up (vLLM, Mistral, DeepSeek), or the model wrote a call or a text that cannot be read (Bedrock, Gemini).
_BROKEN = re.compile(r"error|abort|cancel|insufficient_|malformed|unexpected_tool|too_many_tool|missing_thought", re.IGNORECASE)
_ODD = re.compile(r"[^A-Za-z0-9_.:-]")
_SHOWN = 40


def usable(route: Route, choice: dict[str, Any]) -> bool:
    """Give a choice that has ended OpenAI's word for why; False where its answer is of no use to anybody.

    A reason that nobody knows becomes ``content_filter``, which no client takes for a whole answer, and is told with the route: in the
    answer's headers, the log, the trace and the ledger.
    """
    reason = choice.get("finish_reason")
    if not reason or reason in _OPENAIS:
        return True
    if known := _OTHERS.get(str(reason).lower()):
        choice["finish_reason"] = known
        return True
    choice["finish_reason"] = "content_filter"
    shown = _ODD.sub("?", str(reason))[:_SHOWN]
    if shown not in route.ends:
        route.ends.append(shown)
    return not _BROKEN.search(shown)
