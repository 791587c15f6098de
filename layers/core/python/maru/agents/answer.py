"""The answer to a message: search under the caller's rights, ask the model, verify its citations, keep the turn."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import anyio.to_thread

from maru.agents.agent import Agent
from maru.agents.events import Event, status
from maru.agents.given import Blocked
from maru.agents.guarding import Guards
from maru.agents.history import Recollection, asks_again
from maru.agents.looking import Looking, documents
from maru.agents.memory import Memory
from maru.agents.prompting import Prompts
from maru.agents.recall import Recall, Subject
from maru.agents.rounds import Rounds
from maru.agents.routes import Basis, Routes, Wishes
from maru.agents.runs import Emit
from maru.agents.said import Said
from maru.agents.sessions import SessionStore
from maru.agents.spending import Spending
from maru.agents.tools.toolbox import Tools
from maru.agents.trail import Trail
from maru.agents.writing import Writing
from maru.cache.responses import ResponseCache
from maru.cache.wanted import Wanted
from maru.dynamo import Item
from maru.errors import MaruError, UpstreamTimeout
from maru.guard.journal import PAGES
from maru.identity import Caller
from maru.ids import new_id
from maru.knowledge.passages import Passage
from maru.knowledge.ranking import Ranking
from maru.knowledge.rewriting import Rewriting
from maru.knowledge.rights import FileVersion
from maru.models import Bearer, Catalogue, Completion, ModelStream, Route
from maru.telemetry import Telemetry

#: Seconds an answer may take in all: below Lambda's fifteen minutes.
LONGEST = 840.0


class Search(Protocol):
    """What answering asks of the documents' room."""

    async def search(
        self,
        caller: Caller,
        *,
        store_ids_or_names: Sequence[str],
        query: str,
        k: int,
        cutoff: float | None = None,
        ranking: Ranking = ...,
        private: bool = ...,
    ) -> list[Passage]:
        """The best passages that the caller may see."""
        ...

    def visible(self, caller: Caller, versions: Iterable[FileVersion]) -> set[FileVersion]:
        """Those file versions that the caller may read now; blocks."""
        ...

    def classes(self, caller: Caller, versions: Iterable[FileVersion]) -> set[str]:
        """The data classes of the files of these versions; blocks."""
        ...


class Models(Protocol):
    """What answering asks of the models' room."""

    catalogue: Catalogue

    async def route(self, *args: Any, **how: Any) -> Route:
        """Where a request may go."""
        ...

    async def complete(self, alias: str | Route, body: dict[str, Any], *, bearer: Bearer | None = None) -> Completion:
        """A whole answer."""
        ...

    async def stream(self, alias: str | Route, body: dict[str, Any], *, bearer: Bearer | None = None) -> ModelStream:
        """An answer as it comes."""
        ...


@dataclass(frozen=True)
class Asked:
    """A message to an agent, in a session of the caller that ``is_new`` for it; ``again``: the caller asked it before."""

    caller: Caller
    agent: Agent
    message: str
    session: Item
    is_new: bool
    message_id: str
    wishes: Wishes
    wanted: Wanted
    again: bool = False

    @property
    def where(self) -> dict[str, str]:
        """Where the answer will be found, told from the first event on for clients that do not stay."""
        return {"session_id": self.session["id"], "message_id": self.message_id}


