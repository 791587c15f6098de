"""What a prompt gives to the reader: the passages, the question, or the wish for a summary."""

import re
from dataclasses import dataclass

from local.models.request import ChatRequest
from maru.agents.fencing import FencedPassage, read_fenced

_FENCES = re.compile(r"^<<<PASSAGE (?P<mark>\d+ \w+) .*?^<<<END (?P=mark)>>>$", re.DOTALL | re.MULTILINE)
_LABEL = re.compile(r"^[ \t]*(?:question|질문|user question|사용자 질문)[ \t]*[:：][ \t]*", re.IGNORECASE | re.MULTILINE)
_TALK = r"(?:conversation|dialogue|dialog|chat|discussion|history|messages|turns)"
_SUMMARY = re.compile(
    rf"summari[sz]\w*[^.\n]{{0,80}}\b{_TALK}|\b{_TALK}\b[^.\n]{{0,60}}summar|대화[^.\n]{{0,40}}요약|요약[^.\n]{{0,40}}대화", re.IGNORECASE
)
_GIST = re.compile(r"summari[sz]e|\bsummary\b|\boverview\b|요약|간추|정리해|개요", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt taken apart; `before` is the user's question before this one, `talk` the conversation to summarise if that is asked."""

    question: str
    before: str
    passages: tuple[FencedPassage, ...]
    talk: tuple[str, ...]


def wants_summary(question: str) -> bool:
    """Whether a question asks for the gist of documents rather than for a fact of them."""
    return _GIST.search(question) is not None


def read_prompt(request: ChatRequest) -> Prompt:
    """Take `request` apart.

    Passages count in the system's messages, or where those have none in the last user message, so that an earlier turn of a
    user cannot pass for a document. The question is the last user message without fences, after its `Question:` if it has one.
    """
    passages = read_fenced(request.system) or read_fenced(request.last_user)
    question = _question(request.last_user)
    wants = _SUMMARY.search(request.system) or _SUMMARY.search(question)
    talk = _talk(request) if wants and not passages else ()
    asked = [message.content for message in request.messages if message.role == "user"]
    return Prompt(question, _question(asked[-2]) if len(asked) > 1 else "", tuple(passages), talk)


def _question(text: str) -> str:
    rest = _FENCES.sub("\n", text).strip()
    labels = list(_LABEL.finditer(rest))
    if labels:
        return rest[labels[-1].end() :].strip()
    # Instructions around the passages come before the question, as a paragraph of their own.
    return rest if rest == text.strip() else rest.split("\n\n")[-1].strip()


def _talk(request: ChatRequest) -> tuple[str, ...]:
    said = [message.content.strip() for message in request.messages if message.role in {"user", "assistant"}]
    return tuple(text for text in said if text and not (len(text) < 200 and _SUMMARY.search(text)))
