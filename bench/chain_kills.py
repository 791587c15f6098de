"""What chains bear: kill -9 of the worker behind each boundary of each shipped chain, within its calls, and of everything after a flush.

A chain is run twice on the same input: undisturbed, and with its worker killed once behind each call of the machine, just when its work is
written. Calls are counted at the model server: as many in both runs means that no step was paid twice.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from maru.dynamo import Item
from maru.prompts.shipped import ShippedPrompts
from tests.chain_world import BOSS, World
from tests.engines.maru import Maru, session
from tests.engines.ministack import EmbeddedAws
from tests.engines.scripted_server import ScriptedServer
from tests.processes import ROOT
from tests.unit.chains.samples import EVERYTHING, OTHER, WAITING

_SAMPLES = ROOT / "events" / "chains" / "runs"
_CHAINS = ROOT / "catalogue" / "chains"

type Row = tuple[str, str, str]


def rows(here: World, models: ScriptedServer, engine: EmbeddedAws) -> Iterator[Row]:
    """A row a chain, then that of the whole system."""
    ShippedPrompts(here.prompts, ROOT / "catalogue").publish()
    least = "same result, none paid twice, none lost"
    with _counted(models) as counted, _worker(engine, models) as serve:
        for path in sorted(_CHAINS.glob("*.yaml")):
            here.publish(yaml.safe_load(path.read_text(encoding="utf-8")))
            given = json.loads((_SAMPLES / path.name).with_suffix(".json").read_text(encoding="utf-8"))
            yield f"kill -9 behind each boundary of `{path.stem}`", least, _killed(here, serve, counted, path.stem, given)
        here.publish(OTHER)
        here.publish(_everything())
        yield "… of a chain with every kind of step", least, _killed(here, serve, counted, "everything", {"items": [1, 2, 3]})
        yield from _within_calls(here, serve, counted)
    yield "kill -9 of everything after a flush, approved after the restart", least, _all_killed()


def _killed(here: World, serve: Callable[[Item, str], Any], counted: list[int], name: str, given: Any) -> str:
    plain, calls, _ = _run(here, lambda event: serve(event, ""), counted, name, given)
    died: set[tuple[str, str]] = set()
    lock = threading.Lock()

    def dying(event: Item) -> Any:
        boundary = (str(event["phase"]), f"{event['at']}{event['step']}")
        with lock:
            kill = boundary not in died
            died.add(boundary)
        return serve(event, "written" if kill else "")

    row, again, decided = _run(here, dying, counted, name, given)
    same = row["status"] == plain["status"] and _output(here, row) == _output(here, plain)
    paid = f"{again} calls paid, {calls} undisturbed"
    return f"{len(died)} kills; {row['status']}{'' if same else ' OTHERWISE'}; {paid}; {decided} approvals decided"


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


def _within_calls(here: World, serve: Callable[[Item, str], Any], counted: list[int]) -> Iterator[Row]:
    """The worker killed at a place within each call of a model."""
    here.publish(yaml.safe_load(_ASKING))
    for place, (words, least) in _PLACES.items():
        died: set[str] = set()

        def dying(event: Item, place: str = place, died: set[str] = died) -> Any:
            kill = event["phase"] == "do" and event["step"] not in died
            died.update([str(event["step"])] if kill else [])
            return serve(event, place if kill else "")

        row, calls, _ = _run(here, dying, counted, "asking", {})
        cost, estimated = (row.get(name, 0) / 1e9 for name in ("cost_nanodollars", "estimated_nanodollars"))
        told = f"{row['status']}; {calls} calls answered for 2 steps, {row.get('lost_calls', 0)} lost"
        yield f"kill -9 {words}", least, f"{len(died)} kills; {told}; {cost:.6f} USD, {estimated:.6f} more estimated"


def _run(here: World, invoke: Callable[[Item], Any], counted: list[int], name: str, given: Any) -> tuple[Item, int, int]:
    """The run's row at its end, calls of the model, approvals decided."""
    counted.clear()
    here.machines.invoke = invoke
    run, decided = here.start(name, given), set[str]()
    while (row := here.engine.runs.of("acme", run))["status"] == "running":
        for one in here.engine.approvals.listed("acme", "pending"):
            if one["run_id"] == run and one.get("token") and one["id"] not in decided:
                here.engine.decide(BOSS, one["id"], "approved", "")
                decided.add(one["id"])
        time.sleep(0.1)
    here.machines.invoke = here.worker.handle
    return row, len(counted), len(decided)


def _output(here: World, row: Item) -> str:
    """What the run gave; the fences of passages, which the scripted model quotes, are another in each run."""
    found = here.engine.values.get(row["output"]) if "output" in row else row.get("error")
    return re.sub(r"\b[0-9a-f]{16}\b", "fence", json.dumps(found, sort_keys=True))


@contextmanager
def _counted(models: ScriptedServer) -> Iterator[list[int]]:
    """A list that grows by one with each call of the model."""
    calls: list[int] = []
    answer = models.model.answer

    def counting(request: Any) -> Any:
        calls.append(1)
        return answer(request)

    models.model.answer = counting  # type: ignore[method-assign]  # the server asks the instance
    yield calls
    models.model.answer = answer  # type: ignore[method-assign]  # as above


@contextmanager
def _worker(engine: EmbeddedAws, models: ScriptedServer) -> Iterator[Callable[[Item, str], Any]]:
    """Serves an event in a process of its own; raises by the name that a machine sees."""
    environment = {"PYTHONPATH": f"layers/core/python{os.pathsep}.", "PATH": os.environ.get("PATH", ""), **engine.environment}
    command = [sys.executable, "-m", "bench.chain_worker", models.base_url]
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
