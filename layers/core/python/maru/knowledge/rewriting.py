"""A question made ready for searching by a model: on its own feet, whatever was said before it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from maru.errors import MaruError
from maru.identity import Caller
from maru.knowledge.auxiliary import dispensable
from maru.knowledge.cite.words import hangul_share
from maru.ledger.meter import Meter
from maru.models.catalogue import Alias

_KOREAN = 0.2  # share of Hangul among the letters from which on the Korean prompt asks
_LONGEST = 500  # characters: a query that is longer is none
_TOKENS = 200
#: What a search waits for its query: whoever asked would rather have the question searched for as it stands.
SECONDS = 10.0
_SCHEMA: Mapping[str, Any] = {
    "name": "search_query",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {"query": {"type": "string"}},
        "required": ["query"],
        "additionalProperties": False,
    },
}


class Rewriting:
    """The prompts ``rewrite.{language}.md``, the request that they make, and what is read of its answer."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    @classmethod
    def load(cls, catalogue: str | Path) -> Self:
        """Read the files; raises FileNotFoundError naming one that is missing."""
        folder = Path(catalogue) / "prompts"
        return cls({language: (folder / f"rewrite.{language}.md").read_text(encoding="utf-8") for language in ("ko", "en")})

    @staticmethod
    def able(alias: Alias) -> bool:
        """Whether the alias's models compose at all, as the bundled reader does not: they must keep to a schema."""
        return "json_schema" in alias.abilities

    def request(self, question: str, turns: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
        """The body of a chat request; ``turns`` are the messages before the question."""
        language = "ko" if hangul_share(question) >= _KOREAN else "en"
        system = {"role": "system", "content": self._texts[language].strip()}
        return {
            "messages": [system, *turns, {"role": "user", "content": question}],
            "response_format": {"type": "json_schema", "json_schema": _SCHEMA},
            "max_tokens": _TOKENS,
        }

    @staticmethod
    def read(answer: str, question: str) -> str:
        """The query of an answer; the question itself where the answer holds none."""
        try:
            query = json.loads(answer)["query"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return question
        query = " ".join(query.split()) if isinstance(query, str) and _writable(query) else ""
        return query if 0 < len(query) <= _LONGEST else question


def _writable(query: str) -> bool:
    """Whether engines can be asked it: half a surrogate pair, which JSON can hold, is no text."""
    return not any("\ud800" <= letter <= "\udfff" for letter in query)


async def rewritten(
    rewriting: Rewriting, caller: Caller, question: str, *, alias: Alias, models: Any, meter: Meter | None, private: bool = False
) -> str:
    """The query that a model makes of a question, at the caller's cost; the question where no model answers within `SECONDS`, or none
    may see it.

    Where ``private``, only private targets may see it, as they alone may where it holds personal data.
    """
    if not rewriting.able(alias):
        return question
    body, charge = rewriting.request(question), None
    try:
        async with asyncio.timeout(SECONDS):
            route = await models.route(alias, body, asked=private)
            charge = await meter.chat(caller, route.alias, body, {}) if meter else None
            if charge is None:
                return rewriting.read((await models.complete(route, body)).text, question)
            with charge.attempt():
                answer = await models.complete(route, charge.body)
            charge.answered(answer.target, answer.usage)
        return rewriting.read(answer.text, question)
    except TimeoutError:
        return question
    except MaruError as error:
        if not dispensable(error):
            raise
        return question
    finally:
        if charge:
            await charge.close()
