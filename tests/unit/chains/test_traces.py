"""Traces through a run: the request hands its trace to Step Functions, a step has a span, and its model's call one below it."""

from typing import Any

import pytest

from maru import tracing
from tests.chain_world import World
from tests.fakes.xray_daemon import SAMPLED, SEGMENT, TRACE, XrayDaemon


def test_a_step_has_tenant_tokens_and_cost_and_the_models_call_below_it(here: World, daemon: XrayDaemon) -> None:
    here.publish(
        'chain: traced\nsteps:\n  - {id: ask, type: model, model: scripted, messages: [{role: user, content: "say: secret words"}]}\n'
        "  - {id: bad, type: transform, value: \"{% $error('no') %}\", catch: [{}]}\n"
    )
    work = here.worker.handle

    def traced(event: Any) -> Any:
        with tracing.continued(SAMPLED):  # as the handler finds it in its invocation
            return work(event)

    here.machines.invoke = traced
    with tracing.continued(SAMPLED):
        run = here.start("traced")
    assert here.end(run)["status"] == "completed"
    assert here.machines.traced == [SAMPLED]
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
