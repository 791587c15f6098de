"""The order of passages as a reranking model sees it, where one is asked for and answers in time; what metrics tell of a search."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from maru.errors import MaruError
from maru.knowledge.auxiliary import dispensable
from maru.knowledge.ranking import Ranking
from maru.telemetry import Telemetry

if TYPE_CHECKING:
    from maru.knowledge.passages import Passage


class Ranks(Protocol):
    """Asks a reranking model, at somebody's cost."""

    async def __call__(self, alias: str, query: str, texts: Sequence[str], *, top_n: int, seconds: float, classes: Iterable[str]) -> Any:
        """A :class:`maru.models.Ranking`."""
        ...


async def reranked(
    ranks: Ranks, ranking: Ranking, query: str, passages: "Sequence[Passage]", *, log: Telemetry | None = None
) -> "list[Passage]":
    """The passages by the model's relevance, which becomes their score; in the order they had where the model failed, was late, or must
    not see them.

    Raises what is the caller's to mend: an alias that does not exist or reranks nothing, a budget that is spent.
    """
    if ranking.rerank is None or len(passages) < 2:
        return list(passages)
    passages, texts, unread = await _readable(passages, ranking)
    seconds, classes = ranking.rerank_seconds, {one.data_class for one in passages}
    try:
        async with asyncio.timeout(seconds):
            found = await ranks(ranking.rerank, query, texts, top_n=len(texts), seconds=seconds, classes=classes)
    except TimeoutError:
        _missed(log, "late")
        return [*passages, *unread]
    except MaruError as error:
        if not dispensable(error):
            raise
        _missed(log, error.code)
        return [*passages, *unread]
    order: tuple[tuple[int, float], ...] = found.order
    named = {place for place, _ in order}
    best = [replace(passages[place], score=score, rerank_score=score) for place, score in order]
    # A model that names fewer than it was given says nothing about the rest: they follow in their order.
    return best + [one for place, one in enumerate(passages) if place not in named] + unread


async def _readable(passages: "Sequence[Passage]", ranking: Ranking) -> "tuple[list[Passage], list[str], list[Passage]]":
    """The passages that the model may read, their texts as it may, and the other passages."""
    texts: Sequence[str | None] = [f"{one.heading}\n{one.text}" if one.heading else one.text for one in passages]
    if ranking.reads is not None:
        texts = await ranking.reads([text or "" for text in texts])
    both = list(zip(passages, texts, strict=True))
    return [one for one, text in both if text], [text for _, text in both if text], [one for one, text in both if not text]


def _missed(log: Telemetry | None, cause: str) -> None:
    if log is not None:
        log.log("WARNING", "passages not reranked", cause=cause)
        log.metric({"part": "search"}, {"rerank_failures": 1})


def measure(log: Telemetry, passages: "Sequence[Passage]") -> None:
    """How near what was found is, as a distribution: a store that drifts away from its questions shows here first."""
    cosines = [round(one.vector_score, 4) for one in passages if one.vector_score is not None]
    scores = [round(one.score, 4) for one in passages]
    found = {name: some for name, some in {"similarity_score": cosines, "result_score": scores}.items() if some}
    log.metric({"part": "search"}, {**found, "searches": 1, "searches_without_result": int(not passages)})
