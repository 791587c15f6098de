"""Conversations of providers whose sides must take turns: what one side said in a row is one message."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from maru.models.providers.asked import Turn


def plain_id(call_id: str) -> str:
    """A call's id in the characters and the length that providers take: ids that other models gave may have others."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", call_id)[:64] or "_"


def alternating(
    turns: Iterable[Turn], pieces: Callable[[Turn], Iterable[dict[str, Any]]], *, assistant: str = "assistant", content: str = "content"
) -> list[dict[str, Any]]:
    """Messages of a ``role`` and its ``content``, of user and assistant in turn; results of calls are the user's.

    ``pieces`` gives what a turn holds in the provider's words, as do the names of the assistant's role and of the content; a turn
    that holds nothing begins no message.
    """
    messages: list[dict[str, Any]] = []
    for turn in turns:
        role = assistant if turn.role == "assistant" else "user"
        held = list(pieces(turn))
        if messages and messages[-1]["role"] == role:
            messages[-1][content] += held
        elif held:
            messages.append({"role": role, content: held})
    return messages
