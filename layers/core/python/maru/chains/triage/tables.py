"""The tables beside this module that say what signs, words and fields there are, read once."""

from functools import cache
from pathlib import Path
from typing import Any


@cache
def table(name: str) -> Any:
    """What ``{name}.yaml`` holds."""
    return yaml_beside(__file__, name)


def yaml_beside(module: str, name: str) -> Any:
    """What ``{name}.yaml`` beside a module's file holds."""
    import yaml

    text = Path(module).with_name(f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
