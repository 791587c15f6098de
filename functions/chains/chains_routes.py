"""``/v1/chains``: named versions that never change, and the labels that say which of them is meant."""

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from pydantic import Field

from maru.chains.document import public
from maru.chains.notifying import Notifier
from maru.chains.publishing import Publisher
from maru.chains.runs import RunStore
from maru.chains.store import ChainStore, ChainVersion
from maru.errors import BadRequest, Conflict
from maru.exact import Exact
from maru.http import exchange, provided, require
from maru.identity import Caller
from maru.validation import spelled

router = APIRouter(tags=["chains"])

type Builder = Annotated[Caller, Depends(require("build"))]
type Runner = Annotated[Caller, Depends(require("chains"))]
type Chains = Annotated[ChainStore, Depends(provided(ChainStore))]
type Publishing = Annotated[Publisher, Depends(provided(Publisher))]
type RunTable = Annotated[RunStore, Depends(provided(RunStore))]
#: A version's number, or a label.
_WHICH = spelled(r"^(0|[1-9][0-9]{0,5}|[a-z][a-z0-9_-]{0,31})$", "a version's number or a label, such as 3 or 'live'")
type Which = Annotated[str, Field(pattern=_WHICH)]

_TEXT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object", "required": ["chain", "steps"], "description": "The chain's document."}},
            "application/yaml": {"schema": {"type": "string", "description": "The same as YAML."}},
        },
    }
}


class ChainLabel(Exact):
    """Where a label is to stand."""

    version: Annotated[int, Field(ge=1, le=999_999)]


class ChainSwitch(Exact):
    """Whether a chain takes runs."""

    enabled: bool


@router.post("/v1/chains", openapi_extra=_TEXT)
async def publish_chain(request: Request, caller: Builder, chains: Chains, publishing: Publishing) -> dict[str, Any]:
    """Make the next version of a chain from its document, as YAML or JSON; mistakes are told with their line and step.

    It is compiled to a state machine, checked, and published as a version; its `labels` move to it. Content equal to the newest
    version's gives that one again.
    """
    text = await _text(request)
    made = await anyio.to_thread.run_sync(lambda: publishing.publish(caller, text))
    moved = await anyio.to_thread.run_sync(_label_all, caller, made, chains, publishing)
    exchange(request).object_id = " ".join([f"{made.name}@{made.version}", *moved])
    return await anyio.to_thread.run_sync(lambda: shown(made, chains.labels(caller.tenant, made.name)))


@router.post("/v1/chains/validate", openapi_extra=_TEXT)
async def validate_chain(request: Request, caller: Builder, publishing: Publishing) -> dict[str, Any]:
    """Read, check and compile a document, and publish nothing."""
    text = await _text(request)
    program = await anyio.to_thread.run_sync(publishing.check, caller, text)
    exchange(request).object_id = program.chain.chain
    return {"object": "chain.validation", "chain": program.chain.chain, "valid": True, "checksum": program.checksum}


@router.get("/v1/chains")
def list_chains(caller: Runner, chains: Chains) -> dict[str, Any]:
    """The newest version of every chain, by name; those that Maru ships have version 0."""
    return {"object": "list", "data": [shown(*one) for one in chains.list(caller.tenant)], "has_more": False}


@router.get("/v1/chains/{name}")
def read_chain(name: str, caller: Runner, chains: Chains) -> dict[str, Any]:
    """The newest version, with all versions and labels."""
    versions = chains.versions(caller.tenant, name)
    about = [
        {"version": one.version, "checksum": one.program.checksum, "created_at": one.created_at, "created_by": one.created_by}
        for one in versions
    ]
    labels = chains.labels(caller.tenant, name)
    return {**shown(versions[0], labels), "all_labels": labels, "enabled": chains.enabled(caller.tenant, name), "versions": about}


@router.get("/v1/chains/{name}/versions/{version}")
def read_chain_version(name: str, version: Which, caller: Runner, chains: Chains) -> dict[str, Any]:
    """One version, by its number or by a label."""
    return shown(chains.find(caller.tenant, name, version), chains.labels(caller.tenant, name))


