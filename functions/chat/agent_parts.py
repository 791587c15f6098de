"""What an agent names: its model, vector stores, policy and tools must be there before it is kept."""

from typing import Annotated

import anyio.from_thread
from fastapi import Depends

from maru.agents.agent import Agent, AgentChange
from maru.agents.given import Blocked
from maru.agents.guarding import Guards
from maru.agents.tools.rules import missing
from maru.agents.tools.store import ToolStore
from maru.errors import BadRequest, NotFound
from maru.guard.policies import PolicyStore
from maru.http import provided
from maru.identity import Caller
from maru.knowledge.vector_stores import VectorStoreStore
from maru.models import ModelClient
from maru.prompts.store import PromptStore

#: Fields that decide what an agent tells its model, and whether it may.
_TOLD = frozenset({"instructions", "prompt", "prompt_variables", "tools", "policy"})


class NamedParts:
    """Looks up whatever an agent names."""

    def __init__(
        self,
        models: Annotated[ModelClient, Depends(provided(ModelClient))],
        stores: Annotated[VectorStoreStore, Depends(provided(VectorStoreStore))],
        policies: Annotated[PolicyStore, Depends(provided(PolicyStore))],
        tools: Annotated[ToolStore, Depends(provided(ToolStore))],
        prompts: Annotated[PromptStore, Depends(provided(PromptStore))],
        guards: Annotated[Guards, Depends(provided(Guards))],
    ) -> None:
        self._models, self._stores, self._policies, self._tools, self._prompts = models, stores, policies, tools, prompts
        self._guards = guards

    def check(self, body: AgentChange, caller: Caller, before: Agent | None = None) -> None:
        """Raise BadRequest for what is not there, and for what the policy lets no model read; ``before`` is the agent that is changed."""
        self._model(body, before)
        self._prompt(body, caller, before)
        for reference in body.vector_stores:
            if reference.startswith("vs_") and self._stores.find(caller.tenant, reference) is None:
                raise _absent("vector_stores", f"there is no vector store '{reference}'")
        if body.policy:
            try:
                self._policies.find(caller.tenant, body.policy)
            except NotFound as error:
                raise _absent("policy", f"there is no policy '{body.policy}'") from error
        self._listed(body, caller)
        if body.model_fields_set & _TOLD:
            self._let(_merged(body, before), caller)

    def _listed(self, body: AgentChange, caller: Caller) -> None:
        for listed in body.tools:
            try:
                tool = self._tools.get(caller.tenant, listed.name)
            except NotFound as error:
                raise _absent("tools", f"there is no tool '{listed.name}'") from error
            if argument := missing(tool, listed):
                raise _absent("tools", f"the tool '{listed.name}' has no argument '{argument}'")

    def instructed(self, agent: Agent, caller: Caller) -> Agent:
        """The agent with its prompt's text as its instructions; blocks. Raises BadRequest where that is gone or lacks a variable."""
        if agent.prompt is None:
            return agent
        name, _, which = agent.prompt.partition("@")
        try:
            template = self._prompts.find(caller.tenant, name, which or "live").template
        except NotFound as error:
            raise _absent("prompt", error.message.rstrip(".")) from error
        offered = {"instructions": agent.instructions, "agent": agent.name}
        return agent.model_copy(update={"instructions": template.instructions(agent.prompt_variables, offered)})

    def _prompt(self, body: AgentChange, caller: Caller, before: Agent | None) -> None:
        """The prompt is there, and gets the variables that it asks for."""
        sent = body.model_fields_set
        if {"prompt", "prompt_variables"} & sent:
            try:
                self.instructed(_merged(body, before), caller)
            except BadRequest as error:
                field = str(error.param or "prompt").replace("variables.", "prompt_variables.")
                raise BadRequest(error.message, param=field, code="invalid_value") from error

    def _let(self, agent: Agent, caller: Caller) -> None:
        """The policy lets the model read what the agent tells it: whoever builds it hears that here, not everybody who asks it later."""
        told, policy = self.instructed(agent, caller).instructions, self._guards.policy(caller, agent)
        found = [(self._tools.get(caller.tenant, one.name), one) for one in agent.tools]
        for field, words, tools in (("instructions", told, []), ("tools", "", [tool.offered(rule.shown(tool)) for tool, rule in found])):
            try:
                anyio.from_thread.run(self._guards.given, policy, words, tools)
            except Blocked as error:
                what = f"the policy '{policy.name}' does not let a model read this (place 'history'); POST /v1/guard/check tells why"
                raise _refused(field, what, "content_policy_violation") from error

    def _model(self, body: AgentChange, before: Agent | None) -> None:
        """The model is there, and can call tools where the agent has some."""
        sent = body.model_fields_set
        alias = body.model if "model" in sent or before is None else before.model
        found = self._models.catalogue.get(alias)
        if "model" in sent and (found is None or found.kind != "chat"):
            raise _absent("model", f"there is no chat model '{alias}'")
        tools = body.tools if "tools" in sent or before is None else before.tools
        if tools and found is not None and "tools" not in found.abilities:
            raise _absent("tools", f"the model '{alias}' cannot call tools")


def _merged(body: AgentChange, before: Agent | None) -> Agent:
    """The agent as it will be."""
    return (before or Agent(name="agent")).model_copy(update={name: getattr(body, name) for name in body.model_fields_set})


def _absent(field: str, what: str) -> BadRequest:
    return _refused(field, what, "invalid_value")


def _refused(field: str, what: str, code: str) -> BadRequest:
    return BadRequest(f"'{field}': {what}.", param=field, code=code)
