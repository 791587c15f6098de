"""What has changed between two versions of a prompt."""

import difflib
from typing import Any

from maru.prompts.store import PromptVersion
from maru.prompts.template import Template

_CONTEXT = 3


def difference(old: PromptVersion, new: PromptVersion) -> dict[str, Any]:
    """``{from, to, same, messages, changes}``: the messages' text as a unified diff by lines, the rest by entry.

    ``changes`` has one ``{entry, from, to}`` for each variable, parameter and the model that differ, None where it was not there.
    """
    before, after = (f"{one.name}@{one.version}" for one in (old, new))
    lines = difflib.unified_diff(_lines(old.template), _lines(new.template), before, after, lineterm="", n=_CONTEXT)
    return {
        "from": old.version,
        "to": new.version,
        "same": old.checksum == new.checksum,
        "messages": "\n".join(lines),
        "changes": _changes(_entries(old.template), _entries(new.template)),
    }


def _lines(template: Template) -> list[str]:
    lines: list[str] = []
    for message in template.messages:
        lines += [f"[{message.role}]", *message.content.splitlines()]
    return lines


def _entries(template: Template) -> dict[str, Any]:
    content = template.model_dump(mode="json")
    return {
        "model": content["model"],
        **{f"variables.{name}": value for name, value in content["variables"].items()},
        **{f"parameters.{name}": value for name, value in content["parameters"].items()},
    }


def _changes(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"entry": entry, "from": old.get(entry), "to": new.get(entry)}
        for entry in sorted(old.keys() | new.keys())
        if old.get(entry) != new.get(entry)
    ]
