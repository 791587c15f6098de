"""OpenAI's moderation endpoint, or one that speaks as it does."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from maru.guard.check import Subject
from maru.guard.finding import Finding
from maru.guard.policy import Provider
from maru.guard.providers.base import Untrusted, everywhere
from maru.guard.vocabulary import CATEGORIES

_URL = "https://api.openai.com/v1"
_KEY = "OPENAI_API_KEY"
_MODEL = "omni-moderation-latest"


class _Result(BaseModel):
    category_scores: dict[str, float] = Field(min_length=1)


class _Answer(BaseModel):
    results: list[_Result] = Field(min_length=1, max_length=1)


class OpenAIModeration:
    """``key`` gives credentials by name; ``url`` is the API's base."""

    def __init__(self, key: Callable[[str], Awaitable[str | None]], url: str = _URL) -> None:
        self._key, self._url = key, url

    async def ask(self, check: str, subject: Subject, provider: Provider) -> Iterable[Finding]:
        """The scores of the categories that OpenAI has."""
        secret = await self._key(_KEY)
        if secret is None or check != "moderation":
            raise Untrusted
        try:
            scores = _Answer.model_validate(await self._post(subject.text, provider, secret)).results[0].category_scores
        except ValidationError as error:
            raise Untrusted from error
        if not all(0 <= score <= 1 for score in scores.values()) or not scores.keys() & set(CATEGORIES):
            raise Untrusted
        return [everywhere(check, name, subject, score, "OpenAI's endpoint") for name, score in scores.items() if name in CATEGORIES]

    async def _post(self, text: str, provider: Provider, secret: str) -> Any:
        import aiohttp

        body = {"model": provider.model or _MODEL, "input": text}
        headers = {"authorization": f"Bearer {secret}"}
        async with aiohttp.ClientSession() as session, session.post(f"{self._url}/moderations", json=body, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.json()
