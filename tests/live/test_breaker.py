"""A breaker that two processes share through AWS's DynamoDB Local: what one finds out, the other need not."""

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from maru.models.health import Health
from tests.engines.dynamodb_local import dynamodb_local
from tests.engines.ministack import EmbeddedAws
from tests.fakes.openai_server import OpenAIServer
from tests.processes import ROOT, bare_environment

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedAws]:
    with dynamodb_local() as running:
        client = running.client("dynamodb")
        Health.SPEC.create(client, Health.SPEC.name)
        client.close()
        yield running


async def asking(engine: EmbeddedAws, server: OpenAIServer, seconds: float) -> Any:
    """A process that asks; gives what it saw."""
    command = [sys.executable, "-m", "tests.engines.asker", json.dumps({"base_url": server.base_url, "seconds": seconds})]
    child = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=bare_environment() | engine.environment, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate()
    assert child.returncode == 0
    return json.loads(out)


async def test_two_processes_ask_a_failing_target_hardly_more_often_than_one(engine: EmbeddedAws) -> None:
    """Each fails three times at most before it rests; then one of both asks once per rest, and after it is back both are served."""
    async with OpenAIServer() as server:
        server.status = 503
        seen = await asyncio.gather(*(asking(engine, server, 6) for _ in range(2)))
        tried = len(server.requests)
        total = sum(count for one in seen for count in one.values())
        assert all("ok" not in one for one in seen)
        # Three of each at most, and one for every rest of 1.5 s within the 6 s, with some air for a busy machine.
        assert 3 <= tried <= 6 + 6
        assert total > 4 * tried
        server.status = 200
        await asyncio.sleep(1.6)
        seen = await asyncio.gather(*(asking(engine, server, 4) for _ in range(2)))
        assert all(one.get("ok") for one in seen)
