"""A provider's prompt cache is asked for where the prompt's beginning is long and will be sent again, and only there."""

import json
from typing import Any

import pytest

from tests.unit.models.providers.cases import CASES

MARKS = {"anthropic": "cache_control", "bedrock": "cachePoint"}


def talk(system: int, *, turns: int) -> dict[str, Any]:
    """A conversation after a system prompt of that many characters."""
    said = [{"role": "user", "content": "질문"}, {"role": "assistant", "content": "답"}] * turns
    return {"messages": [{"role": "system", "content": "x" * system}, *said, {"role": "user", "content": "또"}]}


@pytest.mark.parametrize("name", sorted(MARKS))
@pytest.mark.parametrize(("system", "turns", "marks"), [(10, 0, 0), (10, 2, 0), (5000, 0, 1), (5000, 2, 2)])
async def test_where_it_pays(name: str, system: int, turns: int, marks: int) -> None:
    case = CASES[name]
    async with case.server() as server:
        await case.client(server).complete("default", talk(system, turns=turns))
    assert json.dumps(server.requests[0]).count(MARKS[name]) == marks


async def test_never_where_a_model_knows_no_cache() -> None:
    case = CASES["bedrock"]
    async with case.server() as server:
        await case.client(server, model="meta.llama").complete("default", talk(5000, turns=2))
    assert "cachePoint" not in json.dumps(server.requests[0])
