"""``/v1/chains/{name}/runs`` and ``/v1/runs``: starting, watching, ending, doing again, comparing."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, Field

from functions.chains.chains_routes import Chains, Publishing, Runner, Which
from functions.chains.prompts_routes import Prompts
from maru.chains import showing
from maru.chains.publishing import Publisher
from maru.chains.reading import READ_ALL, Readings, may_read
from maru.chains.replaying import Replay, demand_prompts, fresh_paths
from maru.chains.runs import ended, owner_of
from maru.chains.service import Runs
from maru.chains.starting import Wanted, wait_for_end
from maru.chains.store import ChainStore, ChainVersion
from maru.errors import BadRequest, Conflict, NotFound
from maru.exact import Exact
from maru.http import exchange, provided
from maru.identity import Caller
from maru.models.prices import counted

router = APIRouter(tags=["runs"])

type Engine = Annotated[Runs, Depends(provided(Runs))]
type Reading = Annotated[Readings, Depends(provided(Readings))]

_LONGEST_WAIT = 25.0


class _Bounds(Exact):
    """What narrows the chain's own bounds."""

    cost_cap_usd: Annotated[float, Field(gt=0, le=100_000), AfterValidator(counted)] | None = None
    deadline_seconds: Annotated[int, Field(ge=1, le=31_536_000)] | None = None


class NewRun(_Bounds):
    """What a run takes. `wait_seconds` waits for its end so long; `cost_cap_usd` and `deadline_seconds` narrow the chain's own."""

    input: Any = Field(default={})
    version: Which = "live"
    wait_seconds: Annotated[float, Field(ge=0, le=_LONGEST_WAIT)] = _LONGEST_WAIT


class NewReplay(_Bounds):
    """A run to do again: from the step `from_step` on everything anew, before it what had the same question is taken over.

    `input` (default: the run's own) and `prompts` (a prompt's name to a version or label) may be changed, and the chain's `version`
    (default: the run's own). `cost_cap_usd` and `deadline_seconds` narrow the chain's own; by default they are those that the run was
    started with.
    """

    from_step: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    input: Any = None
    prompts: dict[str, Which] = Field(default={}, max_length=50)
    version: Which | None = None
    wait_seconds: Annotated[float, Field(ge=0, le=_LONGEST_WAIT)] = 0


