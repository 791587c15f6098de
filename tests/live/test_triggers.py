"""What starts chains by itself on the whole system: a file dropped into S3, an event on the bus, and the clock."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import yaml

from tests.engines.maru import Maru
from tests.engines.ministack import EmbeddedAws

pytestmark = pytest.mark.live

CHAIN = """
chain: {chain}
labels: [live]
triggers:
  - {id: dropped, kind: s3, prefix: {chain}/, input: {from: "{% $states.input.name %}", n: "{% $count($states.input.json) %}"}}
  - id: put
    kind: event
    source: [test.live]
    detail_type: [Measured]
    when: "{% $states.input.detail.n > 1 %}"
    input: {from: "{% $states.input.source %}", n: "{% $states.input.detail.n %}"}
steps:
  - {id: give, type: transform, value: "{% $states.input %}"}
"""


def test_files_and_events_start_runs(maru: Maru) -> None:
    chain = f"started-{uuid.uuid4().hex[:8]}"
    maru.minji.call("POST", "/v1/chains", yaml.safe_load(CHAIN.replace("{chain}", chain)))
    armed = maru.minji.call("GET", f"/v1/chains/{chain}/triggers")["data"]
    assert [(one["id"], bool(one["next_at"])) for one in armed] == [("dropped", False), ("put", False)]
    name = f"보고 {uuid.uuid4().hex} 1+2%.json"
    _drop(maru, f"{chain}/{name}", b"[1, 2, 3]")
    for n in (1, 2):
        _put(maru, {"tenant": "demo", "n": n})
    _put(maru, {"tenant": "nobody", "n": 3})
    _put(maru, {"n": 3})
    wanted = {(f"{chain}/{name}", 3), ("test.live", 2)}
    outputs = _until(lambda: _outputs(maru, chain), lambda found: wanted <= found)
    assert outputs == wanted
    maru.minji.call("DELETE", f"/v1/chains/{chain}/labels/live")
    assert maru.minji.call("GET", f"/v1/chains/{chain}/triggers")["data"] == []


def test_the_clock_starts_runs(maru: Maru) -> None:
    (armed,) = maru.minji.call("GET", "/v1/chains/minutely/triggers")["data"]
    assert (armed["id"], armed["next_at"][-4:]) == ("clock", ":00Z")
    assert _until(lambda: _outputs(maru, "minutely"), bool) == {("clock", 0)}
    maru.minji.call("DELETE", "/v1/chains/minutely/labels/live")
    assert maru.minji.call("GET", "/v1/chains/minutely/triggers")["data"] == []


def test_a_file_of_security_events_is_triaged_and_what_is_no_json_is_given_up(maru: Maru) -> None:
    events = [{"timestamp": "2026-01-15T10:06:00Z", "event": "user_logout", "user": "park"}, "CEF:0|A|F|1.0|1|x|2|src=10.0.0.8"]
    name = uuid.uuid4().hex
    key = f"demo/events/triage/{name}.json"
    before = maru.operator.call("GET", "/v1/triggers/dead_letters")["count"]
    _drop(maru, f"triage/{name}.json", json.dumps(events).encode())
    _drop(maru, f"triage/{name}-broken.json", b"{")
    runs = _until(lambda: maru.operator.call("GET", "/v1/runs?chain=triage")["data"], lambda found: bool(_of(found, key)))
    done = maru.operator.call("GET", f"/v1/runs/{_of(runs, key)[0]['id']}")
    assert (done["status"], done["created_by"], done["runs_as"]) == ("completed", None, "trigger:triage")
    assert not _of(maru.minji.call("GET", "/v1/runs?chain=triage")["data"], key), "what a shipped trigger starts is for operators of runs"
    assert sorted(index for alert in done["output"]["alerts"] for index in alert["events"]) == [0, 1]
    _until(lambda: maru.operator.call("GET", "/v1/triggers/dead_letters")["count"], lambda count: count > before)
    assert maru.operator.call("POST", "/v1/triggers/dead_letters/redrive", {})["moved"] >= 1


def _of(runs: list[Any], key: str) -> list[Any]:
    return [one for one in runs if one["trigger"] and one["trigger"]["event"].startswith(f"{key}|") and one["ended_at"]]


def _outputs(maru: Maru, chain: str) -> set[tuple[str, int]]:
    runs = maru.minji.call("GET", f"/v1/runs?chain={chain}&status=completed")["data"]
    found = [maru.minji.call("GET", f"/v1/runs/{one['id']}")["output"] for one in runs]
    return {(one["from"], one["n"]) for one in found}


def _until[T](look: Callable[[], T], good: Callable[[T], bool]) -> T:
    deadline = time.monotonic() + 180
    while not good(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.5)
    return found


def _put(maru: Maru, detail: dict[str, Any]) -> None:
    entry = {"Source": "test.live", "DetailType": "Measured", "Detail": json.dumps(detail)}
    with _client(maru, "events") as bus:
        assert bus.put_events(Entries=[entry])["FailedEntryCount"] == 0


@contextmanager
def _client(maru: Maru, service: str) -> Iterator[Any]:
    ports = json.loads((maru.home / "ports.json").read_text(encoding="utf-8"))
    client = EmbeddedAws(f"http://127.0.0.1:{ports['aws']}").client(service)
    try:
        yield client
    finally:
        client.close()


def _drop(maru: Maru, name: str, body: bytes) -> None:
    bucket = json.loads((maru.home / "settings.json").read_text(encoding="utf-8"))["knowledge"]["DOOR_BUCKET"]
    with _client(maru, "s3") as s3:
        s3.put_object(Bucket=bucket, Key=f"demo/events/{name}", Body=body)
