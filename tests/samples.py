"""The sample events of the tree: what AWS hands to each function, kept as JSON under `events/<function>/`."""

import json
from typing import Any

from tests.processes import ROOT

EVENTS = ROOT / "events"


def names(function: str | None = None) -> list[str]:
    """`function/name` of every sample, or of one function's."""
    return sorted(path.relative_to(EVENTS).with_suffix("").as_posix() for path in EVENTS.glob(f"{function or '*'}/*.json"))


def sample(name: str, **values: str) -> Any:
    """The event `function/name`; each `${NAME}` in it stands for `values[NAME]`."""
    text = (EVENTS / f"{name}.json").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"${{{key}}}", value)
    return json.loads(text)
