"""Chains on the whole system: published, run, watched, approved by somebody else, and carried on after a kill -9 of everything."""

import json
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.api import Api
from tests.engines.maru import Maru, session
from tests.unit.chains.samples import WAITING

pytestmark = pytest.mark.live

CHAIN = """
chain: tried
input: {type: object, required: [n], properties: {n: {type: integer}}}
labels: [live]
steps:
  - {id: add, type: transform, value: "{% $states.input.n + 1 %}", assign: {n: "{% $states.result %}"}}
  - id: look
    type: retrieve
    query: 연차 휴가
    vector_stores: [hr]
    top_k: 2
    assign: {found: "{% $count($states.result.passages) %}"}
  - id: ask
    type: model
    model: scripted
    messages: [{role: user, content: "count: paid\\nslow: 0.15\\ntokens: {{n}}"}]
    variables: {n: "{% $n %}"}
  - id: sides
    type: parallel
    branches:
      left: [{id: shout, type: transform, value: "{% $states.input.text & '!' %}"}]
      right: [{id: safe, type: guard, text: "{% $states.input.text %}"}]
  - id: each
    type: map
    items: "{% [1..6] %}"
    tolerate_percent: 50
    steps:
      - {id: square, type: transform, value: "{% $states.input = 4 ? $error('four') : $states.input * $states.input + $n %}"}
output: {found: "{% $found %}", squares: "{% $states.input.results %}", errors: "{% $states.input.errors %}"}
"""


def test_a_chain_runs_and_is_watched(maru: Maru) -> None:
    api = maru.minji
    _publish(api, CHAIN)
    run = api.call("POST", "/v1/chains/tried/runs", {"input": {"n": 9}, "wait_seconds": 0})
    events = list(_events(maru, run["id"]))
    names = [one["type"] for _, one in events]
    assert names[0] == "run.started"
    assert names[-1] == "run.ended"
    assert "".join(one["delta"] for _, one in events if one["type"] == "step.delta").split() == [f"w{n}" for n in range(1, 11)]
    assert names.count("step.delta") >= 2, "the model's words come while it writes"
    middle = events[len(events) // 2][0]
    rest = list(_events(maru, run["id"], after=middle))
    assert [id_ for id_, _ in rest] == [id_ for id_, _ in events[len(events) // 2 + 1 :]]
    done = api.call("GET", f"/v1/runs/{run['id']}")
    assert done["status"] == "completed_with_errors"
    assert done["output"]["squares"] == [11, 14, 19, None, 35, 46]
    assert done["output"]["found"] == 2
    assert (done["output"]["errors"][0]["index"], done["output"]["errors"][0]["error"]) == (3, "ExpressionFailed")
    step = api.call("GET", f"/v1/runs/{run['id']}/steps/ask")
    assert step["rendered"][0]["content"].endswith("tokens: 10")


def test_versions_labels_and_pinned_runs(maru: Maru) -> None:
    api = maru.minji
    old = "chain: labelled\nlabels: [live]\nsteps:\n  - {id: a, type: transform, value: old}\n"
    _publish(api, old)
    _publish(api, old.replace("value: old", "value: new").replace("[live]", "[canary]"))
    outputs = {which: api.call("POST", "/v1/chains/labelled/runs", {"version": which})["output"] for which in ("live", "canary", "1", "2")}
    assert outputs == {"live": "old", "canary": "new", "1": "old", "2": "new"}
    assert api.call("POST", "/v1/chains/labelled/labels/live", {"version": 2})["previous_version"] == 1
    assert api.call("POST", "/v1/chains/labelled/runs", {})["output"] == "new"


def test_everything_is_killed_and_the_run_ends_right(tmp_path: Path) -> None:
    with session(tmp_path) as running:
        maru = running.start()
        _publish(maru.minji, WAITING)
        run = maru.minji.call("POST", "/v1/chains/waiting/runs", {"wait_seconds": 0})
        asked = _approval(maru)
        assert _paid(maru) == 1
        time.sleep(5)  # two flushes of the embedded AWS
        running.stop(signal.SIGKILL)
        maru = running.start()
        operator = maru.operator
        assert _approval(maru)["id"] == asked["id"]
        with pytest.raises(Exception, match="403"):
            maru.minji.call("POST", f"/v1/approvals/{asked['id']}/decide", {"decision": "approved"})
        operator.call("POST", f"/v1/approvals/{asked['id']}/decide", {"decision": "approved", "reason": "fine", "hash": asked["hash"]})
        deadline = time.monotonic() + 60
        while (done := maru.minji.call("GET", f"/v1/runs/{run['id']}"))["status"] == "running":
            assert time.monotonic() < deadline
            time.sleep(0.3)
        assert (done["status"], done["restarts"], done["output"]["text"]) == ("completed", 1, "two")
        assert _paid(maru) == 1, "the first step was paid before the kill, and only there"
        with pytest.raises(Exception, match="409"):
            operator.call("POST", f"/v1/approvals/{asked['id']}/decide", {"decision": "rejected"})


def _publish(api: Api, text: str) -> Any:
    import yaml

    return api.call("POST", "/v1/chains", yaml.safe_load(text))


def _approval(maru: Maru) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = maru.operator.call("GET", "/v1/approvals?status=pending")["data"]
        if found:
            return found[0]
        time.sleep(0.2)
    raise AssertionError("nothing waits")


def _paid(maru: Maru) -> int:
    ports = json.loads((maru.home / "ports.json").read_text(encoding="utf-8"))
    with urllib.request.urlopen(f"http://127.0.0.1:{ports['models']}/_scripted/calls", timeout=10) as answer:
        return int(json.load(answer)["calls"].get("paid", 0))


def _events(maru: Maru, run_id: str, after: str | None = None) -> Iterator[tuple[str, Any]]:
    headers = {"authorization": f"Bearer {maru.run['api_key']}"} | ({"last-event-id": after} if after else {})
    request = urllib.request.Request(f"{maru.url}/v1/runs/{run_id}/events", headers=headers)
    id_ = ""
    with urllib.request.urlopen(request, timeout=60) as answer:
        for raw in answer:
            line = raw.decode().rstrip("\n")
            if line.startswith("id: "):
                id_ = line[4:]
            elif line == "data: [DONE]":
                return
            elif line.startswith("data: "):
                yield id_, json.loads(line[6:])
