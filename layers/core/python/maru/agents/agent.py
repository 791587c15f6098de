"""Agents as stored objects: who answers, from which documents, with which model."""

import re
import time
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from maru.agents.tools.rules import AgentTool
from maru.cache.rules import Mode
from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import Conflict, NotFound
from maru.exact import Exact
from maru.validation import spelled

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ValueError("has 1 to 63 of a-z, 0-9, '-' and '_', and begins with a letter or digit")
    return value


def _once(value: list[AgentTool]) -> list[AgentTool]:
    names = [one.name for one in value]
    if len(set(names)) < len(names):
        raise ValueError("names a tool twice")
    return value


#: A prompt's name, and behind '@' a label or a version; without one `live` is meant.
_PROMPT = spelled(
    r"^[a-z0-9][a-z0-9_-]{0,62}(@[a-z0-9][a-z0-9_-]{0,31})?$",
    "a prompt's name and maybe its label or version, such as 'welcome@live'",
)

type Reference = Annotated[str, Field(min_length=1, max_length=256)]


class AgentChange(Exact):
    """Fields of an agent that may be changed; one that is not sent stays as it is."""

    model_config = ConfigDict(str_strip_whitespace=True)

    description: str = Field(default="", max_length=500)
    instructions: str = Field(default="", max_length=20_000)
    prompt: str | None = Field(default=None, pattern=_PROMPT, max_length=128)
    prompt_variables: dict[str, Any] = Field(default={}, max_length=50)
    model: str = Field(default="default", min_length=1, max_length=128)
    vector_stores: list[Reference] = Field(default=[], max_length=10)
    top_k: int = Field(default=5, ge=1, le=50)
    similarity_cutoff: float | None = Field(default=None, ge=-1, le=1)
    rerank: str | None = Field(default=None, min_length=1, max_length=128)
    join_neighbours: bool = False
    rewrite_query: bool = False
    history_tokens: int = Field(default=4000, ge=0, le=200_000)
    summarise: bool = False
    tools: Annotated[list[AgentTool], AfterValidator(_once)] = Field(default=[], max_length=64)
    tool_rounds: int = Field(default=5, ge=1, le=20)
    policy: str | None = Field(default=None, min_length=1, max_length=128)
    cache: Mode | None = None


class Agent(AgentChange):
    """An agent.

    ``prompt`` names one of `/v1/prompts` and a label: its system messages, filled with ``prompt_variables`` and, where it has such
    variables, with the agent's own ``instructions`` and its name as ``agent``, stand in place of ``instructions``. A label that moves is
    followed from the next message on.
    ``vector_stores`` are ids or names; ``top_k`` passages at most go into a prompt, none that scores below ``similarity_cutoff``.
    ``rerank`` is the alias of a model that ranks passages, ``join_neighbours`` makes one of those that touch, and with ``rewrite_query``
    the model puts a question that follows others on its own feet before it is searched for.
    ``tools`` are names, or names with rules; the model may call them in at most ``tool_rounds`` rounds of one answer.
    ``history_tokens`` bounds what of a session the model sees; with ``summarise`` older turns are summarised, else left out.
    ``cache`` says whether answers are given again (None: as the operator's ``cache.yaml`` says).
    """

    name: Annotated[str, AfterValidator(_name)]


class AgentStore:
    """The table of agents, by tenant and name."""

    SPEC = TableSpec("agents", key="tenant", sort="name")

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, tenant: str, agent: Agent) -> Item:
        """Keep a new agent; raises Conflict where the name is taken."""
        now = int(time.time())
        row: Item = {"tenant": tenant, **_stored(agent.model_dump()), "created_at": now, "updated_at": now}
        try:
            self._table.put(row, condition="attribute_not_exists(tenant)")
        except ConditionFailed as error:
            raise Conflict(f"There is an agent '{agent.name}' already.", param="name", code="agent_exists") from error
        return row

    def get(self, tenant: str, name: str) -> Item:
        """The row of an agent; raises NotFound."""
        row = self._table.get({"tenant": tenant, "name": name})
        if row is None:
            raise NotFound(f"No agent '{name}'.", param="name")
        return row

    def listed(self, tenant: str) -> Iterable[Item]:
        """All agents of a tenant, by name."""
        return self._table.query("tenant = :tenant", {":tenant": tenant})

    def change(self, tenant: str, name: str, change: AgentChange) -> Item:
        """Set the fields that were sent; raises NotFound."""
        changes = {**_stored(change.model_dump(exclude_unset=True)), "updated_at": int(time.time())}
        try:
            return self._table.set({"tenant": tenant, "name": name}, changes, condition="attribute_exists(tenant)")
        except ConditionFailed as error:
            raise NotFound(f"No agent '{name}'.", param="name") from error

    def delete(self, tenant: str, name: str) -> None:
        """Forget an agent; its sessions stay. Raises NotFound."""
        if self._table.delete({"tenant": tenant, "name": name}) is None:
            raise NotFound(f"No agent '{name}'.", param="name")


def agent_of(row: Item) -> Agent:
    """The agent that a row holds."""
    return Agent.model_validate({name: row[name] for name in Agent.model_fields if row.get(name) is not None})


def public_agent(row: Item) -> dict[str, Any]:
    """An agent as callers get it."""
    return {"object": "agent", **agent_of(row).model_dump(), "created_at": row["created_at"], "updated_at": row["updated_at"]}


def _stored(values: dict[str, Any]) -> Item:
    return {
        name: value
        for name, value in values.items()
        if value is not None or name in {"similarity_cutoff", "policy", "prompt", "rerank", "cache"}
    }
