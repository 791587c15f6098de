"""How hard a request is, by marks that anybody can check: its length, its words, its code, its history, the form it asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from maru.models import sizes
from maru.models.catalogue import Difficulty
from maru.models.rules import Preference, Routing, Score, Text

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
#: Lines that are code without a fence: what ends or begins as statements of common languages do.
_CODE = re.compile(
    r"^\s*(?:(?:def|class|import|from|return|public|private|static|function|const|let|var|fn|func|package|#include)\b.*[\w)}\"':;]"
    r"|(?:select|insert|update|delete|create|with)\b.*\b(?:from|into|set|table|as)\b.*|.*[;{}]|<[^>\n]+>.*)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
#: Characters at either end of a message that are looked at.
_READ = 8_000


@dataclass(frozen=True)
class Verdict:
    """The class of a request and, in plain ASCII, why."""

    size: Difficulty
    why: str


def judged(body: Mapping[str, Any], routing: Routing, preference: Preference = "balanced") -> Verdict:
    """The class of a chat request: that of the first rule that holds, else by its score."""
    asked = _asked(body)
    text = Text(asked.casefold())
    for rule in routing.rules:
        if rule.words.found(text):
            return Verdict(rule.to, f"rule {rule.name}")
    marks = {name: mark for name, mark in _marks(asked, text, body, routing.score).items() if mark >= 0.005}
    total = sum(marks.values())
    shift = routing.preference.get(preference, 0.0)
    size: Difficulty = "large" if total >= routing.score.large + shift else "medium" if total >= routing.score.medium + shift else "small"
    told = ", ".join(f"{name} {mark:.2f}" for name, mark in marks.items())
    return Verdict(size, f"score {total:.2f}" + (f" ({told})" if told else "") + ("" if preference == "balanced" else f", {preference}"))


def _asked(body: Mapping[str, Any]) -> str:
    """What the user said last, in NFC, as the words of rules are; of a very long message its beginning and its end."""
    last = next((one for one in reversed(body["messages"]) if one.get("role") == "user"), body["messages"][-1])
    text = "\n".join(sizes.message_texts(last))
    text = text if len(text) <= 2 * _READ else f"{text[:_READ]}\n{text[-_READ:]}"
    return text if text.isascii() else normalize("NFC", text)


def _marks(asked: str, text: Text, body: Mapping[str, Any], score: Score) -> dict[str, float]:
    said = sum(one.get("role") in ("user", "assistant") for one in body["messages"]) - 1
    formed = bool(body.get("tools") or body.get("functions")) or (body.get("response_format") or {}).get("type") == "json_schema"
    return {
        "length": score.length * _share(sizes.tokens(asked), score.long_tokens),
        "reasoning": score.reasoning * _share(len(score.reasoning_words.found(text)), score.reasoning_full),
        "code": score.code * _share(_code_lines(asked), score.code_full),
        "history": score.history * _share(said, score.history_full),
        "form": score.form * formed,
    }


def _code_lines(text: str) -> int:
    fenced = sum(block.count("\n") for block in _FENCE.findall(text))
    return fenced or len(_CODE.findall(text))


def _share(measure: float, full: float) -> float:
    return min(1.0, max(0.0, measure) / full)
