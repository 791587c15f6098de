"""Runs and steps as callers see them."""

from typing import Any

from maru.chains import failures
from maru.chains.reading import WITHHELD, Sight
from maru.chains.runs import data_class_of, owner_of
from maru.chains.steps import StepStore
from maru.dynamo import Item
from maru.errors import NotFound

_NANO = 1_000_000_000
#: Steps of a run that are told with it; the rest are read one by one.
_STEPS = 500
_STEP_FIELDS = ("kind", "status", "attempts", "model", "prompt", "input_tokens", "output_tokens", "reused_from", "approval_id")
_COMPARED = ("hash", "output", "model", "prompt", "cost_nanodollars", "status")


def run(row: Item) -> dict[str, Any]:
    """A run without its values."""
    cap = row.get("cap_nanodollars")
    return {
        "id": row["run_id"],
        "object": "run",
        "chain": row["chain"],
        "version": row["version"],
        "status": row["status"],
        "created_at": int(row["created_at"]),
        "ended_at": int(row["ended_at"]) if "ended_at" in row else None,
        "deadline_at": int(row["deadline_at"]),
        "created_by": owner_of(row),
        "runs_as": row["caller"]["user"],
        "cost_usd": _usd(row.get("cost_nanodollars", 0)),
        "estimated_cost_usd": _usd(row.get("estimated_nanodollars", 0)),
        "cost_cap_usd": None if cap is None else _usd(cap),
        "usage": {
            "input_tokens": row.get("input_tokens", 0),
            "output_tokens": row.get("output_tokens", 0),
            "model_calls": row.get("model_calls", 0),
            "lost_calls": row.get("lost_calls", 0),
        },
        "item_failures": row.get("item_failures", 0),
        "error": row.get("error"),
        "replay_of": row.get("replay_of"),
        "trigger": row.get("trigger"),
        "data_class": data_class_of(row),
        "restarts": row.get("tries", 0),
    }


def with_values(sight: Sight) -> dict[str, Any]:
    """A run with its input and output. What a run was given did not come out of documents that it found."""
    row = sight.row
    told = {"input": sight.values.get(row["input"]), "output": sight.get(row.get("output"))}
    return {**run(row), "error": sight.error(row.get("error")), **told}


def whole(sight: Sight, steps: StepStore) -> dict[str, Any]:
    """A run with its values and the state of its steps, in the order in which they began."""
    rows = sorted(steps.below(sight.row["run_id"]), key=lambda one: one.get("started_at", 0))
    told = [step(one, sight) for one in rows[:_STEPS] if "kind" in one]
    return {**with_values(sight), "steps": told, "steps_total": len(rows)}


def evidence(row: Item, deciding: list[Item]) -> dict[str, Any]:
    """A run for who decides about some approvals of it: how it stands, and those steps."""
    failed = row.get("error")
    error = failed and {**failed, "message": failures.ERRORS.get(failed["name"], "The run failed.")}
    told = [{**step(one), "error": None} for one in deciding]
    return {**run(row), "error": error, "input": WITHHELD, "output": WITHHELD, "steps": told, "steps_total": len(told)}


def step(row: Item, sight: Sight | None = None) -> dict[str, Any]:
    """A step's state without its values."""
    cost = row.get("cost_nanodollars")
    told = {"path": row["path"], **{name: row.get(name) for name in _STEP_FIELDS}}
    told |= {"started_at": row.get("started_at"), "ended_at": row.get("ended_at"), "cost_usd": None if cost is None else _usd(cost)}
    more = ("count", "failed_items", "go", "until", "lost_calls", "unchecked")
    counts: dict[str, Any] = {name: row[name] for name in more if name in row}
    if sight is None:
        return {**told, **counts}
    if "item_errors" in row:
        counts["item_errors"] = [{**one, **_named(sight, one)} for one in row["item_errors"]]
    return {**told, **counts, "error": sight.error(row.get("error"))}


def _named(sight: Sight, one: Item) -> Item:
    """An item's error, whose name stands under ``error``."""
    shown = sight.error({"name": one["error"], "message": one["message"]})
    return {"message": shown["message"]} if shown else {}


def step_whole(sight: Sight, path: str, steps: StepStore) -> dict[str, Any]:
    """A step with its rendered prompt, its result and its output; raises :class:`NotFound`."""
    row = steps.get(sight.row["run_id"], path)
    if row is None:
        raise NotFound(f"The run has no step '{path}'.", param="path")
    # A prompt holds passages in whatever form its chain gave them.
    kept = {
        "rendered": WITHHELD if row.get("rendered") and sight.hidden else sight.get(row.get("rendered")),
        "output": sight.get(row.get("output")),
    }
    result = sight.get(row.get("result"), found=row.get("kind") == "retrieve")
    return {"object": "run.step", "run_id": row["run_id"], **step(row, sight), **kept, "result": result}


def difference(one: Sight, other: Sight, steps: StepStore) -> dict[str, Any]:
    """What differs between two runs; ``from`` and ``to`` where both have it."""
    left = {row["path"]: row for row in steps.below(one.row["run_id"])}
    right = {row["path"]: row for row in steps.below(other.row["run_id"])}
    changed = [_changed(path, (one, left[path]), (other, right[path])) for path in sorted(left.keys() & right.keys())]
    before, after = with_values(one), with_values(other)
    names = ("version", "status", "input", "output", "cost_usd", "error")
    return {
        "object": "run.diff",
        "from": one.row["run_id"],
        "to": other.row["run_id"],
        "run": {name: {"from": before[name], "to": after[name]} for name in names if before[name] != after[name]},
        "changed": [found for found in changed if found],
        "only_from": sorted(left.keys() - right.keys()),
        "only_to": sorted(right.keys() - left.keys()),
    }


def _changed(path: str, left: tuple[Sight, Item], right: tuple[Sight, Item]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for name in _COMPARED:
        if _content(left[1].get(name)) != _content(right[1].get(name)):
            shown = [sight.get(row.get(name)) if name == "output" else row.get(name) for sight, row in (left, right)]
            found["question" if name == "hash" else name] = {"from": shown[0], "to": shown[1]}
    return {"path": path, **found} if found else None


def _content(value: Any) -> Any:
    """References are equal where their content is: it is named by its hash, below another run's prefix."""
    return value["key"].rpartition("/")[2] if isinstance(value, dict) and "key" in value else value


def approval(row: Item, shown: dict[str, Any]) -> dict[str, Any]:
    """An approval with what exactly it is about, as far as it is ``shown`` to its reader (:meth:`Readings.approval`)."""
    names = ("id", "status", "run_id", "chain", "tool", "hash", "decided_by", "reason")
    return {
        "object": "approval",
        **{name: row.get(name) for name in names},
        "step": row["path"],
        **shown,
        "requested_by": next(iter(row["requesters"]), None),
        "who": {"users": row["users"], "groups": row["groups"]},
        "created_at": int(row["created_at"]),
        "expires_at": int(row["expires_at"]),
        "decided_at": int(row["decided_at"]) if row.get("decided_at") else None,
    }


def _usd(nanodollars: Any) -> float:
    return round(float(nanodollars) / _NANO, 9)
