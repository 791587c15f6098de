"""What the model is told of a session: turns that still may be told, older ones summarised where the agent asks for it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import anyio.to_thread

from maru.agents.agent import Agent
from maru.agents.history import RECENT, Recollection, needed, recollect
from maru.agents.messages import Message
from maru.agents.prompting import Prompts, chat_body
from maru.agents.routes import Routes
from maru.agents.sessions import SessionStore, Summary
from maru.agents.spending import Spending
from maru.dynamo import Item
from maru.identity import Caller
from maru.knowledge.rights import FileVersion

if TYPE_CHECKING:
    from maru.agents.answer import Models, Search

#: Of an agent's history, the share that its summary may take.
_SUMMARY_SHARE = 4


#: Gives what of a session a model may be told.
type Let = Callable[[Recollection], Awaitable[Recollection]]


class Memory:
    """Recalls sessions."""

    def __init__(self, *, models: "Models", search: "Search", sessions: SessionStore, prompts: Prompts) -> None:
        self._models, self._search, self._sessions, self._prompts = models, search, sessions, prompts

    async def recall(self, session: Item, agent: Agent, question: str, spending: Spending, routes: Routes, *, let: Let) -> Recollection:
        """What of the session goes into the next prompt of the routes' caller; may ask the model for a summary of what ``let``
        lets it be told.

        Raises the errors of models.
        """
        if not agent.history_tokens or not session["messages"]:
            return Recollection(None, (), ())
        messages, visible = await anyio.to_thread.run_sync(partial(self._read, session, routes.caller))
        kept = self._sessions.summary(session) if agent.summarise else None
        found = recollect(messages, kept, visible, limit=agent.history_tokens)
        if not agent.summarise or not found.overflow:
            return found
        # Down to half of the limit, so that not every further turn asks for a summary.
        found = recollect(messages, kept, visible, limit=agent.history_tokens // 2)
        summary = await self._summarised(found, agent, question, spending, routes, let=let)
        await anyio.to_thread.run_sync(partial(self._sessions.summarised, session, summary))
        return Recollection(summary, found.turns, ())

    def _read(self, session: Item, caller: Caller) -> tuple[list[Message], set[FileVersion]]:
        recent = self._sessions.messages(caller, session["id"], order="desc", limit=RECENT)
        messages = recent[::-1]
        return messages, self._search.visible(caller, needed(messages, self._sessions.summary(session)))

    async def _summarised(
        self, found: Recollection, agent: Agent, question: str, spending: Spending, routes: Routes, *, let: Let
    ) -> Summary:
        shown = await let(replace(found, turns=()))
        before = shown.summary.text if shown.summary else ""
        request = chat_body(self._prompts.summary_request(question, before, shown.overflow))
        request["max_tokens"] = max(64, agent.history_tokens // _SUMMARY_SHARE)
        used = {version for turn in found.overflow for version in turn.answer.sources()} | (found.summary.used if found.summary else set())
        told = [before, *(one.content for turn in shown.overflow for one in (turn.question, turn.answer))]
        route = await routes.decide(request, said=told, used=frozenset(used))
        async with spending.call(route, request) as charge:
            with spending.model_time(), charge.attempt():
                answer = await self._models.complete(route, charge.body, bearer=charge)
            charge.answered(answer.target, answer.usage)
        spending.whole(agent.model, answer)
        return Summary(answer.text, found.overflow[-1].answer.place, frozenset(used))