@router.post("/v1/chains/{name}/runs", response_model=None)
async def start_run(
    name: str,
    body: NewRun,
    request: Request,
    caller: Runner,
    chains: Chains,
    publishing: Publishing,
    engine: Engine,
    reading: Reading,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Start a run: 200 with its output where it ends within `wait_seconds` (25 at most), else 202. An Idempotency-Key names it."""
    wanted = Wanted(body.input, body.cost_cap_usd, body.deadline_seconds, idempotency_key)
    version = await anyio.to_thread.run_sync(_open, caller, name, body.version, chains)
    begin = partial(_begin, caller, version, wanted, engine, publishing, body.wait_seconds)
    return await _begun(caller, begin, reading, request)


@router.get("/v1/runs")
def list_runs(
    caller: Runner,
    engine: Engine,
    reading: Reading,
    chain: str | None = None,
    status: Literal["running", "completed", "completed_with_errors", "failed", "cancelled"] | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    after: str | None = None,
) -> dict[str, Any]:
    """One's own runs, newest first; those of the whole tenant for holders of `runs:read_all` or `admin`.

    A run that a trigger started belongs to whoever published the trigger.
    """
    before = _started(reading, caller, after) if after else "~"
    owner = None if READ_ALL & caller.scopes else caller.user
    rows = engine.runs.listed(caller.tenant, owner=owner, before=before, limit=limit + 1, chain=chain, status=status)
    data = [showing.run(row) for row in rows[:limit]]
    last = data[-1]["id"] if data else None
    return {"object": "list", "data": data, "first_id": data[0]["id"] if data else None, "last_id": last, "has_more": len(rows) > limit}


def _started(reading: Reading, caller: Caller, after: str) -> str:
    try:
        return str(reading.run(caller, after).row["started"])
    except NotFound as error:
        raise NotFound(error.message, param="after") from error


@router.get("/v1/runs/{run_id}")
def read_run(run_id: str, caller: Runner, engine: Engine, reading: Reading) -> dict[str, Any]:
    """One run with its output and the state of its steps.

    It is there for its owner, for holders of `runs:read_all` or `admin`, and for those who decide about an approval of it: they get how
    it stands and those steps. What came out of documents that the reader may not read is `{"withheld": true}`.
    """
    row = engine.runs.of(caller.tenant, run_id)
    if not may_read(row, caller):
        return showing.evidence(*reading.evidence(caller, run_id))
    return showing.whole(reading.run(caller, run_id), engine.steps)


@router.get("/v1/runs/{run_id}/steps/{path:path}")
def read_run_step(run_id: str, path: str, caller: Runner, engine: Engine, reading: Reading) -> dict[str, Any]:
    """One step of a run, with what it asked and what it gave."""
    return showing.step_whole(reading.run(caller, run_id), path, engine.steps)


@router.post("/v1/runs/{run_id}/cancel")
def cancel_run(run_id: str, caller: Runner, engine: Engine, reading: Reading) -> dict[str, Any]:
    """End a run now; its open approvals are void. For its owner and for admins."""
    if owner_of(reading.run(caller, run_id).row) != caller.user:
        caller.require("admin")
    return showing.run(engine.stopper.cancel(caller.tenant, run_id, caller.user))


@router.post("/v1/runs/{run_id}/replay", response_model=None)
async def replay_run(
    run_id: str,
    body: NewReplay,
    request: Request,
    caller: Runner,
    chains: Chains,
    publishing: Publishing,
    engine: Engine,
    reading: Reading,
    prompts: Prompts,
) -> Response:
    """Do a run again as a run of one's own; steps before `from_step` that ask for the same are taken over and not paid again.

    It searches under the rights of whoever replays; what was found under other rights is not taken over.
    """

    def prepared() -> tuple[ChainVersion, Wanted]:
        former = reading.run(caller, run_id).row
        if not ended(former):
            raise Conflict("The run is under way. Replay it when it has ended, or cancel it.", code="run_open")
        version = _open(caller, former["chain"], body.version or str(former["version"]), chains)
        demand_prompts(version.program, body.prompts, partial(prompts.find, caller.tenant))
        given = body.input if body.input is not None else engine.values.get(former["input"])
        fresh = fresh_paths(Replay(version.program, body.from_step), engine.steps.below(run_id))
        bounds = body.cost_cap_usd or former.get("asked_cap_usd"), body.deadline_seconds or former.get("asked_seconds")
        return version, Wanted(given, *bounds, replay_of=run_id, fresh=fresh, prompts=dict(body.prompts))

    version, wanted = await anyio.to_thread.run_sync(prepared)
    begin = partial(_begin, caller, version, wanted, engine, publishing, body.wait_seconds)
    return await _begun(caller, begin, reading, request)


@router.get("/v1/runs/{run_id}/diff")
def compare_runs(run_id: str, caller: Runner, engine: Engine, reading: Reading, to: str | None = None) -> dict[str, Any]:
    """What differs between two runs: input, output, and step by step question, answer, model, prompt version and cost.

    Without `to` a replay is compared with the run that it did again.
    """
    one = reading.run(caller, run_id)
    if to is None and not one.row.get("replay_of"):
        raise BadRequest("Name the other run in 'to'.", param="to", code="missing_required_parameter")
    return showing.difference(one, reading.run(caller, to or one.row["replay_of"]), engine.steps)


def _open(caller: Caller, name: str, which: str, chains: ChainStore) -> ChainVersion:
    version = chains.find(caller.tenant, name, which)
    if not chains.enabled(caller.tenant, name):
        raise Conflict(f"The chain '{name}' is disabled.", code="chain_disabled")
    return version


def _begin(caller: Caller, version: ChainVersion, wanted: Wanted, engine: Runs, publishing: Publisher, seconds: float) -> str:
    """Start a run and wait so long for its end; gives its id."""
    run_id = str(engine.starter.start(caller, version, publishing.machine_of(version), wanted)["run_id"])
    if seconds:
        wait_for_end(engine.runs, caller.tenant, run_id, seconds)
    return run_id


async def _begun(caller: Caller, begin: Callable[[], str], reading: Readings, request: Request) -> Response:
    run_id = await anyio.to_thread.run_sync(begin)
    exchange(request).object_id = run_id
    sight = await anyio.to_thread.run_sync(reading.run, caller, run_id)
    told = await anyio.to_thread.run_sync(showing.with_values, sight)
    exchange(request).made_of |= await anyio.to_thread.run_sync(lambda: sight.documents)
    return JSONResponse(told, 200 if ended(sight.row) else 202)
