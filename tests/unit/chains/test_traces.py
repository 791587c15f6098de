"""Traces through a run: the request hands its trace to Step Functions, a step has a span, and its model's call one below it."""

from collections.abc import Iterator
from typing import Any

import pytest

from maru import tracing
from tests.chain_world import World, world
from tests.conftest import MakeTable
from tests.engines.scripted_server import ScriptedServer, scripted_server
from tests.fakes.xray_daemon import XrayDaemon, xray_daemon

TRACE, SEGMENT = "1-6745a1b2-0123456789abcdef01234567", "0123456789abcdef"
HEADER = f"Root={TRACE};Parent={SEGMENT};Sampled=1"


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[XrayDaemon]:
    with xray_daemon() as one:
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", one.address)
        tracing._daemon.cache_clear()
        yield one
    tracing._daemon.cache_clear()


@pytest.fixture(scope="module")
def models() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture
def here(make_table: MakeTable, s3: Any, models: ScriptedServer) -> World:
    return world(make_table, s3, models.base_url)


def test_a_step_has_tenant_tokens_and_cost_and_the_models_call_below_it(here: World, daemon: XrayDaemon) -> None:
    here.publish(
        'chain: traced\nsteps:\n  - {id: ask, type: model, model: scripted, messages: [{role: user, content: "say: secret words"}]}\n'
        "  - {id: bad, type: transform, value: \"{% $error('no') %}\", catch: [{}]}\n"
    )
    work = here.worker.handle

    def traced(event: Any) -> Any:
        with tracing.continued(HEADER):  # as the handler finds it in its invocation
            return work(event)

    here.machines.invoke = traced
    with tracing.continued(HEADER):
        run = here.start("traced")
    assert here.end(run)["status"] == "completed"
    assert here.machines.traced == [HEADER]
    spans = daemon.spans()
    step = next(one for one in spans if one["name"] == "step ask")
    model = next(one for one in spans if one["name"].startswith("model "))
    assert (step["trace_id"], step["parent_id"], model["parent_id"]) == (TRACE, SEGMENT, step["id"])
    noted = step["annotations"]
    assert (noted["tenant"], noted["chain"], noted["step"], noted["run_id"]) == ("acme", "traced", "ask", run)
    assert noted["output_tokens"] > 0
    assert noted["cost_usd"] == pytest.approx(noted["input_tokens"] * 2e-6 + noted["output_tokens"] * 1e-5)
    failed = [one for one in spans if one["name"] == "step bad" and one.get("fault")]
    assert failed
    assert "secret words" not in str(spans)


def test_outside_of_a_trace_nothing_is_handed_on(here: World) -> None:
    here.publish("chain: plain\nsteps:\n  - {id: a, type: transform, value: 1}\n")
    here.run("plain")
    assert here.machines.traced == [None]
