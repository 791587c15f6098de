"""What starts chains by themselves: a chain's armed triggers, and start events that were given up."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from functions.chains.chains_routes import Chains, Runner
from maru.chains.arming import Armed, TriggerStore
from maru.chains.store import SHIPPED
from maru.exact import Exact
from maru.http import provided, require
from maru.identity import Caller
from maru.knowledge.dead_letters import DeadLetters

router = APIRouter(tags=["chains"])

type Operator = Annotated[Caller, Depends(require("operator"))]
type Triggers = Annotated[TriggerStore, Depends(provided(TriggerStore))]
type Dead = Annotated[DeadLetters, Depends(provided(DeadLetters))]


class Redrive(Exact):
    """How many to take up again at most."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get("/v1/chains/{name}/triggers")
def list_chain_triggers(name: str, caller: Runner, chains: Chains, triggers: Triggers) -> dict[str, Any]:
    """The triggers that are armed: those of the version on which `live` stands. `next_at` is a schedule's next moment."""
    newest = chains.versions(caller.tenant, name)[-1]
    data = [_shown(*one) for one in triggers.listed(caller.tenant, name)]
    if not data and newest.version == SHIPPED and "live" not in chains.labels(caller.tenant, name):
        data = [_shown(Armed(caller.tenant, name, SHIPPED, one), None) for one in newest.chain.triggers]
    return {"object": "list", "data": data, "has_more": False}


@router.get("/v1/triggers/dead_letters")
def count_lost_starts(caller: Operator, dead: Dead) -> dict[str, Any]:
    """About how many start events were given up: refused by their chain, or for hours above its concurrency."""
    del caller
    return {"object": "triggers.dead_letters", "count": dead.count()}


@router.post("/v1/triggers/dead_letters/redrive")
def redrive_lost_starts(body: Redrive, caller: Operator, dead: Dead) -> dict[str, Any]:
    """Put start events that were given up back into the queue; those that began a run before begin no second one."""
    del caller
    return {"object": "triggers.redrive", "moved": dead.redrive(body.limit)}


def _shown(armed: Armed, due: str | None) -> dict[str, Any]:
    told = armed.trigger.model_dump(mode="json", exclude_none=True)
    who = armed.caller()
    return {
        "object": "chain.trigger",
        **told,
        "version": armed.version,
        "next_at": due,
        "runs_as": {"user": who.user, "groups": who.groups},
    }
