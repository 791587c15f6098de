"""Prompts of answers, written by operators as files of the catalogue, and the requests that are made of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from maru.agents.fencing import FencedPassage, fenced
from maru.agents.history import Recollection, Turn
from maru.cache.question import digest
from maru.knowledge.cite.words import hangul_share
from maru.knowledge.passages import Passage

type Language = Literal["ko", "en"]

_NAMES = ("answer", "plain", "unfound", "earlier", "summary", "tools", "mark")
_LANGUAGES: tuple[Language, ...] = ("ko", "en")
_LABELS: dict[Language, str] = {"ko": "질문", "en": "Question"}
_KOREAN = 0.2  # share of Hangul among the letters from which on a message is answered with the Korean prompt


def language_of(text: str) -> Language:
    """The language whose prompt fits a message."""
    return "ko" if hangul_share(text) >= _KOREAN else "en"


class Prompts:
    """The texts of ``prompts/{name}.{language}.md``: ``answer`` from passages, ``plain`` without documents, ``unfound`` where a
    search gave none, ``earlier`` before a summary, ``summary`` which asks for one, ``tools`` where there
    are some, ``mark`` before all of it where the output is watched for its canary. ``{{instructions}}`` stands for the agent's own.
    """

    def __init__(self, texts: Mapping[tuple[str, Language], str]) -> None:
        self._texts = texts
        #: Another text of any of them is another version.
        self.version = digest(sorted([name, language, text] for (name, language), text in texts.items()))

    @classmethod
    def load(cls, catalogue: str | Path) -> Self:
        """Read the files; raises FileNotFoundError naming one that is missing."""
        folder = Path(catalogue) / "prompts"
        return cls({(name, language): _read(folder / f"{name}.{language}.md") for name in _NAMES for language in _LANGUAGES})

    def request(
        self,
        question: str,
        *,
        instructions: str,
        searched: bool,
        passages: Sequence[Passage],
        history: Recollection,
        tools: bool = False,
        canary: str | None = None,
    ) -> list[dict[str, str]]:
        """The messages of a chat request: the server's system prompt, the session, then passages as data and the question."""
        language = language_of(question)
        name = "plain" if not searched else "answer" if passages else "unfound"
        system = self._texts[name, language].replace("{{instructions}}", instructions).strip()
        if canary:
            system = self._texts["mark", language].replace("{{mark}}", canary).strip() + "\n\n" + system
        if history.summary:
            system += "\n\n" + self._texts["earlier", language].replace("{{summary}}", history.summary.text).strip()
        if tools:
            system += "\n\n" + self._texts["tools", language].strip()
        asked = question
        if passages:
            asked = f"{_fenced(passages)}\n\n{_LABELS[language]}: {question}"
        turns = [message for turn in history.turns for message in turn.messages()]
        return [{"role": "system", "content": system}, *turns, {"role": "user", "content": asked}]

    def summary_request(self, question: str, before: str, turns: Sequence[Turn]) -> list[dict[str, str]]:
        """The messages that ask for a summary of ``turns`` after the summary ``before`` of what preceded them."""
        language = language_of(question)
        system, _, last = self._texts["summary", language].partition("\n---\n")
        told = [{"role": "user", "content": before}] if before else []
        said = [message for turn in turns for message in turn.messages()]
        return [{"role": "system", "content": system.strip()}, *told, *said, {"role": "user", "content": last.strip()}]


def _fenced(passages: Sequence[Passage]) -> str:
    return fenced([FencedPassage(number, passage.source, passage.page, passage.text) for number, passage in enumerate(passages, 1)])


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def chat_body(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The body of a chat request to the models' room."""
    return {"messages": messages}
