"""`scripted`: a deterministic model for tests, which does what the lines of its prompt tell it.

The script is taken from the last user message; where that has no instruction, from the system messages; passages between
fences are never read. A line is an instruction when it begins with one of the words below and a colon, a label such as
`Question:` before it allowed. Instructions run in their order; other lines are ignored.

    say: TEXT            TEXT; `\\n` is a newline, `{results}` the results of the tools so far, `{question}` the last user message
    echo: user           what the user said last; or `system`, or `request`, the whole request as JSON
    tokens: 200          so many words `w1 w2 …`
    summarise: 8         the first 8 words of every message but the system's
    json: {…}            this text as it stands
    fill:                JSON that fits the schema of `response_format`
    refuse: TEXT         a refusal
    call: NAME {…}       calls the tool with these arguments (as they stand; without them the schema is filled); several: parallel calls
    call: *              calls every given tool, arguments filled from its schema
    then:                what follows belongs to the next turn, after the results of the tools came back
    slow: 0.05           seconds before every following piece
    chunk: 3             characters of every following piece (else a token)
    stall: 20            seconds of silence
    cut:                 the connection is closed at this point, without an end
    error: TEXT          dies here: an error event in a stream that has begun, else status 500
    fail: 503 …          answers with this status; `retry-after=2`, `on=1,3` (which calls, counted from 1; else all), `key=NAME`
    count: NAME          counts this call under NAME
    finish: length       the `finish_reason`
    usage: prompt=100 completion=7 cached=80 reasoning=5      figures instead of the counted ones

Without an instruction: a tool is called where `tool_choice` demands one or the prompt speaks of it, with the numbers and quoted texts
of the prompt as arguments; a schema is filled where `response_format` has one, else the keys that the prompt quotes; a
conversation is summarised where the system prompt says so (`summar…`, `요약`), and everything else is echoed.
`GET /_scripted/calls` gives `{"calls": {NAME: count}}`, `DELETE` forgets them; `fail` without a key counts under `fail`.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from local.models.hints import arguments, keyed, names_tool
from local.models.request import ChatRequest, Message, Named, Tool
from local.models.schema import filled
from local.models.steps import Cut, End, Fail, Pace, Pause, Refusal, Step, Text, ToolCall
from maru.errors import BadRequest

_WORDS = "say|echo|tokens|summarise|json|fill|refuse|call|then|slow|chunk|stall|cut|error|fail|count|finish|usage"
_LINE = re.compile(
    rf"^\s*(?:(?:question|message|user|질문)\s*:\s*)?(?P<word>{_WORDS})\s*:[ \t]*(?P<rest>.*)$", re.MULTILINE | re.IGNORECASE
)
_FENCED = re.compile(r"^<<<PASSAGE (\d+ \w+) .*?^<<<END \1>>>$", re.DOTALL | re.MULTILINE)
_SUMMARY = re.compile(r"summar|요약", re.IGNORECASE)

type Line = tuple[str, str]


class Scripted:
    """The model; it remembers nothing but how often calls were counted under which name."""

    id = "scripted"

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._turn = threading.Lock()

    @property
    def calls(self) -> dict[str, int]:
        """How many calls were counted under each name."""
        return dict(self._calls)

    def forget(self) -> None:
        """Begin counting anew."""
        self._calls.clear()

    def answer(self, request: ChatRequest) -> Iterable[Step]:
        """The steps that the script of `request` tells; see the module's docstring."""
        lines = _lines(request.last_user) or _lines(request.system)
        if not lines:
            yield from _untold(request)
            return
        state = _Run(request, self._count)
        for word, rest in _turn(lines, _turns_done(request)):
            yield from state.steps(word, rest)
        yield End(state.reason, state.usage)

    def _count(self, name: str) -> int:
        with self._turn:
            self._calls[name] += 1
            return self._calls[name]


