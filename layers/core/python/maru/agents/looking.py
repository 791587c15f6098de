"""What an answer looks for, and how: the question as it stands, or put on its own feet by the agent's model first."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from maru.agents.agent import Agent
from maru.agents.history import Recollection
from maru.agents.routes import Routes
from maru.agents.spending import Spending
from maru.errors import MaruError, UpstreamTimeout
from maru.knowledge.auxiliary import dispensable
from maru.knowledge.cite.words import content, normalise, words
from maru.knowledge.passages import Passage
from maru.knowledge.ranking import Ranking, Reads
from maru.knowledge.rewriting import SECONDS, Rewriting

if TYPE_CHECKING:
    from maru.agents.answer import Models, Search

_SEARCH = 60.0
#: A message with fewer words of its own is looked for together with the question before it.
_FEW_WORDS = 3
#: Turns that a model sees when it puts a question on its own feet.
_TURNS = 3


class Looking:
    """Searches an agent's vector stores."""

    def __init__(self, *, models: "Models", search: "Search", rewriting: Rewriting) -> None:
        self._models, self._search, self._rewriting = models, search, rewriting

    async def passages(
        self, agent: Agent, question: str, history: Recollection, *, spending: Spending, routes: Routes, reads: Reads | None = None
    ) -> list[Passage]:
        """The passages for an answer to the routes' caller; a reranking model reads them as ``reads`` gives them.

        Raises UpstreamTimeout, and the errors of search.
        """
        query = _query(question, history)
        if agent.rewrite_query and history.turns:
            query = await self._rewritten(agent, question, history, spending, routes) or query
        ranking = Ranking(rerank=agent.rerank, joined=agent.join_neighbours, reads=reads)
        try:
            async with asyncio.timeout(_SEARCH):
                return await self._search.search(
                    routes.caller,
                    store_ids_or_names=agent.vector_stores,
                    query=query,
                    k=agent.top_k,
                    cutoff=agent.similarity_cutoff,
                    ranking=ranking,
                    private=routes.wishes.private,
                )
        except TimeoutError as error:
            raise UpstreamTimeout("The search took too long.") from error

    async def _rewritten(self, agent: Agent, question: str, history: Recollection, spending: Spending, routes: Routes) -> str | None:
        """The question as it can be searched for without what was said before; None where the model does not compose, or fails."""
        if not self._rewriting.able(self._models.catalogue.find(agent.model, "chat")):
            return None
        turns = history.turns[-_TURNS:]
        request = self._rewriting.request(question, [message for turn in turns for message in turn.messages()])
        told = [question, *(one.content for turn in turns for one in (turn.question, turn.answer))]
        try:
            async with asyncio.timeout(SECONDS):
                route = await routes.decide(request, said=told, used=history.used)
                async with spending.call(route, request) as charge:
                    with spending.model_time(), charge.attempt():
                        answer = await self._models.complete(route, charge.body, bearer=charge)
                    charge.answered(answer.target, answer.usage)
        except TimeoutError:
            return None
        except MaruError as error:
            if not dispensable(error):
                raise
            return None
        spending.whole(agent.model, answer)
        return self._rewriting.read(answer.text, question)


def documents(passages: Sequence[Passage]) -> list[dict[str, str]]:
    """The documents that passages are from, each once, best first."""
    return [{"file_id": file_id, "source": source} for file_id, source in dict.fromkeys((one.file_id, one.source) for one in passages)]


def _query(message: str, history: Recollection) -> str:
    """What to search for: a message too short to stand alone follows the question before it."""
    few = len(content(words(normalise(message)))) < _FEW_WORDS
    return f"{history.turns[-1].question.content}\n{message}" if few and history.turns else message
