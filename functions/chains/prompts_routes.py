"""``/v1/prompts``: named versions that never change, and the labels that say which of them is meant."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from maru.errors import BadRequest
from maru.exact import Exact
from maru.http import exchange, provided, require
from maru.identity import Caller
from maru.models import ModelClient
from maru.prompts.difference import difference
from maru.prompts.store import LABEL, PromptStore, PromptVersion
from maru.prompts.template import Template
from maru.validation import spelled

router = APIRouter(tags=["prompts"])

type Builder = Annotated[Caller, Depends(require("build"))]
type Prompts = Annotated[PromptStore, Depends(provided(PromptStore))]
type Models = Annotated[ModelClient, Depends(provided(ModelClient))]
#: A version's number, or a label.
_WHICH = spelled(r"^([1-9][0-9]{0,5}|[a-z][a-z0-9_-]{0,31})$", "a version's number or a label, such as 3 or 'live'")
type Which = Annotated[str, Field(pattern=_WHICH)]


class NewVersion(Template):
    """A prompt's next version, and the labels that are to stand on it."""

    name: str = Field(min_length=1, max_length=63)
    description: str = Field(default="", max_length=500)
    labels: list[str] = Field(default=[], max_length=10)

    def template(self) -> Template:
        """What of it is the version's content."""
        return Template.model_validate({name: getattr(self, name) for name in Template.model_fields})


class LabelChange(Exact):
    """Where a label is to stand."""

    version: Annotated[int, Field(ge=1, le=999_999)]


@router.post("/v1/prompts")
def publish_prompt(body: NewVersion, caller: Builder, prompts: Prompts, models: Models, request: Request) -> dict[str, Any]:
    """Make the next version of a prompt; content equal to the newest version's gives that one again.

    Variables stand in messages as `{{name}}` and are inserted once, as they are: nothing in a value is carried out.
    """
    for label in body.labels:
        if not LABEL.fullmatch(label):
            raise BadRequest(f"'labels': '{label}' is no label: 1 to 32 of a-z, 0-9, '-' and '_', a letter first.", param="labels")
    chat_model(models, body.model)
    made = prompts.publish(caller.tenant, body.name, body.template(), description=body.description, user=caller.user)
    moved = [_moved(label, prompts.label(caller.tenant, body.name, label, made.version), made.version) for label in body.labels]
    exchange(request).object_id = " ".join([f"{made.name}@{made.version}", *moved])
    return shown(made, prompts.labels(caller.tenant, made.name))


@router.get("/v1/prompts")
def list_prompts(caller: Builder, prompts: Prompts) -> dict[str, Any]:
    """The newest version of every prompt, by name; those that Maru ships were made by `catalogue`."""
    return {"object": "list", "data": [shown(*one) for one in prompts.list(caller.tenant)], "has_more": False}


@router.get("/v1/prompts/{name}")
def read_prompt(name: str, caller: Builder, prompts: Prompts) -> dict[str, Any]:
    """The newest version, with all versions and labels."""
    versions = prompts.versions(caller.tenant, name)
    about = [
        {"version": one.version, "checksum": one.checksum, "created_at": one.created_at, "created_by": one.created_by} for one in versions
    ]
    return {**shown(versions[0], prompts.labels(caller.tenant, name)), "versions": about}


@router.get("/v1/prompts/{name}/versions/{version}")
def read_prompt_version(name: str, version: Which, caller: Builder, prompts: Prompts) -> dict[str, Any]:
    """One version, by its number or by a label."""
    return shown(prompts.find(caller.tenant, name, version), prompts.labels(caller.tenant, name))


@router.get("/v1/prompts/{name}/diff")
def compare_prompt_versions(
    name: str, caller: Builder, prompts: Prompts, from_: Annotated[Which, Query(alias="from")], to: Which = "live"
) -> dict[str, Any]:
    """What has changed between two versions, each by its number or by a label."""
    old, new = prompts.find(caller.tenant, name, from_), prompts.find(caller.tenant, name, to)
    return {"object": "prompt.diff", "name": name, **difference(old, new)}


@router.post("/v1/prompts/{name}/labels/{label}")
def move_prompt_label(name: str, label: str, body: LabelChange, caller: Builder, prompts: Prompts, request: Request) -> dict[str, Any]:
    """Set a label on a version, or move it there; the audit log says from where to where."""
    before = prompts.label(caller.tenant, name, label, body.version)
    exchange(request).object_id = f"{name} {_moved(label, before, body.version)}"
    return {"object": "prompt.label", "name": name, "label": label, "version": body.version, "previous_version": before}


@router.delete("/v1/prompts/{name}/labels/{label}")
def remove_prompt_label(name: str, label: str, caller: Builder, prompts: Prompts, request: Request) -> dict[str, Any]:
    """Take a label away; what Maru ships under this name and label, if anything, holds again."""
    before = prompts.unlabel(caller.tenant, name, label)
    exchange(request).object_id = f"{name} {label}:{before}->-"
    return {"object": "prompt.label.deleted", "name": name, "label": label, "previous_version": before, "deleted": True}


def shown(version: PromptVersion, labels: dict[str, int]) -> dict[str, Any]:
    """A version as callers get it, with the labels that stand on it."""
    return {
        "object": "prompt",
        "name": version.name,
        "version": version.version,
        "checksum": version.checksum,
        "description": version.description,
        "labels": sorted(label for label, number in labels.items() if number == version.version),
        **version.template.model_dump(mode="json"),
        "created_at": version.created_at,
        "created_by": version.created_by,
    }


def chat_model(models: ModelClient, alias: str | None) -> None:
    """Raise BadRequest for an alias that is no chat model."""
    found = models.catalogue.get(alias) if alias else None
    if alias and (found is None or found.kind != "chat"):
        raise BadRequest(f"'model': there is no chat model '{alias}'.", param="model", code="invalid_value")


def _moved(label: str, before: int | None, after: int) -> str:
    return f"{label}:{before or '-'}->{after}"
