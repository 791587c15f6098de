"""What chains cost and what they bear: overhead a step, a thousand items, kill -9 at each boundary, a cap, large state, mistakes.

    python -m bench.chains [--write]

Tables and values lie in the embedded AWS, another process; machines run in this one (`tests/fakes/step_functions.py`), so that the
engine's own time is left out. Models are the scripted one. Processor time is that of the thread that serves a step.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import chain_kills
from bench.chain_worker import PRICE
from bench.report import report
from maru.chains.compiler import Worker, compile_program
from maru.chains.loading import ChainInvalid
from maru.chains.store import load
from maru.dynamo import Item, Table, TableSpec
from maru.identity.directory import TenantStore
from maru.plain import PlainDynamo
from tests.chain_ways import documents
from tests.chain_world import MINJI, World, world
from tests.conftest import BUCKET, REGION
from tests.engines.ministack import EmbeddedAws, embedded_aws
from tests.engines.scripted_server import ScriptedServer, scripted_server
from tests.fakes.receiver import Receiver, receiver
from tests.unit.chains.mistakes import MISTAKES
from tests.unit.chains.samples import EVERYTHING, linked
from tests.unit.chains.validators import refused_by_cfn_lint, refused_by_moto

_STEPS = 40


def main() -> None:
    """Print the table."""
    with embedded_aws() as engine, scripted_server() as models, tempfile.TemporaryDirectory() as folder, receiver(Path(folder)) as hook:
        os.environ.update(engine.environment)
        engine.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        here = _world(engine, models, hook)
        measures: tuple[tuple[str, str, Callable[[], str]], ...] = (
            ("overhead a step, processor time (ms)", "<= 15", lambda: _overhead(here, models)),
            ("2 MB of state through 12 steps", "no payload over 100 KB", lambda: _large(here)),
            ("cost cap with 50 parallel branches", "never passed", lambda: _cap(here)),
            ("a malformed chain", f"{len(MISTAKES)} clear refusals, none published", lambda: _malformed(here)),
            ("definitions accepted by cfn-lint and by moto's parser", "100 %", _accepted),
            ("1,000 items, 8 at a time, one failing for good", "999 results, the cause, completed_with_errors", lambda: _items(here)),
        )
        rows = []
        for what, least, find in measures:
            rows.append((what, least, find()))
            print(*rows[-1], sep=" | ", flush=True)
        for row in chain_kills.rows(here, models, engine, hook):
            rows.append(row)
            print(*row, sep=" | ", flush=True)
    report("chains", ("what", "at least", "found"), rows)


def _world(engine: EmbeddedAws, models: ScriptedServer, hook: Receiver) -> World:
    client = engine.client("dynamodb")
    plain: Any = PlainDynamo.like(client)  # as the step function has it

    def make(spec: TableSpec) -> Table:
        spec.create(client, spec.name)
        return Table(plain, spec.name, spec)

    make(TenantStore.SPEC)
    hosts = frozenset({hook.host})
    return world(make, engine.client("s3"), models.base_url, price=PRICE, hosts=hosts, passages=documents(), **hook.reached())


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
