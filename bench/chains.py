"""What chains cost and what they bear: overhead a step, a thousand items, kill -9 at each boundary, a cap, large state, mistakes.

    python -m bench.chains [--write]

Tables and values lie in the embedded AWS, another process; machines run in this one (`tests/fakes/step_functions.py`), so that the
engine's own time is left out. Models are the scripted one. Processor time is that of the thread that serves a step.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.report import report
from maru.chains.compiler import Worker, compile_program
from maru.chains.loading import ChainInvalid
from maru.chains.store import load
from maru.dynamo import Item, Table, TableSpec
from maru.identity.directory import TenantStore
from tests.chain_world import BOSS, MINJI, World, world
from tests.conftest import BUCKET, REGION
from tests.engines.ministack import EmbeddedAws, embedded_aws
from tests.engines.scripted_server import ScriptedServer, scripted_server
from tests.processes import ROOT
from tests.unit.chains.mistakes import MISTAKES
from tests.unit.chains.samples import EVERYTHING, OTHER, linked
from tests.unit.chains.validators import refused_by_cfn_lint, refused_by_moto

_STEPS = 40


def main() -> None:
    """Print the table."""
    with embedded_aws() as engine, scripted_server() as models:
        os.environ.update(engine.environment)
        engine.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        here = _world(engine, models)
        measures: tuple[tuple[str, str, Callable[[], str]], ...] = (
            ("overhead a step, processor time (ms)", "<= 15", lambda: _overhead(here, models)),
            ("2 MB of state through 12 steps", "no payload over 100 KB", lambda: _large(here)),
            ("cost cap with 50 parallel branches", "never passed", lambda: _cap(here)),
            ("a malformed chain", f"{len(MISTAKES)} clear refusals, none published", lambda: _malformed(here)),
            ("definitions accepted by cfn-lint and by moto's parser", "100 %", _accepted),
            ("1,000 items, 8 at a time, one failing for good", "999 results, the cause, completed_with_errors", lambda: _items(here)),
            ("kill -9 of the worker at every boundary", "ends right, none paid twice", lambda: _killed(here, models, engine)),
        )
        rows = []
        for what, least, find in measures:
            rows.append((what, least, find()))
            print(*rows[-1], sep=" | ", flush=True)
    report("chains", ("what", "at least", "found"), rows)


def _world(engine: EmbeddedAws, models: ScriptedServer) -> World:
    client = engine.client("dynamodb")

    def make(spec: TableSpec) -> Table:
        spec.create(client, spec.name)
        return Table(client, spec.name, spec)

    make(TenantStore.SPEC)
    return world(make, engine.client("s3"), models.base_url, price={"input": 100, "output": 1000})


@contextmanager
def _timed(here: World) -> Iterator[list[float]]:
    spent: list[float] = []

    def invoke(event: Item) -> Any:
        began = time.thread_time()
        try:
            return here.worker.handle(event)
        finally:
            spent.append((time.thread_time() - began) * 1000)

    here.machines.invoke = invoke
    yield spent
    here.machines.invoke = here.worker.handle


def _overhead(here: World, models: ScriptedServer) -> str:
    steps = [
        f"  - {{id: s{number}, type: transform, value: '{{% $states.input.n + 1 %}}', output: {{n: '{{% $states.result %}}'}}}}\n"
        for number in range(_STEPS)
    ]
    here.publish(f"chain: steps\nsteps:\n{''.join(steps)}")
    here.run("steps", {"n": 0})  # imports and caches
    with _timed(here) as plain:
        here.run("steps", {"n": 0})
    asks = [
        f'  - {{id: m{number}, type: model, model: scripted, messages: [{{role: user, content: "say: x"}}]}}\n' for number in range(_STEPS)
    ]
    here.publish(f"chain: asks\nsteps:\n{''.join(asks)}")
    here.run("asks")
    with _timed(here) as asked:
        here.run("asks")
    models.model.forget()
    return f"{_mean(plain):.1f} (transform), {_mean(asked):.1f} (model, its client's work included)"


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _items(here: World) -> str:
    fails = '$states.input = 500 ? $error("no") : $states.input'
    here.publish(
        "chain: items\nsteps:\n  - id: each\n    type: map\n    items: '{% [0..999] %}'\n    concurrency: 8\n    tolerate_percent: 1\n"
        f"    steps:\n      - {{id: one, type: transform, value: '{{% {fails} %}}'}}\n"
    )
    row = here.run("items", seconds=300)
    found, error = row["output"], row["output"]["errors"][0]
    return f"{found['succeeded']} results; item {error['index']}: {error['error']}; {row['status']}"


def _large(here: World) -> str:
    steps = [f"  - {{id: s{number}, type: transform, value: '{{% $append($states.input, {number}) %}}'}}\n" for number in range(11)]
    here.publish(
        "chain: large\nsteps:\n  - {id: first, type: transform, value: '{% $states.input.big %}'}\n"
        f"{''.join(steps)}output: {{n: '{{% $count($states.input) %}}'}}\n"
    )
    row = here.run("large", {"big": ["x" * 1000] * 2100}, seconds=120)
    largest = max(here.machines.wait(row["run_id"]).payloads)
    return f"{row['status']}; largest payload {largest} bytes"


def _cap(here: World) -> str:
    model = "model: scripted, parameters: {max_tokens: 50}, messages: [{role: user, content: 'tokens: 20'}]"
    branches = ", ".join(f"b{number}: [{{id: m{number}, type: model, {model}, catch: [{{}}]}}]" for number in range(50))
    here.publish(f"chain: capped\nsteps:\n  - {{id: all, type: parallel, branches: {{{branches}}}}}\n")
    row = here.run("capped", seconds=120, cost_cap_usd=0.4)
    steps = here.steps(row["run_id"]).values()
    refused = sum(one["status"] == "caught" for one in steps)
    return f"{row['cost_nanodollars'] / 1e9:.4f} of 0.4000 USD; {50 - refused} branches paid, {refused} refused"


def _killed(here: World, models: ScriptedServer, engine: EmbeddedAws) -> str:
    """The chain with every kind of step, its worker a new process each time, killed once behind each boundary."""
    models.model.forget()
    here.publish(OTHER)
    here.publish(_everything())
    died: set[tuple[str, str]] = set()
    with tempfile.TemporaryDirectory() as folder:

        def invoke(event: Item) -> Any:
            boundary = (str(event["phase"]), f"{event['at']}{event['step']}")
            place = Path(tempfile.mkdtemp(dir=folder))
            (place / "event.json").write_text(json.dumps(event), encoding="utf-8")
            if boundary not in died:
                died.add(boundary)
                (place / "kill").touch()
            done = subprocess.run(
                [sys.executable, "-m", "bench.chain_worker", str(place)],
                cwd=ROOT,
                env=_environment(engine, models),
                check=False,
                stdout=subprocess.DEVNULL,
            )
            if not (place / "answer.json").exists():
                assert done.returncode == -9, f"the worker ended with {done.returncode}"
                raise type("Lambda.Unknown", (Exception,), {})
            answer = json.loads((place / "answer.json").read_text(encoding="utf-8"))
            if "error" in answer:
                raise type(answer["error"], (Exception,), {})
            return answer["answer"]

        here.machines.invoke = invoke
        run = here.start("everything", {"items": [1, 2, 3]})
        approved = False
        while here.engine.runs.of("acme", run)["status"] == "running":
            waiting = [one for one in here.engine.approvals.listed("acme", "pending") if one["run_id"] == run and one.get("token")]
            if waiting and not approved:
                here.engine.decide(BOSS, waiting[0]["id"], "approved", "")
                approved = True
            time.sleep(0.2)
        here.machines.invoke = here.worker.handle
    row = here.engine.runs.of("acme", run)
    if row.get("error"):
        return f"{len(died)} kills; {row['status']}: {row['error']}"
    return f"{len(died)} kills; {row['status']}; {models.model.calls.get('paid')} of 1 call paid; approvals decided: {int(approved)}"


def _everything() -> str:
    """The sample with every kind of step, its model counted, nothing searched: there are no documents here."""
    text = EVERYTHING.replace('content: "say: {{n}}"', 'content: "count: paid\\njson: {\\"n\\": {{n}}}"')
    look = text[text.index("  - id: look") : text.index("  - id: sides")]
    return text.replace(look, "")


def _environment(engine: EmbeddedAws, models: ScriptedServer) -> dict[str, str]:
    tables: tuple[str, ...] = (
        "runs",
        "run_steps",
        "run_events",
        "approvals",
        "chain_programs",
        "tenants",
        "policies",
        "prompts",
        "budgets",
        "rates",
        "usage",
    )
    tables += ("files", "vector_stores", "vector_store_files", "renderings")
    python = {"PYTHONPATH": f"layers/core/python{os.pathsep}.", "PATH": os.environ.get("PATH", "")}
    values = {"LOCAL_URL": models.base_url}
    named = {f"{name.upper()}_TABLE": name for name in tables}
    settings = {"FUNCTION": "step", "STAGE": "test", "BUCKET": BUCKET, "CATALOGUE": "catalogue", "MODEL_VALUES": json.dumps(values)}
    other = {"VECTOR_STORE": "none", "WEBHOOK_SECRET_ARN": "none", "NOTIFY_TOPIC_ARN": _topic(engine)}
    return {**python, **engine.environment, **named, **settings, **other}


def _topic(engine: EmbeddedAws) -> str:
    return str(engine.client("sns").create_topic(Name="chains")["TopicArn"])


def _malformed(here: World) -> str:
    before, refused = len(here.machines.versions), 0
    for _, marked, words in MISTAKES:
        line = next(number for number, one in enumerate(marked.splitlines(), 1) if "#!" in one)
        try:
            here.publisher.publish(MINJI, marked.replace(" #!", "").replace("#!", ""))
        except ChainInvalid as error:
            refused += f"line {line}" in error.message and all(word in error.message for word in words)
    return f"{refused} refusals with line and step, {len(here.machines.versions) - before} published"


def _accepted() -> str:
    programs = [linked(EVERYTHING), linked(EVERYTHING.replace("max_items: 100", "max_items: 5000")), *load("catalogue").values()]
    made = [compile_program(one, Worker("arn:aws:lambda:r:000000000000:function:step:live")) for one in programs]
    good = sum(not refused_by_cfn_lint(one) and not refused_by_moto(one) for one in made)
    return f"{good} of {len(made)}"


if __name__ == "__main__":
    main()
