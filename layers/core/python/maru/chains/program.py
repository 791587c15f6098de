"""A chain with the chains it nests: the whole that is compiled, stored with each run by its checksum, and performed."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from maru.chains.document import Chain, all_steps, public
from maru.chains.kinds import Nested, Step
from maru.chains.loading import ChainInvalid, Problem

_DEPTH = 5
_MOST_STEPS = 500

#: Finds the chain that a reference means (``name@label``); raises :class:`~maru.errors.NotFound`.
type Resolve = Callable[[str], Chain]


@dataclass(frozen=True)
class Program:
    """``nested`` maps the key of each nested step (``outer/inner``) to the chain that stands there."""

    chain: Chain
    nested: Mapping[str, Chain] = field(default_factory=dict)

    @classmethod
    def link(cls, chain: Chain, resolve: Resolve) -> Self:
        """Fix the versions of nested chains; raises :class:`ChainInvalid` for one that is not there, loops, or makes too much."""
        nested: dict[str, Chain] = {}
        _link(chain, resolve, "", (chain.chain,), nested)
        program = cls(chain, nested)
        if len(program.steps) > _MOST_STEPS:
            raise ChainInvalid([Problem(f"with its nested chains it has {len(program.steps)} steps; {_MOST_STEPS} is the most")])
        return program

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The program of :meth:`to_json`."""
        nested = {key: Chain.model_validate(one) for key, one in data["nested"].items()}
        return cls(Chain.model_validate(data["chain"]), nested)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {"chain": public(self.chain), "nested": {key: public(one) for key, one in self.nested.items()}}

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of its canonical JSON, in hexadecimal."""
        canonical = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """Every step by its key: its id, behind the keys of the nested steps around it."""
        return dict(self._keyed(self.chain, ""))

    def _keyed(self, chain: Chain, prefix: str) -> Iterator[tuple[str, Step]]:
        for step in all_steps(chain.steps):
            yield prefix + step.id, step
            if isinstance(step, Nested):
                yield from self._keyed(self.nested[prefix + step.id], f"{prefix}{step.id}/")


def _link(chain: Chain, resolve: Resolve, prefix: str, above: tuple[str, ...], nested: dict[str, Chain]) -> None:
    for step in all_steps(chain.steps):
        if not isinstance(step, Nested):
            continue
        found = resolve(step.chain)
        if found.chain in above:
            raise ChainInvalid([Problem(f"the chains call each other in a circle: {' → '.join((*above, found.chain))}", step=step.id)])
        if len(above) >= _DEPTH:
            raise ChainInvalid([Problem(f"chains are nested more than {_DEPTH} deep", step=step.id)])
        key = prefix + step.id
        nested[key] = found
        _link(found, resolve, f"{key}/", (*above, found.chain), nested)
