"""The messages of a chat completion's request: which place each stands in, and every text of theirs that a model reads."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from maru.guard.check import Place

type Body = dict[str, Any]

#: What of a message its reader sees as text; models that think aloud have names of their own for that.
TEXTS = ("content", "refusal", "reasoning_content", "reasoning")
OLD_CALL = "function_call"
#: What a model writes to a tool, by where it stands in a call.
CALLS = {"function": "arguments", "custom": "input"}
#: Whose messages nobody in the conversation wrote.
_TOOLS = frozenset({"tool", "function"})

#: Gives a text as it may go on.
type Let = Callable[[str, Place], Awaitable[str]]


def places(messages: Sequence[Mapping[str, Any]]) -> list[Place]:
    """The place of each message.

    What tools gave is ``tool_result``, whoever sent it here. ``input`` is what users said last, all of it at once, and what the
    application says after it; rounds with tools do not end it. The rest is ``history``, and so is what a model asked of a tool
    once it is sent back: ``tool_arguments`` is what goes to a tool, and this goes to a model.
    """
    written = [number for number, one in enumerate(messages) if one["role"] not in _TOOLS]
    users = [number for number in written if messages[number]["role"] == "user"]
    last = users[-1] if users else max(written, default=0)
    first = last
    while users and first and messages[first - 1]["role"] == "user":
        first -= 1
    return [_place(str(one["role"]), said=number >= first, later=number > last) for number, one in enumerate(messages)]


def _place(role: str, *, said: bool, later: bool) -> Place:
    if role in _TOOLS:
        return "tool_result"
    return "input" if said and not (later and role == "assistant") else "history"


async def rewritten(message: Body, place: Place, let: Let) -> Body:
    """The message with every text as ``let`` gives it: its own, those of its parts, who wrote it, and what its calls of tools say."""
    # Of a tool's message the name is the function's, which its provider finds it by.
    read = TEXTS if message["role"] in _TOOLS else (*TEXTS, "name")
    changed = message | {name: await _said(message[name], place, let) for name in read if message.get(name)}
    if calls := message.get("tool_calls"):
        changed["tool_calls"] = [{**one, **{kind: await _call(one, kind, place, let) for kind in CALLS if kind in one}} for one in calls]
    if message.get(OLD_CALL):
        changed[OLD_CALL] = await _call(message, OLD_CALL, place, let)
    return changed


async def _said(content: Any, place: Place, let: Let) -> Any:
    if isinstance(content, str):
        return await let(content, place)
    if not isinstance(content, list):
        return content
    return [one | {name: await let(one[name], place) for name in ("text", "refusal") if isinstance(one.get(name), str)} for one in content]


async def _call(holder: Mapping[str, Any], kind: str, place: Place, let: Let) -> Any:
    call, name = holder[kind], CALLS.get(kind, "arguments")
    return call | {name: await let(call[name], place)} if isinstance(call, dict) and isinstance(call.get(name), str) else call


async def predicted(prediction: Any, let: Let) -> Any:
    """What the caller expects of the answer, as the model may read it."""
    return prediction | {"content": await _said(prediction.get("content"), "history", let)} if isinstance(prediction, dict) else prediction


def texts(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The contents of messages, part by part."""
    for message in messages:
        content = message.get("content")
        parts = content if isinstance(content, list) else [{"text": content}]
        yield from (str(one["text"]) for one in parts if isinstance(one.get("text"), str))
