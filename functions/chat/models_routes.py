"""``GET /v1/models`` and ``/v1/routing/targets``: the aliases that exist, what they can do and cost, and what stands behind them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from maru.errors import NotFound
from maru.http import provided, require
from maru.identity import Caller
from maru.models import Alias, ModelClient, Price, Target
from maru.models.health import Condition

router = APIRouter(tags=["models"])

type Chatting = Annotated[Caller, Depends(require("chat"))]
type Building = Annotated[Caller, Depends(require("build"))]
type Models = Annotated[ModelClient, Depends(provided(ModelClient))]

#: OpenAI's field `created`; an alias is as old as the catalogue's first day.
_CREATED = 1_767_225_600


@router.get("/v1/models")
async def list_models(_: Chatting, models: Models) -> dict[str, Any]:
    """All aliases in OpenAI's shape, with kind, abilities, languages, limits and price.

    ``price`` is that of the target asked first (USD per million tokens, ``image`` USD each); ``classes`` is what `auto` chooses from.
    """
    return {"object": "list", "data": [_shown(alias) for alias in models.catalogue]}


@router.get("/v1/models/{model:path}")
async def retrieve_model(model: str, _: Chatting, models: Models) -> dict[str, Any]:
    """One alias."""
    alias = models.catalogue.get(model)
    if alias is None:
        raise NotFound(f"The model '{model}' does not exist.", param="model", code="model_not_found")
    return _shown(alias)


@router.get("/v1/routing/targets")
async def list_targets(_: Building, models: Models) -> dict[str, Any]:
    """What stands behind each alias, in the order of the catalogue, and whether it is asked at present.

    ``state`` is ``fit``, ``out`` (not asked for ``seconds`` more: ``failing_with`` says why, ``times_out`` how often in a row) or ``tried``
    (asked by one caller alone until it is known to be back), as all instances share it. An alias with classes leads to other aliases.
    """
    own = [(alias, target) for alias in models.catalogue if not alias.choices for target in alias.targets]
    return {"object": "list", "data": [_target(alias, target, await models.health.condition(target)) for alias, target in own]}


def _target(alias: Alias, target: Target, now: Condition) -> dict[str, Any]:
    return {
        "object": "routing.target",
        "alias": alias.alias,
        "provider": target.provider,
        "model": target.model,
        "private": target.private,
        "weight": target.weight,
        "price": _price(target.price),
        "state": now.state,
        "seconds": round(now.seconds, 1),
        "failing_with": now.why,
        "times_out": now.times,
        "recent_failures": now.failures,
    }


def _shown(alias: Alias) -> dict[str, Any]:
    shown = {
        "id": alias.alias,
        "object": "model",
        "created": _CREATED,
        "owned_by": "maru",
        "shutdown_date": alias.shutdown_date.isoformat() if alias.shutdown_date else None,
        "kind": alias.kind,
        "description": alias.description,
        "abilities": sorted(alias.abilities),
        "languages": list(alias.languages),
        "context_length": alias.context_length,
        "max_input_tokens": alias.max_input_tokens,
        "dimensions": alias.dimensions,
        "private": all(target.private for target in alias.targets),
        "private_targets": sum(target.private for target in alias.targets),
        # What a request to an alias with classes costs depends on the class.
        "price": None if alias.choices else _price(alias.targets[0].price),
    }
    return shown | ({"classes": {size: one.alias for size, one in alias.choices.items()}} if alias.choices else {})


def _price(price: Price | None) -> dict[str, float] | None:
    return {name: float(amount) for name, amount in price.model_dump(exclude_none=True).items()} if price else None
