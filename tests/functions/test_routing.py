"""Routes through the chat function's door: which target a request meets, what its caller is told, and what the ledger says."""

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from maru.http import HttpServices
from maru.ledger.plans import NANO
from tests.door import key_for
from tests.functions.routed import PHONE, ROUTING, WORDS, Servers, alias, said


async def test_auto_says_what_it_chose_and_why(door: Callable[..., Servers], servers: Servers, log_lines: io.StringIO) -> None:
    small, large = alias("small", ("own", servers.inside)), alias("large", ("public", servers.outside))
    door(small, large, {"alias": "auto", "kind": "chat", "classes": {"small": "small", "large": "large"}})
    status, headers, text = await servers.ask("auto", "계약서를 검토해 주세요")
    assert (status, json.loads(text)["model"]) == (200, "auto")
    assert headers["x-maru-route"] == 'auto; class=large; why="rule legal"; target=openai/public'
    status, headers, text = await servers.ask("auto", "안녕하세요", stream=True)
    assert said(text) == "inside"
    assert headers["x-maru-route"] == 'auto; class=small; why="score 0.00"; target=openai/own'
    assert f": x-maru-route: {headers['x-maru-route']}\n" in text
    logged = [json.loads(line) for line in log_lines.getvalue().splitlines()]
    assert headers["x-maru-route"] in [line.get("route") for line in logged]
    whole, streamed = servers.rows()
    assert [row["model"] for row in (whole, streamed)] == ["auto", "auto"]
    assert streamed["route"] == headers["x-maru-route"]
    assert "first_token_ms" not in whole
    assert 0 <= streamed["first_token_ms"] <= streamed["duration_ms"] < 60_000


async def test_a_preference_and_a_private_wish_come_as_headers(door: Callable[..., Servers], servers: Servers) -> None:
    door(alias("both", ("public", servers.outside), ("own", servers.inside)), alias("public-only", ("public", servers.outside)))
    for headers, words in (({}, "outside"), ({"x-maru-private": "true"}, "inside"), ({"x-maru-private": "false"}, "outside")):
        _, _, text = await servers.ask("both", "안녕", headers)
        assert json.loads(text)["choices"][0]["message"]["content"] == words
    status, headers, text = await servers.ask("public-only", "안녕", {"x-maru-private": "true"})
    assert (status, json.loads(text)["error"]["code"]) == (403, "private_model_required")
    for wrong in ({"x-maru-private": "perhaps"}, {"x-maru-prefer": "speed"}):
        status, _, text = await servers.ask("both", "안녕", wrong)
        assert (status, json.loads(text)["error"]["param"]) == (400, next(iter(wrong)))
    assert len(servers.rows()) == 3, "a refusal costs nothing"


async def test_personal_data_meets_private_targets_only(door: Callable[..., Servers], servers: Servers) -> None:
    door(alias("both", ("public", servers.outside), ("own", servers.inside)))
    status, headers, text = await servers.ask("both", PHONE)
    assert (status, json.loads(text)["choices"][0]["message"]["content"]) == (200, "inside")
    assert 'why="private: personal data PHONE"' in headers["x-maru-route"]
    assert not servers.outside.requests
    history = [{"role": "user", "content": PHONE}, {"role": "assistant", "content": "네"}, {"role": "user", "content": "고마워요"}]
    await servers.ask("both", "", messages=history)
    assert not servers.outside.requests, "what was said before counts too"
    await servers.ask("both", "안녕하세요")
    assert len(servers.outside.requests) == 1


@pytest.mark.parametrize(("action", "status"), [(None, 403), ("score", 403), ("mask", 200)])
@pytest.mark.parametrize("stream", [False, True])
async def test_nothing_personal_goes_out_where_no_target_is_private(
    door: Callable[..., Servers], servers: Servers, action: str | None, status: int, stream: bool
) -> None:
    """Whether the policy looks or not. What it masks is not personal any more; everything else needs a private target."""
    policy = {"name": "completions", "checks": {"pii": {"input": action}}} if action else None
    door(alias("out", ("public", servers.outside)), policy=policy)
    found, _, text = await servers.ask("out", PHONE, stream=stream)
    assert found == status, text
    if status == 403:
        error = json.loads(text)["error"]
        assert (error["code"], error["param"]) == ("private_model_required", "model")
        assert "PHONE" in error["message"]
        assert "GET /v1/models" in error["message"]
    assert "010" not in str(servers.outside.requests)
    assert len(servers.outside.requests) == int(status == 200) == len(servers.rows())


async def test_what_is_embedded_obeys_too(door: Callable[..., Servers], servers: Servers) -> None:
    both = alias("embed-both", ("public", servers.outside), ("own", servers.inside))
    outside = alias("embed-out", ("public", servers.outside))
    door(both | {"kind": "embeddings", "dimensions": 4}, outside | {"kind": "embeddings", "dimensions": 4})

    async def embedded(model: str, given: Any, headers: dict[str, str] | None = None) -> Any:
        async with (
            aiohttp.ClientSession(headers=servers.headers | (headers or {})) as session,
            session.post(servers.url + "/v1/embeddings", json={"model": model, "input": given}) as answer,
        ):
            return answer.status, await answer.json()

    assert (await embedded("embed-both", ["날씨", PHONE]))[0] == 200
    assert (await embedded("embed-both", "날씨", {"x-maru-private": "true"}))[0] == 200
    assert (len(servers.outside.requests), len(servers.inside.requests)) == (0, 2)
    for given, headers in ((PHONE, {}), ([1, 2, 3], {}), ("날씨", {"x-maru-private": "true"})):
        status, answer = await embedded("embed-out", given, headers)
        assert (status, answer["error"]["code"]) == (403, "private_model_required")
    assert not servers.outside.requests
    assert (await embedded("embed-out", "날씨"))[0] == 200
    assert len(servers.rows()) == 3, "a refusal costs nothing"


