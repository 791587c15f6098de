"""The chains' worker, each event in a process of its own that may be killed with -9 as soon as its work is written.

python -m bench.chain_worker MODEL_URL HOST AUTHORITY

HOST receives webhooks, AUTHORITY is the file of its certificate. Lines `{"event": …, "kill": …}` in; `{"answer": …}`, `{"error": name}` or
`{"died": 9}` out. ``kill`` is false, or where: ``written`` (the step's work is written), ``counted`` (a model's answer is paid and kept,
nothing else is written), ``answered`` (a model's last word has come, nothing is written).

This process has done the imports and holds no connection; each event is served by a fork of it.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import boto3

from maru.chains.steps import StepStore
from maru.dynamo import Item, Table, TableSpec
from maru.ledger.charge import Charge
from tests.chain_ways import documents
from tests.chain_world import World, world
from tests.fakes.receiver import Receiver

PRICE = {"input": 100, "output": 1000}


def there(models: str, hook: Receiver) -> World:
    """The world on tables that are there already."""
    client = boto3.client("dynamodb")

    def present(spec: TableSpec) -> Table:
        return Table(client, spec.name, spec)

    hosts = frozenset({hook.host})
    return world(present, boto3.client("s3"), models, price=PRICE, hosts=hosts, passages=documents(), **hook.reached())


def main() -> None:
    """Serve events until there are no more."""
    models, host, authority = sys.argv[1:]
    hook = Receiver(Path(authority), host)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(_forked(partial(_served, models, hook), asked["event"], kill=asked["kill"])), flush=True)


def _forked(serve: Callable[[Item], Item], event: Item, *, kill: str | bool) -> Item:
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        if kill == "answered":
            Charge.close = _die  # type: ignore[method-assign]  # this process ends there
        if kill == "counted":
            StepStore.note = _die  # type: ignore[method-assign]  # as above
        answer = json.dumps(serve(event)).encode()
        if kill == "written":
            _die()
        with os.fdopen(write, "wb") as out:
            out.write(answer)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answered:
        raw = answered.read()
    _, status = os.waitpid(child, 0)
    told: Item = json.loads(raw) if raw else {"died": os.WTERMSIG(status)}
    return told


def _die(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _served(models: str, hook: Receiver, event: Item) -> Item:
    try:
        return {"answer": there(models, hook).worker.handle(event)}
    except Exception as error:  # noqa: BLE001 - as Lambda does, by its class's name
        return {"error": type(error).__name__}


if __name__ == "__main__":
    main()