class Answerer:
    """Answers messages."""

    def __init__(
        self,
        *,
        models: Models,
        search: Search,
        sessions: SessionStore,
        prompts: Prompts,
        guards: Guards,
        tools: Tools,
        log: Telemetry,
        cache: ResponseCache,
        rewriting: Rewriting,
        trail: Trail,
    ) -> None:
        self._models, self._search, self._sessions, self._prompts, self._log = models, search, sessions, prompts, log
        self._guards, self._tools, self._cache = guards, tools, cache
        self._looking, self._trail = Looking(models=models, search=search, rewriting=rewriting), trail
        self._memory = Memory(models=models, search=search, sessions=sessions, prompts=prompts)

    def open(
        self,
        caller: Caller,
        agent: Agent,
        message: str,
        session_id: str | None,
        *,
        wishes: Wishes | None = None,
        wanted: Wanted | None = None,
        again: bool = False,
    ) -> Asked:
        """Open the session of a message, or make it; blocks. Raises NotFound for somebody else's."""
        # What the guard may change gets no title before it was seen.
        title = "" if self._guards.policy(caller, agent).acts("input") else message
        session, is_new = self._sessions.open(caller, session_id, agent=agent.name, title=title)
        return Asked(caller, agent, message, session, is_new, new_id("msg_"), wishes or Wishes(), wanted or Wanted(), again)

    async def answer(self, asked: Asked, emit: Emit, spending: Spending) -> None:
        """Answer, and emit what happens, ``response.completed`` last. A session that is new stays only if something was said in it.

        Raises MaruError, those of models and of search included; what was written until then is kept as a failed message.
        """
        said = Said()
        try:
            async with asyncio.timeout(LONGEST):
                done = await self._answered(asked, emit, spending, said)
        except TimeoutError as error:
            await self._cut_off(asked, said, spending)
            raise UpstreamTimeout("The answer took too long.") from error
        except BaseException:
            await self._cut_off(asked, said, spending)
            raise
        emit(Event("response.completed", done, said.used))

    async def _answered(self, asked: Asked, emit: Emit, spending: Spending, said: Said) -> dict[str, Any]:
        said.under(await self._guards.begin(asked.caller, asked.agent, asked.session, asked.message))
        try:
            await self._write(asked, emit, spending, said)
        except Blocked:
            emit(Event("response.delta", {"delta": said.refuse()}))
        return await self._keep(asked, said, spending)

    async def _write(self, asked: Asked, emit: Emit, spending: Spending, said: Said) -> None:
        question = said.question = await said.guarding.message(asked.message)
        toolbox = await self._tools.open(asked.caller, asked.agent, said.guarding, said.cite)
        instructions, toolbox.offered = await said.guarding.given(asked.agent.instructions, toolbox.offered)
        routes = Routes(self._models, self._search, asked.caller, asked.agent.model, asked.wishes)
        history = await self._memory.recall(asked.session, asked.agent, question, spending, routes, let=said.guarding.history)
        spending.turn = "again" if asked.again or asks_again(question, history.turns) else "first"
        history = await said.guarding.history(history)
        searched = bool(asked.agent.vector_stores)
        passages: list[Passage] = []
        if searched:
            emit(status("searching", **asked.where))
            passages = await self._looking.passages(
                asked.agent, question, history, spending=spending, routes=routes, reads=said.guarding.reads
            )
            emit(status("reading", **asked.where, documents=documents(passages)))
        passages, shown = await said.guarding.passages(passages)
        said.passages = tuple(passages)
        cites = searched or toolbox.cites
        writing = said.begin(Writing(passages, question=asked.message, cites=cites), _used(passages, history))
        asking = partial(self._prompts.request, question, instructions=instructions, canary=said.guarding.canary)
        messages = asking(searched=searched, passages=shown, history=history, tools=bool(toolbox.offered))
        turns = [one.content for turn in history.turns for one in (turn.question, turn.answer)]
        summed = [history.summary.text] if history.summary else []
        classes = frozenset(one.data_class for one in passages)
        basis = Basis(routes, (question, *turns, *summed), history.used, classes)
        # What tools give is of the moment.
        subject = Subject(asked.caller, asked.agent, Wanted() if toolbox.offered else asked.wanted)
        alias = self._models.catalogue.find(asked.agent.model, "chat")
        recall = Recall.of(self._cache, subject, alias, self._prompts, said=(question, history, shown))
        rounds = Rounds(self._models, basis, recall, most=asked.agent.tool_rounds if toolbox.offered else 0, where=asked.where)
        await rounds.write(messages, toolbox, writing, emit, spending)
        said.tool_calls = tuple(toolbox.told)
        emit(status("checking", **asked.where))
        said.grounding = await said.guarding.grounding(said.text)

    async def _keep(self, asked: Asked, said: Said, spending: Spending) -> dict[str, Any]:
        usage = spending.usage()
        await self._append(asked, said, usage, said.outcome)
        return {
            "response": said.text,
            "references": list(said.references),
            "session_id": asked.session["id"],
            "message_id": asked.message_id,
            "usage": usage,
            **({"tool_calls": list(said.tool_calls)} if said.tool_calls else {}),
            **({"grounding": said.grounding} if said.grounding else {}),
            **said.guarding.mark(),
        }

    async def _append(self, asked: Asked, said: Said, usage: dict[str, Any], outcome: str) -> None:
        """Keep the turn with placeholders, and sealed beside it what they stand for."""
        sealed = await _blocking(self._guards.sealed, asked.session, said.vault)
        title = said.question if asked.is_new and not asked.session["title"] else None
        turn = said.turn(asked.session["id"], asked.message_id, asked.agent.name, usage, outcome)
        await _blocking(self._trail.read, asked, said.passages, said.cited)
        await _blocking(self._sessions.append, asked.session, turn, title=title, sealed=sealed, data_class=said.data_class)
        if asked.agent.vector_stores and outcome == "completed" and not said.cited:
            stores = asked.agent.vector_stores
            await _blocking(self._trail.open_question, asked.caller, stores, "unanswered", turn[-1], said.question)
        if pages := PAGES.get():
            await pages.keep()

    async def _cut_off(self, asked: Asked, said: Said, spending: Spending) -> None:
        """Keep what the client saw of an answer that did not come to its end; a session without anything said is taken back."""
        if said.text:
            try:
                await self._append(asked, said, spending.usage(), "failed")
            except MaruError as error:  # the failure that brought us here is the one to tell
                self._log.failure("failed message not kept", error, session_id=asked.session["id"])
        elif asked.is_new:
            await _blocking(self._sessions.discard, asked.session)


def _used(passages: Sequence[Passage], history: Recollection) -> frozenset[FileVersion]:
    return frozenset((passage.file_id, passage.version) for passage in passages) | history.used


async def _blocking[**P, R](call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return await anyio.to_thread.run_sync(partial(call, *args, **kwargs))
