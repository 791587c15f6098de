"""Trying a prompt: rendered, asked once, or asked many times against a scenario."""

import asyncio
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from pydantic import Field

from functions.chains.prompts_routes import Builder, Models, Prompts, Which, chat_model
from maru.errors import UpstreamTimeout
from maru.exact import Exact
from maru.http import exchange, provided
from maru.ids import new_id
from maru.prompts import scenarios
from maru.prompts.asking import Asking
from maru.prompts.scenarios import Scenario

router = APIRouter(tags=["prompts"])

type Asks = Annotated[Asking, Depends(provided(Asking))]

#: Seconds a scenario may take: API Gateway cuts a silent connection off after five minutes.
_LONGEST = 270.0


class Rendering(Exact):
    """Values for the variables of a version, which is meant by its number or by a label."""

    version: Which = "live"
    variables: dict[str, Any] = Field(default={})


class Trial(Rendering):
    """A rendering to ask a model with; ``model`` stands in place of the version's own."""

    model: Annotated[str, Field(min_length=1, max_length=128)] | None = None


class ScenarioTrial(Scenario):
    """A scenario for a version of a prompt."""

    version: Which = "live"
    model: Annotated[str, Field(min_length=1, max_length=128)] | None = None


@router.post("/v1/prompts/{name}/render")
def render_prompt(name: str, body: Rendering, caller: Builder, prompts: Prompts) -> dict[str, Any]:
    """The messages as a model would get them; no model is asked."""
    version = prompts.find(caller.tenant, name, body.version)
    return {"object": "prompt.rendering", "name": name, "version": version.version, "messages": version.template.render(body.variables)}


@router.post("/v1/prompts/{name}/test")
async def test_prompt(
    name: str, body: Trial, caller: Builder, prompts: Prompts, models: Models, asking: Asks, request: Request
) -> dict[str, Any]:
    """Ask a model once with sample values; guarded, metered and charged as every completion is."""
    version = await anyio.to_thread.run_sync(prompts.find, caller.tenant, name, body.version)
    chat_model(models, body.model)
    current = exchange(request)
    with current.model_time():
        reply = await asking.ask(caller, version, body.variables, model=body.model, request_id=current.request_id)
    about = {"object": "prompt.test", "name": name, "version": version.version, "checksum": version.checksum}
    return {**about, "messages": version.template.render(body.variables), **reply.public()}


@router.post("/v1/prompts/{name}/scenarios")
async def try_scenario(
    name: str, body: ScenarioTrial, caller: Builder, prompts: Prompts, models: Models, asking: Asks, request: Request
) -> dict[str, Any]:
    """Ask every case of a scenario `repetitions` times, and say how many of the answers hold what they must."""
    version = await anyio.to_thread.run_sync(prompts.find, caller.tenant, name, body.version)
    chat_model(models, body.model)
    for case in body.cases:  # a case that cannot be asked is told before any of them costs anything
        version.template.render(case.variables)
    current = exchange(request)

    async def ask(values: dict[str, Any]) -> str:
        reply = await asking.ask(caller, version, values, model=body.model, request_id=current.request_id)
        return reply.text or reply.refusal or ""

    try:
        async with asyncio.timeout(_LONGEST):
            with current.model_time():
                report = await scenarios.run(body, ask)
    except TimeoutError as error:
        raise UpstreamTimeout(f"The scenario took more than {_LONGEST:.0f} s. Give fewer cases or repetitions.") from error
    about = {"id": new_id("pscn_"), "object": "prompt.scenario", "name": name, "version": version.version, "checksum": version.checksum}
    return {**about, "repetitions": body.repetitions, **report}
