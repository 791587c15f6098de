"""One call of a model with a prompt's messages: guarded and metered as every chat completion is."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import anyio.to_thread

from maru.agents.spending import Spending
from maru.guard.completions import POLICY, Screen
from maru.guard.engine import Guard
from maru.guard.policies import PolicyStore
from maru.identity import Caller
from maru.ledger.meter import Meter
from maru.models import ModelClient, Route, dollars
from maru.prompts.store import PromptVersion
from maru.telemetry import Telemetry

_DEFAULT_MODEL = "default"


@dataclass(frozen=True)
class Reply:
    """What came of one call; ``text`` is empty where the guard or the model refused, ``refusal`` then says why."""

    text: str
    refusal: str | None
    finish_reason: str | None
    model: str
    usage: dict[str, Any]
    cost_usd: Decimal | None

    def public(self) -> dict[str, Any]:
        """The reply as callers get it."""
        return {
            "output": self.text,
            "refusal": self.refusal,
            "finish_reason": self.finish_reason,
            "model": self.model,
            "usage": self.usage,
            "cost_usd": None if self.cost_usd is None else dollars(self.cost_usd),
        }


class Asking:
    """Asks models with prompts, for a caller who pays."""

    def __init__(self, models: ModelClient, meter: Meter, guard: Guard, policies: PolicyStore, log: Telemetry) -> None:
        self._models, self._meter, self._guard, self._policies, self._log = models, meter, guard, policies, log

    async def ask(
        self, caller: Caller, prompt: PromptVersion, values: dict[str, Any], *, model: str | None = None, request_id: str | None = None
    ) -> Reply:
        """Render, ask, settle. Raises BadRequest naming a variable, and what models and the ledger raise."""
        alias = model or prompt.template.model or _DEFAULT_MODEL
        body = {**prompt.template.parameters, "messages": prompt.template.render(values)}
        found = self._models.catalogue.find(alias, "chat")
        policy = await anyio.to_thread.run_sync(self._policies.find, caller.tenant, POLICY)
        screen = Screen(self._guard, policy, None)
        body = await screen.request(body)
        spending = Spending(self._log, caller, self._meter, agent=f"prompt:{prompt.name}", request_id=request_id)
        if screen.refusal:
            return _reply(screen.refused(alias, "", 0), alias, spending)
        async with spending.call(Route(found), body) as charge:
            with charge.attempt():
                answer = await self._models.complete(alias, charge.body)
            charge.answered(answer.target, answer.usage)
        spending.whole(alias, answer)
        told = answer.body if screen.idle else await screen.answer(answer.body)
        return _reply(told, alias, spending)


def _reply(body: dict[str, Any], alias: str, spending: Spending) -> Reply:
    choice = body["choices"][0]
    message = choice["message"]
    return Reply(
        text=message.get("content") or "",
        refusal=message.get("refusal"),
        finish_reason=choice.get("finish_reason"),
        model=alias,
        usage=spending.usage(),
        cost_usd=spending.cost_usd,
    )
