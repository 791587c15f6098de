"""The shipped chains on every way through their machines, the worker dying behind each boundary (kill -9: `bench/chain_kills.py`)."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from maru.prompts.shipped import ShippedPrompts
from tests.chain_ways import CHAINS, WAYS, Way, documents, go, saying, ship
from tests.chain_world import world
from tests.conftest import MakeTable
from tests.engines.scripted_server import ScriptedServer
from tests.fakes.receiver import receiver

#: What every build walks: people and the outside are in these.
_USUAL = {
    "support": {"refund, rejected", "deletion, nobody decides", "no model finds it, ko"},
    "triage": {"contained", "a model without JSON, ko"},
}


@pytest.mark.parametrize("chain", sorted(_USUAL))
def test_a_worker_that_dies_behind_each_boundary_pays_nothing_twice_and_loses_no_approval(
    make_table: MakeTable, s3: Any, models: ScriptedServer, tmp_path: Path, chain: str
) -> None:
    _killed(_Place(make_table, s3, models, tmp_path), [one for one in WAYS if one.chain == chain and one.name in _USUAL[chain]])


@pytest.mark.slow
@pytest.mark.parametrize("chain", sorted(path.stem for path in CHAINS.glob("*.yaml")))
def test_every_state_of_a_shipped_chain_bears_the_workers_death(
    make_table: MakeTable, s3: Any, models: ScriptedServer, tmp_path: Path, chain: str
) -> None:
    left = _killed(_Place(make_table, s3, models, tmp_path), [one for one in WAYS if one.chain == chain])
    assert left == set(), "no way leads there"


@dataclass(frozen=True)
class _Place:
    make_table: MakeTable
    s3: Any
    models: ScriptedServer
    folder: Path


def _killed(at: _Place, ways: Sequence[Way]) -> set[str]:
    """Walk each way undisturbed, then with a worker that dies behind each boundary that none has died at; gives the states not entered."""
    with receiver(at.folder) as hook, saying(at.models) as said:
        here = world(at.make_table, at.s3, at.models.base_url, hosts=frozenset({hook.host}), passages=documents(), **hook.reached())
        ShippedPrompts(here.prompts, "catalogue").publish()
        ship(here, ways[0].chain)
        died: set[tuple[str, str]] = set()
        lock = threading.Lock()

        def dying(event: dict[str, Any]) -> Any:
            told = here.worker.handle(event)
            boundary = (str(event["phase"]), f"{event['at']}{event['step']}")
            with lock:
                first = boundary not in died
                died.add(boundary)
            if first:
                raise type("Lambda.Unknown", (Exception,), {})
            return told

        visited, states = set[str](), set[str]()
        for way in ways:
            plain = go(here, way, said, here.worker.handle, receiver=hook.url)
            went = go(here, way, said, dying, receiver=hook.url)
            assert went.row["status"] == plain.row["status"] == way.status, (way.name, went.row.get("error"))
            assert went.calls.total() == plain.calls.total(), f"{way.name}: a step was paid twice"
            assert went.row.get("lost_calls", 0) == 0, way.name
            assert went.decided == plain.decided == len(way.decides), f"{way.name}: an approval was lost"
            visited |= went.visited
            states |= went.states
        assert len(died) > 10
        return states - visited
