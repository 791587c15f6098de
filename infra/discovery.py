"""What the code declares and infra deploys: a folder is a function, a class with a `SPEC` is a table."""

import importlib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import ROOT
from maru.agents.tools.settings import ToolSettings
from maru.dynamo import TableSpec
from maru.settings import Settings

_CORE = ROOT / "layers" / "core" / "python"


@dataclass(frozen=True)
class FunctionFolder:
    """One folder of `functions/`: `main.py` makes it an HTTP function, `handler.py` a worker."""

    name: str
    folder: Path
    settings: type[Settings]

    @property
    def http(self) -> bool:
        """Whether an ASGI application lives here."""
        return (self.folder / "main.py").exists()

    @property
    def tool(self) -> bool:
        """Whether agents may call it as a tool."""
        return issubclass(self.settings, ToolSettings)

    def paths(self) -> list[str]:
        """The paths that the function's routers declare, without parameters' converters."""
        module = importlib.import_module(f"functions.{self.name}.app")
        return sorted({route.path for router in module.ROUTERS for route in router.routes})


def functions() -> list[FunctionFolder]:
    """Every function of the tree, by name."""
    folders = sorted(path.parent for path in (ROOT / "functions").glob("*/settings.py"))
    return [
        FunctionFolder(folder.name, folder, importlib.import_module(f"functions.{folder.name}.settings").Settings) for folder in folders
    ]


def prefixes(paths: Sequence[str]) -> list[str]:
    """The first two segments of each path: what the API distinguishes functions by."""
    return sorted({"/" + "/".join(path.strip("/").split("/")[:2]) for path in paths})


def owners(paths: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Which function answers which prefix; raises :class:`ValueError` where two claim one."""
    owner: dict[str, str] = {}
    for function, own in paths.items():
        for prefix in prefixes(own):
            if owner.setdefault(prefix, function) != function:
                raise ValueError(f"{prefix} is claimed by the functions '{owner[prefix]}' and '{function}'.")
    return owner


def table_specs() -> dict[str, TableSpec]:
    """The tables of all stores by name; raises :class:`ValueError` where two stores claim one name."""
    found: dict[str, TableSpec] = {}
    for path in sorted((_CORE / "maru").rglob("*.py")):
        # Importing every module would bring parsers and model clients into each synthesis.
        declares = "SPEC = TableSpec(" in path.read_text(encoding="utf-8")
        for spec in _specs(importlib.import_module(_name(path))) if declares else []:
            if found.setdefault(spec.name, spec) != spec:
                raise ValueError(f"Two stores claim the table '{spec.name}'.")
    return dict(sorted(found.items()))


def _name(path: Path) -> str:
    return ".".join(path.relative_to(_CORE).with_suffix("").parts)


def _specs(module: Any) -> list[TableSpec]:
    classes = (one for _, one in inspect.getmembers(module, inspect.isclass) if one.__module__ == module.__name__)
    specs = (getattr(one, "SPEC", None) for one in classes)
    return [spec for spec in specs if isinstance(spec, TableSpec)]
