"""What chains bear: kill -9 of the worker behind each boundary of each shipped chain, within its calls, and of everything after a flush.

Each way through a chain (`tests/chain_ways.py`: together they enter every state of every machine) is walked twice on the same input:
undisturbed, and with the worker killed behind each call of the machine, just when its work is written. Calls are counted at the model
server: as many in both runs means that no step was paid twice.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from maru.dynamo import Item
from maru.prompts.shipped import ShippedPrompts
from tests.chain_ways import NO_SAMPLE, WAYS, Said, Way, go, saying, ship
from tests.chain_world import World
from tests.engines.maru import Maru, session
from tests.engines.ministack import EmbeddedAws
from tests.engines.scripted_server import ScriptedServer
from tests.fakes.receiver import Receiver
from tests.processes import ROOT
from tests.unit.chains.samples import EVERYTHING, OTHER, WAITING

type Row = tuple[str, str, str]


def rows(here: World, models: ScriptedServer, engine: EmbeddedAws, hook: Receiver) -> Iterator[Row]:
    """A row a chain, then that of the whole system."""
    ShippedPrompts(here.prompts, ROOT / "catalogue").publish()
    least = "every state; same results, none paid twice, none lost"
    with saying(models) as said, _worker(engine, models, hook) as serve:
        for chain in sorted({way.chain for way in WAYS}):
            ship(here, chain)
            ways = [way for way in WAYS if way.chain == chain]
            yield f"kill -9 behind each boundary of `{chain}`", least, _killed(here, serve, said, ways, hook.url)
        here.publish(OTHER)
        here.publish(_everything())
        every = [Way("everything", "every kind of step", {"items": [1, 2, 3]}, sample=NO_SAMPLE, decides=("approved",))]
        yield "… of a chain with every kind of step", least, _killed(here, serve, said, every, hook.url)
        yield from _within_calls(here, serve, said)
    yield "kill -9 of everything after a flush, approved after the restart", "same result, none paid twice, none lost", _all_killed()


def _killed(here: World, serve: Callable[[Item, str], Any], said: Said, ways: Sequence[Way], receiver: str) -> str:
    """Each way undisturbed, and with the worker killed behind each boundary at which it was not killed before."""
    died: set[tuple[str, str]] = set()
    lock = threading.Lock()

    def dying(event: Item) -> Any:
        boundary = (str(event["phase"]), f"{event['at']}{event['step']}")
        with lock:
            kill = boundary not in died
            died.add(boundary)
        return serve(event, "written" if kill else "")

    visited, states, told = set[str](), set[str](), Counter[str]()
    for way in ways:
        plain = go(here, way, said, lambda event: serve(event, ""), receiver=receiver)
        went = go(here, way, said, dying, receiver=receiver)
        same = went.row["status"] == plain.row["status"] == way.status and _output(here, went.row) == _output(here, plain.row)
        told += Counter(same=same, again=went.calls.total(), paid=plain.calls.total(), decided=went.decided)
        visited |= went.visited
        states |= went.states
    results = f"{told['same']} of {len(ways)} ways end as undisturbed"
    calls = f"{told['again']} calls paid, {told['paid']} undisturbed"
    return f"{len(visited & states)} of {len(states)} states; {len(died)} kills; {results}; {calls}; {told['decided']} approvals decided"


_ASKING = """
chain: asking
labels: [live]
cost_cap_usd: 100
steps:
  - {id: one, type: model, model: scripted, messages: [{role: user, content: "say: one"}]}
  - {id: two, type: model, model: scripted, messages: [{role: user, content: "say: two"}]}
