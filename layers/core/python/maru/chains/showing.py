"""Runs and steps as callers see them."""

from typing import Any

from maru.chains.runs import StepStore
from maru.chains.values import Values
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
        "created_by": row["caller"]["user"],
        "cost_usd": _usd(row.get("cost_nanodollars", 0)),
        "cost_cap_usd": None if cap is None else _usd(cap),
        "usage": {
            "input_tokens": row.get("input_tokens", 0),
            "output_tokens": row.get("output_tokens", 0),
            "model_calls": row.get("model_calls", 0),
        },
        "item_failures": row.get("item_failures", 0),
        "error": row.get("error"),
        "replay_of": row.get("replay_of"),
        "trigger": row.get("trigger"),
        "restarts": row.get("tries", 0),
    }


def with_values(row: Item, values: Values) -> dict[str, Any]:
    """A run with its input and output."""
    output = values.get(row["output"]) if "output" in row else None
    return {**run(row), "input": values.get(row["input"]), "output": output}


def whole(row: Item, steps: StepStore, values: Values) -> dict[str, Any]:
    """A run with its values and the state of its steps, in the order in which they began."""
    rows = sorted(steps.below(row["run_id"]), key=lambda one: one.get("started_at", 0))
    told = [step(one) for one in rows[:_STEPS] if "kind" in one]
    return {**with_values(row, values), "steps": told, "steps_total": len(rows)}


def step(row: Item) -> dict[str, Any]:
    """A step's state without its values."""
    cost = row.get("cost_nanodollars")
    told = {"path": row["path"], **{name: row.get(name) for name in _STEP_FIELDS}}
    told |= {"started_at": row.get("started_at"), "ended_at": row.get("ended_at"), "cost_usd": None if cost is None else _usd(cost)}
    counts: dict[str, Any] = {name: row[name] for name in ("count", "failed_items", "item_errors", "go", "until") if name in row}
    return {**told, **counts, "error": row.get("error")}


def step_whole(row: Item, path: str, steps: StepStore, values: Values) -> dict[str, Any]:
    """A step with its rendered prompt, its result and its output; raises :class:`NotFound`."""
    found = steps.get(row["run_id"], path)
    if found is None:
        raise NotFound(f"The run has no step '{path}'.", param="path")
    kept = {name: values.get(found[name]) if found.get(name) else None for name in ("rendered", "result", "output")}
    return {"object": "run.step", "run_id": row["run_id"], **step(found), **kept}


def difference(one: Item, other: Item, steps: StepStore, values: Values) -> dict[str, Any]:
    """What differs between two runs; ``from`` and ``to`` where both have it."""
    left = {row["path"]: row for row in steps.below(one["run_id"])}
    right = {row["path"]: row for row in steps.below(other["run_id"])}
    changed = [_changed(path, left[path], right[path], values) for path in sorted(left.keys() & right.keys())]
    before, after = with_values(one, values), with_values(other, values)
    names = ("version", "status", "input", "output", "cost_usd", "error")
    return {
        "object": "run.diff",
        "from": one["run_id"],
        "to": other["run_id"],
        "run": {name: {"from": before[name], "to": after[name]} for name in names if before[name] != after[name]},
        "changed": [found for found in changed if found],
        "only_from": sorted(left.keys() - right.keys()),
        "only_to": sorted(right.keys() - left.keys()),
    }


def _changed(path: str, left: Item, right: Item, values: Values) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for name in _COMPARED:
        if _content(left.get(name)) != _content(right.get(name)):
            shown = [values.get(row[name]) if name == "output" and row.get(name) else row.get(name) for row in (left, right)]
            found["question" if name == "hash" else name] = {"from": shown[0], "to": shown[1]}
    return {"path": path, **found} if found else None


def _content(value: Any) -> Any:
    """References are equal where their content is: it is named by its hash, below another run's prefix."""
    return value["key"].rpartition("/")[2] if isinstance(value, dict) and "key" in value else value


def approval(row: Item, values: Values) -> dict[str, Any]:
    """An approval with what exactly it is about."""
    names = ("id", "status", "run_id", "chain", "title", "tool", "hash", "decided_by", "reason")
    return {
        "object": "approval",
        **{name: row.get(name) for name in names},
        "step": row["path"],
        "arguments": values.get(row["arguments"]),
        "requested_by": row["requester"],
        "who": {"users": row["users"], "groups": row["groups"]},
        "created_at": int(row["created_at"]),
        "expires_at": int(row["expires_at"]),
        "decided_at": int(row["decided_at"]) if row.get("decided_at") else None,
    }


def _usd(nanodollars: Any) -> float:
    return round(float(nanodollars) / _NANO, 9)
