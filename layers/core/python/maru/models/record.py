"""The line that every call of a model leaves: tokens and cost as metrics by tenant and model, who and which target beside them."""

from decimal import Decimal

from maru.identity import Caller
from maru.models.catalogue import Target
from maru.models.routing import Route
from maru.models.usage import Usage
from maru.telemetry import Telemetry


def record(
    log: Telemetry,
    caller: Caller,
    alias: str,
    *,
    target: Target | None,
    usage: Usage | None,
    cost_usd: Decimal | None,
    outcome: str = "ok",
    route: Route | None = None,
) -> None:
    """Write the line; an unknown cost is counted as unknown. ``outcome`` is ``ok``, ``failed`` or ``cancelled``, or
    ``interrupted`` where another attempt followed."""
    counted = usage or Usage(estimated=True)
    values = {
        "model_calls": 1,
        "prompt_tokens": counted.prompt_tokens,
        "completion_tokens": counted.completion_tokens,
        "cached_tokens": counted.cached_tokens,
        "unknown_cost": int(cost_usd is None),
    }
    if cost_usd is not None:
        values["cost_usd"] = float(cost_usd)  # type: ignore[assignment]  # CloudWatch takes doubles
    log.metric(
        {"tenant": caller.tenant, "model": alias},
        values,
        outcome=outcome,
        target=target.model if target else None,
        user=caller.user,
        key_id=caller.key_id,
        estimated=counted.estimated,
        route=route.told(target) if route else None,
    )