"""
_PLACES = {
    "counted": ("once a model's answer is paid for, before anything else is written", "none paid twice"),
    "answered": ("between a model's last word and the write that counts it", "asked again, the lost calls counted as estimated"),
}


def _within_calls(here: World, serve: Callable[[Item, str], Any], said: Said) -> Iterator[Row]:
    """The worker killed at a place within each call of a model."""
    here.publish(yaml.safe_load(_ASKING))
    for place, (words, least) in _PLACES.items():
        died: set[str] = set()

        def dying(event: Item, place: str = place, died: set[str] = died) -> Any:
            kill = event["phase"] == "do" and event["step"] not in died
            died.update([str(event["step"])] if kill else [])
            return serve(event, place if kill else "")

        went = go(here, Way("asking", place, sample=NO_SAMPLE), said, dying)
        cost, estimated = (went.row.get(name, 0) / 1e9 for name in ("cost_nanodollars", "estimated_nanodollars"))
        told = f"{went.row['status']}; {went.calls.total()} calls answered for 2 steps, {went.row.get('lost_calls', 0)} lost"
        yield f"kill -9 {words}", least, f"{len(died)} kills; {told}; {cost:.6f} USD, {estimated:.6f} more estimated"


def _output(here: World, row: Item) -> str:
    """What the run gave; the fences of passages, which the scripted model quotes, are another in each run."""
    found = here.engine.values.get(row["output"]) if "output" in row else row.get("error")
    return re.sub(r"\b[0-9a-f]{16}\b", "fence", json.dumps(found, sort_keys=True))


@contextmanager
def _worker(engine: EmbeddedAws, models: ScriptedServer, hook: Receiver) -> Iterator[Callable[[Item, str], Any]]:
    """Serves an event in a process of its own; raises by the name that a machine sees."""
    environment = {"PYTHONPATH": f"layers/core/python{os.pathsep}.", "PATH": os.environ.get("PATH", ""), **engine.environment}
    command = [sys.executable, "-m", "bench.chain_worker", models.base_url, hook.host, str(hook.authority)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    turn = threading.Lock()

    def serve(event: Item, kill: str) -> Any:
        assert process.stdin is not None
        assert process.stdout is not None
        with turn:
            process.stdin.write(json.dumps({"event": event, "kill": kill}) + "\n")
            process.stdin.flush()
            told = json.loads(process.stdout.readline())
        if "answer" in told:
            return told["answer"]
        assert "error" in told or told["died"] == signal.SIGKILL, told
        raise type(told.get("error", "Lambda.Unknown"), (Exception,), {})

    try:
        yield serve
    finally:
        process.communicate()


def _all_killed() -> str:
    """The whole system killed while a run waits for a person; it is started again, and somebody decides."""
    with tempfile.TemporaryDirectory() as folder, session(Path(folder)) as running:
        maru = running.start()
        maru.minji.call("POST", "/v1/chains", yaml.safe_load(WAITING))
        run = maru.minji.call("POST", "/v1/chains/waiting/runs", {"wait_seconds": 0})
        asked, before = _asked(maru), _paid(maru)
        time.sleep(5)  # two flushes of the embedded AWS
        running.stop(signal.SIGKILL)
        maru = running.start()
        again = _asked(maru)
        maru.operator.call("POST", f"/v1/approvals/{again['id']}/decide", {"decision": "approved", "hash": asked["hash"]})
        while (done := maru.minji.call("GET", f"/v1/runs/{run['id']}"))["status"] == "running":
            time.sleep(0.3)
        # The model server was killed too, and counts from 0 again.
        paid = f"{before} + {_paid(maru)} calls paid for 2 steps"
        return f"{done['status']} after {done['restarts']} restart; {paid}; the same approval: {asked['id'] == again['id']}"


def _asked(maru: Maru) -> Any:
    while not (found := maru.operator.call("GET", "/v1/approvals?status=pending")["data"]):
        time.sleep(0.2)
    return found[0]


def _paid(maru: Maru) -> int:
    ports = json.loads((maru.home / "ports.json").read_text(encoding="utf-8"))
    with urllib.request.urlopen(f"http://127.0.0.1:{ports['models']}/_scripted/calls", timeout=10) as answer:
        return int(json.load(answer)["calls"].get("paid", 0))


def _everything() -> str:
    """The sample with every kind of step; nothing is searched, as its store is not there."""
    look = EVERYTHING[EVERYTHING.index("  - id: look") : EVERYTHING.index("  - id: sides")]
    return EVERYTHING.replace(look, "").replace('content: "say: {{n}}"', 'content: "json: {\\"n\\": {{n}}}"')
