"""Functions that chains may call by name in a ``tool`` step: deterministic, in this tree, never an address from outside.

::

    @builtin("triage.score", summary="Priority of a normalised event, without a model")
    def score(arguments: dict[str, Any], run: RunFacts) -> Any:
        ...                                # JSON in, JSON out; raise BadRequest for arguments that make no sense

A module of this folder is imported when one of its functions is first called: the part of the name before the point is the
module's (``triage.score`` lives in ``builtins/triage.py``). ``acts=True`` marks what changes something outside (``block``, ``isolate``,
``delete``): it runs only under the approval of exactly these arguments. ``reads=True`` marks what reads documents through ``run.read``: its
answers are taken over into a replay under the same rights alone.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from maru.errors import BadRequest
from maru.identity import Caller
from maru.knowledge.file_pages import FilePages, PageReader


@dataclass(frozen=True)
class RunFacts:
    """What a function may know of the run it serves: for whom, which, and which step; ``found`` are the documents that it read."""

    caller: Caller
    run_id: str
    step: str
    pages: PageReader | None = None
    found: list[FilePages] = field(default_factory=list)

    def read(self, file_id: str) -> FilePages:
        """A document, as far as the run may read it; raises as :meth:`PageReader.read` does."""
        if self.pages is None:
            raise BadRequest("There are no documents here.", param="file_id")
        self.found.append(self.pages.read(self.caller, file_id))
        return self.found[-1]


type Function = Callable[[dict[str, Any], RunFacts], Any]


@dataclass(frozen=True)
class Builtin:
    """A function with its name and what it does."""

    name: str
    summary: str
    acts: bool
    reads: bool
    call: Function


_REGISTRY: dict[str, Builtin] = {}


def builtin(name: str, *, summary: str, acts: bool = False, reads: bool = False) -> Callable[[Function], Function]:
    """Register a function under ``module.name``; raises :class:`ValueError` for a name that is taken."""

    def register(function: Function) -> Function:
        if name in _REGISTRY:
            raise ValueError(f"the built-in '{name}' is registered twice")
        _REGISTRY[name] = Builtin(name, summary, acts, reads, function)
        return function

    return register


def find(name: str) -> Builtin | None:
    """The function of this name, or None."""
    module = name.partition(".")[0]
    if name not in _REGISTRY and module in _modules():
        importlib.import_module(f"{__name__}.{module}")
    return _REGISTRY.get(name)


def names() -> list[str]:
    """Every function there is."""
    for module in _modules():
        importlib.import_module(f"{__name__}.{module}")
    return sorted(_REGISTRY)


def _modules() -> set[str]:
    return {one.name for one in pkgutil.iter_modules(__path__)}
