"""What a prompt without a script lets a deterministic model do with its tools and forms, as any model would."""

import re
from collections.abc import Mapping
from typing import Any

from local.models.schema import filled

_NUMBER = re.compile(r"-?\d+")
_QUOTED = re.compile(r"['\"“‘「]([^'\"”’」]{1,80})['\"”’」]")
_LONG = 5


def names_tool(name: str, prompt: str) -> bool:
    """Whether the prompt speaks of a tool: of a long word of its name."""
    said = prompt.casefold()
    return any(len(word) >= _LONG and word.casefold() in said for word in re.split(r"[_\W]+", name))


def arguments(schema: Mapping[str, Any], prompt: str) -> Any:
    """The least arguments that fit, with the prompt's first number and its first quoted text where the first such field takes one."""
    value = filled(dict(schema))
    if isinstance(value, dict):
        for kind, found in (("integer", _NUMBER.search(prompt)), ("string", _QUOTED.search(prompt))):
            name = next((one for one, part in schema.get("properties", {}).items() if part.get("type") == kind), None)
            if name and found and "enum" not in schema["properties"][name]:
                value[name] = int(found[0]) if kind == "integer" else found[1]
    return value


def keyed(prompt: str) -> dict[str, str]:
    """An object with the keys that the prompt quotes."""
    return {name: "text" for name in _QUOTED.findall(prompt) if name.isidentifier()}