@router.post("/v1/chains/{name}/labels/{label}")
def move_chain_label(
    name: str, label: str, body: ChainLabel, caller: Builder, chains: Chains, publishing: Publishing, request: Request
) -> dict[str, Any]:
    """Set a label on a version, or move it there; the audit log says from where to where. Runs under way stay on theirs."""
    before = chains.label(caller.tenant, name, label, body.version)
    publishing.alias(caller, chains.find(caller.tenant, name, str(body.version)), label)
    exchange(request).object_id = f"{name} {label}:{before or '-'}->{body.version}"
    return {"object": "chain.label", "name": name, "label": label, "version": body.version, "previous_version": before}


@router.delete("/v1/chains/{name}/labels/{label}")
def remove_chain_label(name: str, label: str, caller: Builder, chains: Chains, publishing: Publishing, request: Request) -> dict[str, Any]:
    """Take a label away; what Maru ships under this name and label, if anything, holds again."""
    before = chains.unlabel(caller.tenant, name, label)
    publishing.unalias(caller.tenant, chains.find(caller.tenant, name, str(before)), label)
    exchange(request).object_id = f"{name} {label}:{before}->-"
    return {"object": "chain.label.deleted", "name": name, "label": label, "previous_version": before, "deleted": True}


@router.patch("/v1/chains/{name}")
def switch_chain(name: str, body: ChainSwitch, caller: Builder, chains: Chains) -> dict[str, Any]:
    """Let a chain take runs, or no more; runs under way go on."""
    chains.switch(caller.tenant, name, on=body.enabled)
    return {"object": "chain.switch", "name": name, "enabled": body.enabled}


@router.delete("/v1/chains/{name}")
def delete_chain(name: str, caller: Builder, chains: Chains, publishing: Publishing, runs: RunTable) -> dict[str, Any]:
    """Forget the tenant's own versions and their machine; refused while runs of it are under way. A shipped chain holds again."""
    chains.versions(caller.tenant, name)
    if any(int(row["version"]) > 0 for row in runs.listed(caller.tenant, chain=name, status="running", limit=None)):
        raise Conflict("Runs of this chain are under way. Disable the chain, wait or cancel them, then delete it.", code="chain_in_use")
    labels = chains.labels(caller.tenant, name)
    publishing.retire(caller.tenant, chains.delete(caller.tenant, name), labels)
    return {"object": "chain.deleted", "name": name, "deleted": True}


@router.get("/v1/webhooks/key")
def read_webhook_key(caller: Builder, notifier: Annotated[Notifier, Depends(provided(Notifier))]) -> dict[str, Any]:
    """The key under which this tenant's webhooks are signed: HMAC-SHA256 over `{t}.{body}`, told as `x-maru-signature: t=…,v1=…`."""
    return {"object": "webhook.key", "algorithm": "hmac-sha256", "key": notifier.key(caller.tenant)}


def shown(version: ChainVersion, labels: dict[str, int]) -> dict[str, Any]:
    """A version as callers get it, with the labels that stand on it."""
    standing = sorted(label for label, number in labels.items() if number == version.version)
    return {
        "object": "chain",
        "name": version.name,
        "version": version.version,
        "checksum": version.program.checksum,
        "labels": standing or (["live"] if version.version == 0 and "live" not in labels else []),
        "document": public(version.chain),
        "created_at": version.created_at,
        "created_by": version.created_by,
    }


def _label_all(caller: Caller, made: ChainVersion, chains: ChainStore, publishing: Publisher) -> list[str]:
    moved = []
    for label in made.chain.labels:
        before = chains.label(caller.tenant, made.name, label, made.version)
        publishing.alias(caller, made, label)
        moved.append(f"{label}:{before or '-'}->{made.version}")
    return moved


async def _text(request: Request) -> str:
    try:
        return (await request.body()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("The document is not UTF-8.", param="body") from error
