"""``/v1/agents``: stored agents, and the chat with one."""

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from functions.chat import agent_answers
from functions.chat.agent_answers import Form
from maru.agents.agent import Agent, AgentChange, AgentStore, agent_of, public_agent
from maru.agents.answer import Answerer
from maru.agents.runs import Runs
from maru.agents.spending import Spending
from maru.errors import BadRequest, NotFound
from maru.guard.policies import PolicyStore
from maru.http import exchange, provided, require
from maru.identity import Caller
from maru.knowledge.vector_stores import VectorStoreStore
from maru.ledger.meter import Meter
from maru.models import ModelClient
from maru.telemetry import Telemetry

router = APIRouter(tags=["agents"])

type Chatting = Annotated[Caller, Depends(require("chat"))]
type Builder = Annotated[Caller, Depends(require("build"))]
type Agents = Annotated[AgentStore, Depends(provided(AgentStore))]
type Stores = Annotated[VectorStoreStore, Depends(provided(VectorStoreStore))]
type Models = Annotated[ModelClient, Depends(provided(ModelClient))]
type Policies = Annotated[PolicyStore, Depends(provided(PolicyStore))]


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return value


class AgentChat(BaseModel):
    """A message to an agent; a ``session_id`` that nobody has yet makes a session."""

    model_config = ConfigDict(extra="forbid")

    message: Annotated[str, Field(max_length=100_000), AfterValidator(_said)]
    session_id: Annotated[str, Field(pattern=r"^[^\s/\x00-\x1f\x7f]{1,128}$")] | None = None
    stream: bool | None = None


@router.post("/v1/agents")
def create_agent(
    body: Agent, caller: Builder, agents: Agents, models: Models, stores: Stores, policies: Policies, request: Request
) -> dict[str, Any]:
    """Make an agent. Vector stores may be named before they are there; an id must be that of one."""
    exchange(request).object_id = body.name
    _check(body, caller, models, stores, policies)
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
def change_agent(
    name: str, body: AgentChange, caller: Builder, agents: Agents, models: Models, stores: Stores, policies: Policies
) -> dict[str, Any]:
    """Change the fields that are sent."""
    agents.get(caller.tenant, name)
    _check(body, caller, models, stores, policies)
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
    accept: Annotated[str, Header()] = "",
) -> Response:
    """Answer a message from the agent's documents, with verified citations.

    As JSON; with ``stream`` (or ``Accept: text/event-stream``) as server-sent events; with ``Accept: text/plain`` as bare text.
    """
    agent = agent_of(await anyio.to_thread.run_sync(agents.get, caller.tenant, name))
    asked = await anyio.to_thread.run_sync(answerer.open, caller, agent, body.message, body.session_id)
    spending = Spending(log, caller, meter, agent=name, request_id=exchange(request).request_id)
    run = runs.start(lambda emit: answerer.answer(asked, emit, spending))
    return await agent_answers.of(run, Form.asked(accept, stream=body.stream), exchange(request), spending)


def _check(body: AgentChange, caller: Caller, models: ModelClient, stores: VectorStoreStore, policies: PolicyStore) -> None:
    """Raise BadRequest for a model, a vector store or a policy that is not there."""
    found = models.catalogue.get(body.model)
    if "model" in body.model_fields_set and (found is None or found.kind != "chat"):
        raise BadRequest(f"'model': there is no chat model '{body.model}'.", param="model", code="invalid_value")
    for reference in body.vector_stores:
        if reference.startswith("vs_") and stores.find(caller.tenant, reference) is None:
            raise BadRequest(f"'vector_stores': there is no vector store '{reference}'.", param="vector_stores", code="invalid_value")
    if body.policy:
        try:
            policies.find(caller.tenant, body.policy)
        except NotFound as error:
            raise BadRequest(f"'policy': there is no policy '{body.policy}'.", param="policy", code="invalid_value") from error