class _Run:
    """One script under way: its pace and its end are told in several lines."""

    def __init__(self, request: ChatRequest, count: Callable[[str], int]) -> None:
        self._request = request
        self._count = count
        self._pace = Pace()
        self.reason: str | None = None
        self.usage: dict[str, int] = {}

    def steps(self, word: str, rest: str) -> Iterable[Step]:
        """The steps of one line. Raises BadRequest where its text is not what the word takes."""
        step: Callable[[str], Iterable[Step]] = getattr(self, f"_{word}" if word != "count" else "_count_line")
        try:
            return step(rest)
        except ValueError:
            raise BadRequest(f"The script's line `{word}:` takes something else.", param="messages") from None

    def _say(self, rest: str) -> Iterable[Step]:
        text = rest.replace("\\n", "\n").replace("{results}", _results(self._request)).replace("{question}", self._request.last_user)
        return [Text(text)]

    def _json(self, rest: str) -> Iterable[Step]:
        return [Text(rest)]

    def _echo(self, rest: str) -> Iterable[Step]:
        told = {"system": self._request.system, "request": self._request.model_dump_json(by_alias=True)}
        return [Text(told.get(rest.strip(), self._request.last_user))]

    def _tokens(self, rest: str) -> Iterable[Step]:
        return [Text(" ".join(f"w{number}" for number in range(1, int(rest) + 1)))]

    def _summarise(self, rest: str) -> Iterable[Step]:
        return [Text(_summary(self._request.messages, int(rest or 8)))]

    def _fill(self, _rest: str) -> Iterable[Step]:
        return [Text(json.dumps(filled(_schema(self._request)), ensure_ascii=False))]

    def _refuse(self, rest: str) -> Iterable[Step]:
        return [Refusal(rest or "I cannot help with that.")]

    def _call(self, rest: str) -> Iterable[Step]:
        name, _, arguments = rest.strip().partition(" ")
        tools = self._request.tools or ()
        if name == "*":
            return [_filled_call(tool) for tool in tools]
        known = next((tool for tool in tools if tool.function.name == name), None)
        return [ToolCall(name, arguments)] if arguments or known is None else [_filled_call(known)]

    def _slow(self, rest: str) -> Iterable[Step]:
        self._pace = Pace(float(rest), self._pace.size)
        return [self._pace]

    def _chunk(self, rest: str) -> Iterable[Step]:
        self._pace = Pace(self._pace.seconds, int(rest))
        return [self._pace]

    def _stall(self, rest: str) -> Iterable[Step]:
        return [Pause(float(rest))]

    def _cut(self, _rest: str) -> Iterable[Step]:
        return [Cut()]

    def _error(self, rest: str) -> Iterable[Step]:
        return [Fail(500, rest or "The model failed.")]

    def _fail(self, rest: str) -> Iterable[Step]:
        status, _, options = rest.strip().partition(" ")
        told = _pairs(options)
        number = self._count(told.get("key", "fail"))
        calls = {int(call) for call in told.get("on", "").split(",") if call}
        after = told.get("retry-after")
        failure = Fail(int(status), f"The model answers {status} as told.", int(after) if after else None)
        return [failure] if not calls or number in calls else []

    def _count_line(self, rest: str) -> Iterable[Step]:
        self._count(rest.strip())
        return []

    def _finish(self, rest: str) -> Iterable[Step]:
        self.reason = rest.strip()
        return []

    def _usage(self, rest: str) -> Iterable[Step]:
        self.usage = {name: int(value) for name, value in _pairs(rest).items()}
        return []


def _lines(text: str) -> list[Line]:
    return [(match["word"].lower(), match["rest"]) for match in _LINE.finditer(_FENCED.sub("", text))]


def _turn(lines: list[Line], number: int) -> list[Line]:
    """The lines of turn `number`; the last turn again where the conversation is longer than the script."""
    turns: list[list[Line]] = [[]]
    for word, rest in lines:
        if word == "then":
            turns.append([])
        else:
            turns[-1].append((word, rest))
    return turns[min(number, len(turns) - 1)]


def _turns_done(request: ChatRequest) -> int:
    """How often the model has called tools since the user spoke last."""
    last = max((place for place, message in enumerate(request.messages) if message.role == "user"), default=-1)
    return sum(bool(message.tool_calls) for message in request.messages[last + 1 :])


def _results(request: ChatRequest) -> str:
    return "\n".join(message.content for message in request.messages if message.role == "tool")


def _pairs(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split() if "=" in part)


def _untold(request: ChatRequest) -> Iterator[Step]:
    demanded = _demanded(request)
    if demanded:
        yield _filled_call(demanded, request.last_user)
    elif request.response_format and request.response_format.type != "text":
        schema = _schema(request)
        yield Text(json.dumps(filled(schema) or keyed(request.last_user), ensure_ascii=False))
    elif _SUMMARY.search(request.system):
        yield Text(_summary(request.messages, 8))
    else:
        yield Text(request.last_user)


def _demanded(request: ChatRequest) -> Tool | None:
    choice = request.tool_choice
    if isinstance(choice, Named):
        return next((tool for tool in request.tools or () if tool.function.name == choice.function.name), None)
    if not request.tools or choice == "none" or _turns_done(request):
        return None
    spoken = (tool for tool in request.tools if names_tool(tool.function.name, request.last_user))
    return next(spoken, request.tools[0] if choice == "required" else None)


def _filled_call(tool: Tool, prompt: str = "") -> ToolCall:
    return ToolCall(tool.function.name, json.dumps(arguments(tool.function.parameters, prompt), ensure_ascii=False))


def _schema(request: ChatRequest) -> dict[str, Any]:
    told = request.response_format.json_schema if request.response_format else None
    return told.schema_ if told else {"type": "object"}


def _summary(messages: Iterable[Message], words: int) -> str:
    said = [message for message in messages if message.role in {"user", "assistant"} and message.content]
    lines = [f"{message.role}: {' '.join(message.content.split()[:words])}" for message in said]
    return f"Summary of {len(said)} messages.\n" + "\n".join(lines)