async def test_a_fallback_before_the_first_token_is_not_seen(door: Callable[..., Servers], servers: Servers) -> None:
    servers.outside.cut_after = 1
    door(alias("both", ("public", servers.outside), ("own", servers.inside)))
    for stream in (True, False):
        servers.outside.status = 200 if stream else 503
        status, headers, text = await servers.ask("both", f"안녕 {stream}", stream=stream)
        assert status == 200
        assert "inside" in text
        assert headers["x-maru-route"] == 'both; target=openai/own; after="public model_unavailable"'
    assert [(row["target"], row["status"]) for row in servers.rows()] == [("own", "ok")] * 2


async def test_operators_see_which_targets_are_out_and_why(door: Callable[..., Servers], servers: Servers, services: HttpServices) -> None:
    door(alias("both", ("public", servers.outside), ("own", servers.inside)))
    builder = servers.headers

    async def states() -> dict[str, Any]:
        async with aiohttp.ClientSession(headers=builder) as session, session.get(servers.url + "/v1/routing/targets") as answer:
            listed = (await answer.json())["data"]
            assert servers.outside.base_url not in str(listed), "addresses inside are nobody's business"
            return {one["model"]: one for one in listed if one["alias"] == "both"}

    assert {name: one["state"] for name, one in (await states()).items()} == {"public": "fit", "own": "fit"}
    servers.outside.status = 503
    for number in range(ROUTING.breaker.failures):
        await servers.ask("both", f"안녕 {number}")
    out = (await states())["public"]
    assert (out["state"], out["failing_with"], out["times_out"]) == ("out", "model_unavailable", 1)
    assert 0 < out["seconds"] <= ROUTING.breaker.cooldown_seconds
    builder = {"authorization": f"Bearer {key_for(services, role='user')}"}
    async with aiohttp.ClientSession(headers=builder) as session, session.get(servers.url + "/v1/routing/targets") as answer:
        assert answer.status == 403


@pytest.mark.parametrize("cap", [10 * NANO, None])
async def test_a_broken_answer_goes_on_and_each_part_is_in_the_ledger(
    door: Callable[..., Servers], servers: Servers, cap: int | None
) -> None:
    servers.outside.words, servers.outside.cut_after = WORDS, 1 + 2
    servers.inside.words = WORDS[2:]
    door(alias("both", ("public", servers.outside), ("own", servers.inside), continues="vllm"))
    if cap:
        servers.meter.budgets.create(tenant="acme", window="month", unit="usd", limit=cap)
    status, _, text = await servers.ask("both", "날씨는?", stream=True)
    assert (status, said(text)) == (200, "".join(WORDS))
    assert text.endswith("data: [DONE]\n\n")
    assert 'target=openai/own; after="public model_stream_interrupted"' in text
    first, second = servers.rows()
    assert [(row["target"], row["status"]) for row in (first, second)] == [("public", "interrupted"), ("own", "ok")]
    assert (first["output_tokens"], first["estimated"]) == (3, True)
    assert (second["input_tokens"], second["output_tokens"]) == (1000, 100)
    if cap:
        assert servers.budget() == (first["cost"] + second["cost"], 0)


async def test_where_nothing_can_go_on_the_stream_ends_with_its_error_and_is_settled(
    door: Callable[..., Servers], servers: Servers
) -> None:
    servers.outside.words, servers.outside.cut_after = WORDS, 1 + 2
    door(alias("both", ("public", servers.outside), ("own", servers.inside)))
    servers.meter.budgets.create(tenant="acme", window="month", unit="usd", limit=NANO)
    _, _, text = await servers.ask("both", "날씨는?", stream=True)
    assert "event: error\n" in text
    assert '"code": "model_stream_interrupted"' in text
    assert "[DONE]" not in text
    (row,) = servers.rows()
    assert (row["status"], row["target"]) == ("failed", "public")
    assert servers.budget() == (row["cost"], 0)


@pytest.mark.parametrize("leave_after", range(7))
async def test_wherever_the_client_leaves_nothing_stays_reserved(door: Callable[..., Servers], servers: Servers, leave_after: int) -> None:
    """Before the first token, within the first part, while the second is being asked, within the second."""
    servers.outside.words, servers.outside.cut_after, servers.outside.pause = WORDS, 1 + 2, 0.05
    servers.inside.words, servers.inside.pause = WORDS[2:], 0.05
    door(alias("both", ("public", servers.outside), ("own", servers.inside), continues="vllm"))
    servers.meter.budgets.create(tenant="acme", window="month", unit="usd", limit=NANO)
    body = {"model": "both", "messages": [{"role": "user", "content": "날씨는?"}], "stream": True}
    async with aiohttp.ClientSession(headers=servers.headers) as session:
        answer = await session.post(servers.url + "/v1/chat/completions", json=body)
        for _ in range(leave_after):
            await answer.content.readany()
        answer.close()
    for _ in range(1200):
        await asyncio.sleep(0.05)
        if servers.rows() and servers.budget()[1] == 0:
            break
    spent, reserved = servers.budget()
    assert reserved == 0
    assert spent == sum(row["cost"] for row in servers.rows())
    assert 1 <= len(servers.rows()) <= 2
