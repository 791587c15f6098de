"""The route of one chat completion: what the caller wishes and what the guard finds, made a decision before anything is reserved."""

from typing import Annotated, Any

from fastapi import Header

from maru.agents.routes import Wishes
from maru.guard.policy import Policy
from maru.guard.sensitivity import Sensitivity
from maru.models import Alias, ModelClient, Route, Wish, sizes
from maru.models.rules import Preference

type Private = Annotated[bool | None, Header(alias="x-maru-private", description="true: private targets only may see the request")]
type Prefer = Annotated[Preference | None, Header(alias="x-maru-prefer", description="what `auto` weighs more: cost or quality")]


async def decided(
    models: ModelClient, sensitivity: Sensitivity, alias: Alias, body: dict[str, Any], *, policy: Policy, wishes: Wishes
) -> Route:
    """The route; raises what :meth:`~maru.models.routing.Router.decide` does."""
    private = await sensitivity.reasons(alias, sizes.texts(body), policy=policy, asked=wishes.private)
    return models.router.decide(alias, body, Wish(private, wishes.preference))
