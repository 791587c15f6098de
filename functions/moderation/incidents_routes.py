"""``/v1/guard/incidents``: what policies blocked, from the first alert to the policy that answers it."""

import json
from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field

from functions.moderation.check_routes import Guarding, Policies
from functions.moderation.evaluation_routes import Row, right, shown_row
from maru.errors import BadRequest, Conflict
from maru.exact import Exact
from maru.guard.check import Place
from maru.guard.incidents import IncidentStore, Status, public_incident
from maru.guard.policy import Action, Policy, parsed
from maru.http import provided, require
from maru.identity import Caller
from maru.knowledge.files import FileStore

router = APIRouter(tags=["guard"])

type Builder = Annotated[Caller, Depends(require("build"))]
type Admin = Annotated[Caller, Depends(require("admin"))]
type Incidents = Annotated[IncidentStore, Depends(provided(IncidentStore))]


class Handling(Exact):
    """What somebody says of an incident."""

    model_config = ConfigDict(str_strip_whitespace=True)

    status: Literal["open", "acknowledged", "dismissed"] | None = None
    note: str | None = Field(default=None, max_length=1_000)


class Patch(Exact):
    """A policy that would answer the incident.

    ``samples`` says what it ought to do with the texts that were kept: let them pass (they were harmless), flag them still, or an
    action, as `score` for those that may go on but are counted; `ignore` leaves them out. ``rows`` are further texts, a labelled set as
    for `/v1/guard/evaluations`, with what ought to become of each: all that there is to go by where no sample was kept.
    """

    policy: dict[str, Any]
    samples: Literal["pass", "flag", "ignore"] | Action = "flag"
    rows: list[Row] = Field(default=[], max_length=1_000)

    def wanted(self, texts: list[str]) -> list[Row]:
        """All rows, those of the kept texts first. Raises BadRequest where there is none."""
        kept = [Row(input=text, id="sample", **_label(self.samples)) for text in texts]
        if not (kept or self.rows):
            known = (
                "the samples are ignored"
                if self.samples == "ignore"
                else "no sample of this incident was kept (its policy's 'incidents.sample')"
            )
            raise BadRequest(f"'rows': {known}. Give texts to try the policy on, each with 'flagged' or 'action'.", param="rows")
        return [*kept, *self.rows]


def _label(samples: str) -> dict[str, Any]:
    return {"flagged": samples == "flag"} if samples in {"pass", "flag"} else {"action": samples}


@router.get("/v1/guard/incidents")
def list_incidents(caller: Builder, incidents: Incidents, status: Status | None = None) -> dict[str, Any]:
    """The tenant's incidents, the one that happened last first."""
    return {"object": "list", "data": incidents.listed(caller.tenant, status), "has_more": False}


@router.get("/v1/guard/incidents/{incident_id}")
def read_incident(incident_id: str, caller: Builder, incidents: Incidents) -> dict[str, Any]:
    """One incident."""
    return public_incident(incidents.get(caller.tenant, incident_id))


@router.get("/v1/guard/incidents/{incident_id}/samples")
def read_incident_samples(
    incident_id: str, caller: Admin, incidents: Incidents, files: Annotated[FileStore, Depends(provided(FileStore))]
) -> dict[str, Any]:
    """The texts that the policy had kept, sealed until now; who reads them stands in the audit.

    Withheld are those that may have come of documents which are gone, or which the caller may not read.
    """
    samples = incidents.samples(caller.tenant, incident_id)
    readable = files.readable(caller, {version for one in samples for version in one.documents})
    data = [{"text": one.text} if one.documents <= readable else {"withheld": True} for one in samples]
    return {"object": "list", "data": data, "has_more": False}


@router.post("/v1/guard/incidents/{incident_id}")
def handle_incident(incident_id: str, body: Handling, caller: Builder, incidents: Incidents) -> dict[str, Any]:
    """Acknowledge, dismiss or reopen an incident, with a note."""
    changes = {name: value for name, value in body.model_dump().items() if value is not None}
    return public_incident(incidents.change(caller.tenant, incident_id, {**changes, "handled_by": caller.user}))


@router.post("/v1/guard/incidents/{incident_id}/patch")
async def patch_incident(incident_id: str, body: Patch, caller: Builder, incidents: Incidents, guard: Guarding) -> dict[str, Any]:
    """Try a changed policy on the samples and on rows; ``tested`` where it does with all of them what it ought to."""
    row = await anyio.to_thread.run_sync(incidents.get, caller.tenant, incident_id)
    policy = parsed({"name": row["policy"]} | body.policy)
    if policy.name != row["policy"]:
        raise BadRequest(f"'policy.name': the incident is one of the policy '{row['policy']}'.", param="policy.name", code="invalid_value")
    samples = [] if body.samples == "ignore" else await anyio.to_thread.run_sync(incidents.samples, caller.tenant, incident_id)
    rows = body.wanted([one.text for one in samples])
    place: Place = row["place"]
    decisions = [await guard.check(one.input, place, policy, facts=one.facts()) for one in rows]
    pairs = list(zip(rows, decisions, strict=True))
    wrong = [shown_row(number, one, decision) for number, (one, decision) in enumerate(pairs) if not right(one, decision)]
    changes = {
        "status": "patched" if wrong else "tested",
        "candidate": policy.model_dump_json(exclude_unset=True),
        "test": {"rows": len(rows), "samples": len(rows) - len(body.rows), "wrong": wrong},
        "handled_by": caller.user,
    }
    return public_incident(await anyio.to_thread.run_sync(incidents.change, caller.tenant, incident_id, changes))


@router.post("/v1/guard/incidents/{incident_id}/release")
def release_incident(incident_id: str, caller: Builder, incidents: Incidents, policies: Policies) -> dict[str, Any]:
    """Publish the policy that was tested: the incident is over, and within ten seconds the policy is in force everywhere."""
    row = incidents.get(caller.tenant, incident_id)
    if row["status"] != "tested":
        raise Conflict("Only a policy that passed its test is released: patch the incident first.", code="not_tested")
    made = policies.publish(caller.tenant, Policy.model_validate(json.loads(row["candidate"])), user=caller.user)
    changes = {"status": "released", "released_version": made["version"], "handled_by": caller.user}
    return public_incident(incidents.change(caller.tenant, incident_id, changes))
