"""``/v1/agents``: stored agents, and the chat with one."""

from functools import partial
from typing import Annotated, Any
from unicodedata import normalize

import anyio.to_thread
from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import AfterValidator, Field, StringConstraints

from functions.chat import agent_answers
from functions.chat.agent_answers import Form
from functions.chat.agent_parts import NamedParts
from functions.chat.caching import Control, Mode, told
from functions.chat.routed import Prefer, Private
from maru.agents.agent import Agent, AgentChange, AgentStore, Reference, agent_of, public_agent
from maru.agents.answer import Answerer
from maru.agents.routes import Wishes
from maru.agents.runs import Runs
from maru.agents.sessions import SESSION_ID
from maru.agents.spending import Spending
from maru.cache.responses import ResponseCache
from maru.cache.wanted import Wanted
from maru.errors import Forbidden
from maru.exact import Exact
from maru.guard.journal import Journal
from maru.http import exchange, provided, require
from maru.identity import Caller
from maru.ledger.meter import Meter
from maru.telemetry import Telemetry

router = APIRouter(tags=["agents"])

type Chatting = Annotated[Caller, Depends(require("chat"))]
type Builder = Annotated[Caller, Depends(require("build"))]
type Agents = Annotated[AgentStore, Depends(provided(AgentStore))]
type Named = Annotated[NamedParts, Depends(NamedParts)]


def _said(value: str) -> str:
    """In NFC, as documents are: macOS takes Korean syllables apart in what is copied from the names of files."""
    if not value.strip():
        raise ValueError("is empty")
    return normalize("NFC", value)


class AgentChat(Exact):
    """A message to an agent; a ``session_id`` that nobody has yet makes a session.

    For this message alone, ``model`` answers instead of the agent's, and ``vector_stores`` are searched beside the agent's: what a
    person put into the conversation. ``again`` says that the question was asked before, in these words or others: it counts as asked
    again in ``GET /v1/feedback/summary``.
    """

    message: Annotated[str, Field(max_length=100_000), AfterValidator(_said)]
    session_id: Annotated[str, Field(pattern=SESSION_ID)] | None = None
    stream: bool | None = None
    model: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)] | None = None
    vector_stores: list[Reference] = Field(default=[], max_length=3)
    again: bool = False

    def changed(self, agent: Agent, caller: Caller, named: NamedParts) -> Agent:
        """The agent as this message wants it. Raises BadRequest for a model that is not there, and Forbidden where that is not free."""
        if caller.published and (self.model is not None or self.vector_stores):
            wrong = "model" if self.model else "vector_stores"
            raise Forbidden("A key that stands in web pages takes the agent as it is.", param=wrong, code="key_is_published")
        if self.model is not None:
            named.check(AgentChange(model=self.model), caller, agent)
        stores = list(dict.fromkeys([*agent.vector_stores, *self.vector_stores]))
        return agent.model_copy(update={"model": self.model or agent.model, "vector_stores": stores})


@router.post("/v1/agents")
def create_agent(body: Agent, caller: Builder, agents: Agents, named: Named, request: Request) -> dict[str, Any]:
    """Make an agent. Vector stores may be named before they are there; an id must be that of one."""
    exchange(request).object_id = body.name
    named.check(body, caller)
    return public_agent(agents.create(caller.tenant, body))


@router.get("/v1/agents")
def list_agents(caller: Chatting, agents: Agents) -> dict[str, Any]:
    """All agents of the tenant, by name."""
    return {"object": "list", "data": [public_agent(row) for row in agents.listed(caller.tenant)], "has_more": False}


@router.get("/v1/agents/{name}")
def read_agent(name: str, caller: Chatting, agents: Agents) -> dict[str, Any]:
    """One agent."""
    return public_agent(agents.get(caller.tenant, name))


@router.post("/v1/agents/{name}")
@router.patch("/v1/agents/{name}")
def change_agent(name: str, body: AgentChange, caller: Builder, agents: Agents, named: Named) -> dict[str, Any]:
    """Change the fields that are sent."""
    known = agent_of(agents.get(caller.tenant, name))
    named.check(body, caller, known)
    return public_agent(agents.change(caller.tenant, name, body))


@router.delete("/v1/agents/{name}")
def delete_agent(name: str, caller: Builder, agents: Agents) -> dict[str, Any]:
    """Forget an agent; sessions with it stay."""
    agents.delete(caller.tenant, name)
    return {"name": name, "object": "agent.deleted", "deleted": True}


@router.post("/v1/agents/{name}/chat", response_model=None)
async def chat_with_agent(
    name: str,
    body: AgentChat,
    request: Request,
    caller: Chatting,
    agents: Agents,
    answerer: Annotated[Answerer, Depends(provided(Answerer))],
    runs: Annotated[Runs, Depends(provided(Runs))],
    log: Annotated[Telemetry, Depends(provided(Telemetry))],
    meter: Annotated[Meter, Depends(provided(Meter))],
    journal: Annotated[Journal, Depends(provided(Journal))],
    cache: Annotated[ResponseCache, Depends(provided(ResponseCache))],
    named: Named,
    accept: Annotated[str, Header()] = "",
    private: Private = None,
    prefer: Prefer = None,
    cache_mode: Mode = None,
    cache_control: Control = None,
) -> Response:
    """Answer a message from the agent's documents, with verified citations.

    As JSON; with ``stream`` (or ``Accept: text/event-stream``) as server-sent events; with ``Accept: text/plain`` as bare text.
    """
    journal.noting(exchange(request), caller)
    agent = body.changed(agent_of(await anyio.to_thread.run_sync(agents.get, caller.tenant, name)), caller, named)
    agent = await anyio.to_thread.run_sync(named.instructed, agent, caller)
    wishes = Wishes(bool(private), prefer or "balanced")
    wanted = Wanted.of(told(cache_mode, cache_control), agent.cache or cache.rules.agents)
    opening = partial(answerer.open, caller, agent, body.message, body.session_id, wishes=wishes, wanted=wanted, again=body.again)
    asked = await anyio.to_thread.run_sync(opening)
    spending = Spending(log, caller, meter, agent=name, request_id=exchange(request).request_id)
    run = runs.start(lambda emit: answerer.answer(asked, emit, spending))
    return await agent_answers.of(run, Form.asked(accept, stream=body.stream), exchange(request), spending)
