"""The messages of a chat completion's request: which place each stands in, and every text of theirs that a model reads."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from maru.guard.attached import file_as
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
type Named = Callable[[str], Awaitable[str]]


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


async def rewritten(message: Body, place: Place, let: Let, named: Named) -> Body:
    """The message with every text as ``let`` gives it: its own, those of its parts, who wrote it, and what its calls of tools say.

    ``named`` gives the name of a tool as its model knows it.
    """
    changed = message | {name: await _said(message[name], place, let) for name in TEXTS if message.get(name)}
    if message.get("name"):
        # Of a tool's message the name is the function's, which its provider finds it by.
        changed["name"] = await named(message["name"]) if message["role"] in _TOOLS else await let(message["name"], place)
    if calls := message.get("tool_calls"):
        changed["tool_calls"] = [
            {**one, **{kind: await _call(one, kind, place, let, named) for kind in CALLS if kind in one}} for one in calls
        ]
    if message.get(OLD_CALL):
        changed[OLD_CALL] = await _call(message, OLD_CALL, place, let, named)
    if isinstance(audio := message.get("audio"), dict) and audio.get("transcript"):
        changed["audio"] = audio | {"transcript": await let(str(audio["transcript"]), place)}
    if message.get("annotations"):
        changed["annotations"] = await every_text(message["annotations"], place, let)
    return changed


async def _said(content: Any, place: Place, let: Let) -> Any:
    if isinstance(content, str):
        return await let(content, place)
    return [await _part(one, place, let) for one in content] if isinstance(content, list) else content


async def _part(part: Body, place: Place, let: Let) -> Body:
    changed = part | {name: await let(part[name], place) for name in ("text", "refusal") if isinstance(part.get(name), str)}
    if isinstance(file := part.get("file"), dict):
        changed["file"] = await file_as(file, place, let)
    return changed


async def _call(holder: Mapping[str, Any], kind: str, place: Place, let: Let, named: Named) -> Any:
    call, name = holder[kind], CALLS.get(kind, "arguments")
    if not isinstance(call, dict):
        return call
    told = {"name": await named(call["name"])} if isinstance(call.get("name"), str) else {}
    return call | told | ({name: await let(call[name], place)} if isinstance(call.get(name), str) else {})


async def every_text(value: Any, place: Place, let: Let) -> Any:
    """A JSON value with all its texts."""
    if isinstance(value, dict):
        return {name: await every_text(one, place, let) for name, one in value.items()}
    if isinstance(value, list):
        return [await every_text(one, place, let) for one in value]
    return await let(value, place) if isinstance(value, str) else value


async def predicted(prediction: Any, let: Let) -> Any:
    """What the caller expects of the answer, as the model may read it."""
    return prediction | {"content": await _said(prediction.get("content"), "history", let)} if isinstance(prediction, dict) else prediction


def texts(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The contents of messages, part by part."""
    for message in messages:
        content = message.get("content")
        parts = content if isinstance(content, list) else [{"text": content}]
        yield from (str(one["text"]) for one in parts if isinstance(one.get("text"), str))
