"""What a model's answer is made of, and how stop strings and token limits shorten it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from local.models.request import ChatRequest

#: About what a byte-pair tokeniser gives: short ASCII words whole, two signs of other scripts; joined they are the text again.
_TOKEN = re.compile(r"\s*(?:[A-Za-z0-9_]{1,8}|[^\sA-Za-z0-9_]{1,2})|\s+")


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`arguments` is the text that the model writes; nobody promises that it is JSON."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence once, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Pace:
    """From here on: seconds before every piece, and characters of a piece (None: a token)."""

    seconds: float = 0.0
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is closed without an end."""


@dataclass(frozen=True, slots=True)
class Fail:
    """The model dies: an error event where a stream has begun, else an answer with `status`."""

    status: int
    message: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The last step: why it ended (None: by what was said) and figures of the usage that are not counted."""

    reason: str | None = None
    usage: dict[str, int] = field(default_factory=dict)


type Step = Text | Refusal | ToolCall | Pause | Pace | Cut | Fail | End


class ChatModel(Protocol):
    """A model that answers chats; `answer` may take CPU time and is called in a thread."""

    id: str

    def answer(self, request: ChatRequest) -> Iterable[Step]:
        """The steps of the answer, End at most once and last. Raises MaruError where the request cannot be served."""
        ...


def tokens(text: str) -> list[str]:
    """`text` in pieces of about a token; joined they give `text`."""
    return _TOKEN.findall(text)


def pieces(text: str, size: int | None) -> list[str]:
    """`text` as a stream gives it: by tokens, or by `size` characters."""
    return tokens(text) if size is None else [text[start : start + size] for start in range(0, len(text), size)]


def shorten(steps: Sequence[Step], *, stops: Sequence[str], limit: int | None) -> Iterator[Step]:
    """`steps` up to the first stop string or `limit` tokens of text, whichever comes first; nothing follows the cut."""
    said = "".join(step.text for step in steps if isinstance(step, Text))
    stop = min((place for place in map(said.find, filter(None, stops)) if place >= 0), default=None)
    most = _end_of_token(said, limit)
    room = min(len(said) if stop is None else stop, len(said) if most is None else most)
    reason = "stop" if room == stop else "length"
    left = None if room == len(said) else room
    for step in steps:
        if left is None or not isinstance(step, Text):
            yield step
        elif len(step.text) <= left:
            left -= len(step.text)
            yield step
        else:
            yield Text(step.text[:left])
            yield End(reason)
            return


def _end_of_token(text: str, limit: int | None) -> int | None:
    """Where token number `limit` ends in `text`; None where it has no more than that."""
    found = tokens(text)
    return None if limit is None or len(found) <= limit else len("".join(found[:limit]))
