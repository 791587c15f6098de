"""Whole answers, targets in turn, keys, and failures in Maru's terms."""

import asyncio
import json
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from maru.errors import BadRequest, MaruError, NotFound, PayloadTooLarge, RateLimited, Unavailable, UpstreamFailed
from maru.models import KeyRing, ModelClient, Usage, signing
from tests.fakes.openai_server import OpenAIServer
from tests.unit.models.conftest import client_of, entry

HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "안녕"}], "stream": True, "stream_options": {"include_usage": True}}


async def test_an_answer_with_its_usage_and_cost(server: OpenAIServer, client: ModelClient) -> None:
    answer = await client.complete("default", HELLO)
    assert (answer.text, answer.body["model"]) == ("안녕하세요, world", "default")
    assert (answer.usage, answer.cost_usd) == (Usage(1000, 100), Decimal("0.003"))
    assert server.requests == [{"messages": HELLO["messages"], "model": "up", "stream": False}]
    assert (await client.chat("default", HELLO))["choices"] == answer.body["choices"]


async def test_without_a_price_or_a_usage_the_cost_is_unknown(server: OpenAIServer, client: ModelClient) -> None:
    assert (await client_of(entry(server.base_url)).complete("default", HELLO)).cost_usd is None
    server.usage = None
    answer = await client.complete("default", HELLO)
    assert (answer.usage, answer.cost_usd) == (None, None)


@pytest.mark.parametrize(("told", "role"), [({}, "system"), ({"developer": "system"}, "system"), ({"developer": "developer"}, "developer")])
@pytest.mark.parametrize("streamed", [False, True])
async def test_developers_messages_come_in_the_role_that_the_server_knows(
    server: OpenAIServer, told: dict[str, Any], role: str, streamed: bool
) -> None:
    """Chat templates of vLLM and others refuse a role that they do not know."""
    said = [{"role": "developer", "content": "짧게", "name": "lead"}, {"role": "system", "content": "더 짧게"}, *HELLO["messages"]]
    body = {"messages": said}
    models = client_of(entry(server.base_url, **told))
    if streamed:
        async with await models.stream("default", body) as stream:
            assert [block async for block in stream.blocks()]
    else:
        await models.complete("default", body)
    assert server.requests[0]["messages"] == [{"role": role, "content": "짧게", "name": "lead"}, *said[1:]]
    assert said[0]["role"] == "developer", "the caller's own request is left as it is"


@pytest.mark.parametrize(
    ("status", "kind", "wait"),
    [
        (400, BadRequest, None),
        (422, BadRequest, None),
        (413, PayloadTooLarge, None),
        (401, UpstreamFailed, None),
        (404, UpstreamFailed, None),
        (500, UpstreamFailed, None),
        (429, RateLimited, 9),
        (503, Unavailable, 9),
    ],
)
async def test_refusals(server: OpenAIServer, client: ModelClient, status: int, kind: type[MaruError], wait: int | None) -> None:
    server.status, server.headers = status, {"Retry-After": "9"}
    server.error = {"message": "the model's words", "param": "tools", "code": "c", "type": "invalid_request_error"}
    with pytest.raises(kind) as failed:
        await client.complete("default", HELLO)
    assert failed.value.retry_after == wait
    own_words = status in (400, 413, 422)
    assert (failed.value.message == "the model's words") == own_words
    assert (failed.value.param == "tools") == own_words


async def test_a_server_that_is_not_there(client: ModelClient) -> None:
    with pytest.raises(Unavailable) as failed:
        await client_of(entry("http://127.0.0.1:9/v1")).complete("default", HELLO)
    assert failed.value.retry_after
    with pytest.raises(NotFound):
        await client.complete("nobody", HELLO)


async def test_an_answer_that_is_none(server: OpenAIServer) -> None:
    with pytest.raises(UpstreamFailed):
        await client_of(entry(server.base_url.replace("/v1", "/model/x"), provider="openai")).complete("default", HELLO)


async def test_targets_take_turns_until_one_answers(server: OpenAIServer) -> None:
    server.status = 429
    both = entry(server.base_url)
    async with OpenAIServer(words=["second"]) as other:
        both["targets"].append({"model": "b", "base_url": other.base_url})
        answer = await client_of(both).complete("default", HELLO)
        assert (answer.text, answer.target.model) == ("second", "b")
        # A wrong request is wrong everywhere.
        server.status = 400
        with pytest.raises(BadRequest):
            await client_of(both).complete("default", HELLO)
        assert len(other.requests) == 1


async def test_keys_are_found_by_their_name(server: OpenAIServer) -> None:
    keyed = entry(server.base_url, key="UP_KEY")
    await client_of(keyed, keys={"UP_KEY": "sk-1"}).complete("default", HELLO)
    await client_of(entry(server.base_url, key="UP_KEY", key_required=False)).complete("default", HELLO)
    assert [headers.get("authorization") for headers in server.seen_headers] == ["Bearer sk-1", None]


class Secrets:
    """A Secrets Manager with one secret."""

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, 0

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - boto3's name
        self.asked += 1
        assert SecretId == "keys"
        return {"SecretString": self.text}


async def test_a_secret_is_read_once_and_never_quoted() -> None:
    secrets = Secrets(json.dumps({"A": "sk-a"}))
    ring = KeyRing({"B": "sk-b"}, "keys", secrets_manager=secrets)
    assert [await ring.get(name) for name in ("A", "B", "A", "C")] == ["sk-a", "sk-b", "sk-a", None]
    assert secrets.asked == 1
    with pytest.raises(Unavailable) as failed:
        await KeyRing({}, "keys", secrets_manager=Secrets("sk-not-json")).get("A")
    assert failed.value.__cause__ is None
    assert "sk-" not in str(failed.value)


async def test_a_role_signs_instead_of_a_key(server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    # The process keeps its role's; here other tests have signed before.
    monkeypatch.setattr(signing, "_credentials", cache(signing._credentials.__wrapped__))
    await client_of(entry(server.base_url, auth="aws", region="us-west-2")).complete("default", HELLO)
    signature = server.seen_headers[0]["authorization"]
    assert signature.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/us-west-2/bedrock/aws4_request" in signature


def test_workers_call_from_a_fresh_loop_each_time() -> None:
    async def once() -> str:
        async with OpenAIServer() as server:
            return (await client_of(entry(server.base_url)).complete("default", HELLO)).text

    assert [asyncio.run(once()) for _ in range(2)] == ["안녕하세요, world"] * 2


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"tools": [{"type": "function"}]}, "tools"),
        ({"response_format": {"type": "json_schema"}}, "response_format"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}, {"type": "image_url"}]}]}, "messages.0.content"),
    ],
)
async def test_what_a_model_cannot_do_names_the_field(client: ModelClient, server: OpenAIServer, body: dict[str, Any], param: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await client.complete("default", HELLO | body)
    assert (refused.value.param, refused.value.code) == (param, "unsupported")
    assert not server.requests
