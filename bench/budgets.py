"""What one tenant's budget bears: requests reserved and settled per second, overspending and false refusals, on DynamoDB Local.

    python -m bench.budgets [--write]

Processes spend one budget, 25 requests at a time each. A budget's counters are one item: DynamoDB writes an item at most 1,000 times a
second, and a write in a transaction counts twice, so that it bears 500 transactions a second and tenant. Requests that come to a process
at the same time share one; where each process has one request at a time, as on Lambda, that makes 250 requests a second and tenant, and
more take separate budgets. `cap of 10` is 100 calls on a budget that bears ten.
"""

import json
import subprocess
import sys
from typing import Any

from bench.report import report
from maru.ids import new_id
from maru.ledger.quotes import Quote
from tests.engines.dynamodb_local import dynamodb_local
from tests.engines.ministack import EmbeddedAws
from tests.engines.spender import ALIAS, BODY
from tests.ledger import meter_on
from tests.processes import ROOT, bare_environment

_FIXED = 20
_EACH = Quote.chat(ALIAS, BODY | {"max_tokens": _FIXED}).amount().nanodollars


def main() -> None:
    """Print the table."""
    with dynamodb_local() as engine:
        rows = [
            _row(engine, f"{processes} processes, a budget that bears all", processes, requests=400 // processes, bears=400)
            for processes in (1, 2, 4)
        ]
        rows.append(_row(engine, "4 processes, 100 calls on a cap of 10", 4, requests=25, bears=10))
    report("budgets", ("one tenant's budget", "requests/s", "DynamoDB calls a request", "spent of the cap", "refused", "falsely"), rows)


def _row(engine: EmbeddedAws, name: str, processes: int, *, requests: int, bears: int) -> tuple[object, ...]:
    client, tenant = engine.client("dynamodb"), new_id("t")
    meter = meter_on(client)
    meter.budgets.create(tenant=tenant, window="month", unit="usd", limit=bears * _EACH)
    seen = _spenders(engine, processes, tenant=tenant, requests=requests, fixed=_FIXED, pause=0.0)
    (usage,) = meter.budgets.usage(tenant)
    client.close()
    done = sum(one["seen"].get("done", 0) for one in seen)
    refused = sum(one["seen"].get("insufficient_quota", 0) for one in seen)
    rate = processes * requests / max(one["seconds"] for one in seen)
    calls = sum(one["calls"] for one in seen) / (processes * requests)
    spent = f"{usage.spent / usage.budget.limit:.0%}"
    return name, f"{rate:.0f}", f"{calls:.2f}", spent, refused, min(bears, processes * requests) - done


def _spenders(engine: EmbeddedAws, processes: int, **options: Any) -> list[dict[str, Any]]:
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.engines.spender", json.dumps({"seed": seed, **options})],
            cwd=ROOT,
            env=bare_environment() | engine.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in range(processes)
    ]
    return [json.loads(process.communicate(timeout=300)[0]) for process in running]


if __name__ == "__main__":
    main()
