"""The stand-ins for OpenAI's protocol and for SageMaker, proved by the openai client and boto3 before our adapter meets them."""

import json
from typing import Any

import anyio.to_thread
import boto3
import openai
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from maru.errors import Unavailable
from maru.models import StreamBroken, sse
from maru.models.providers import wire_of
from maru.models.providers.pen import Form
from tests.fakes.chat_server import ChatServer, SageMakerServer, SleepingEndpoint
from tests.fakes.frames import exception_frame, frame
from tests.fakes.play import TWO_CALLS, Play
from tests.unit.models.providers.cases import CASES

PLAY = Play(calls=TWO_CALLS)
HELLO: dict[str, Any] = {"model": "up", "messages": [{"role": "user", "content": "안녕"}]}


@pytest.mark.parametrize("pieces", [None, 1])
async def test_the_openai_client_reads_the_stand_in(pieces: int | None) -> None:
    async with (
        ChatServer(play=PLAY, pieces=pieces) as server,
        openai.AsyncOpenAI(base_url=server.base_url, api_key="k", max_retries=0) as client,
    ):
        whole = await client.chat.completions.create(**HELLO)
        async with client.chat.completions.stream(**HELLO, stream_options={"include_usage": True}) as stream:
            final = await stream.get_final_completion()
        for answer in (whole, final):
            message = answer.choices[0].message
            calls = [(one.id, one.function.name, json.loads(one.function.arguments)) for one in message.tool_calls or ()]
            assert (message.content, calls) == (PLAY.text, [(one.id, one.name, one.arguments) for one in TWO_CALLS])
            assert answer.choices[0].finish_reason == "tool_calls"
            assert answer.usage
            assert answer.usage.prompt_tokens_details
            assert answer.usage.prompt_tokens_details.cached_tokens == 600
        server.refusal = CASES["openai"].refusals["limited"]
        with pytest.raises(openai.RateLimitError, match="Rate limit reached"):
            await client.chat.completions.create(**HELLO)


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


def vendor(server: SageMakerServer) -> Any:
    """The vendor's client, pointed at the stand-in."""
    config = Config(retries={"max_attempts": 0})
    return boto3.session.Session().client("sagemaker-runtime", endpoint_url=server.base_url, region_name="us-east-1", config=config)


@pytest.mark.parametrize("part", [1, 37, 10_000])
async def test_boto3_reads_the_stand_in(credentials: None, part: int) -> None:
    def both() -> tuple[Any, bytes]:
        client = vendor(server)
        told = {"EndpointName": "vllm-1", "InferenceComponentName": "llama", "ContentType": "application/json"}
        whole = json.loads(client.invoke_endpoint(**told, Body=json.dumps(HELLO))["Body"].read())
        answer = client.invoke_endpoint_with_response_stream(**told, Body=json.dumps(HELLO | {"stream": True}))
        return whole, b"".join(one["PayloadPart"]["Bytes"] for one in answer["Body"])

    async with SageMakerServer(play=PLAY, part=part) as server:
        whole, raw = await anyio.to_thread.run_sync(both)
        assert whole["choices"][0]["message"]["content"] == PLAY.text
        assert raw == ChatServer(play=PLAY).stream()
        server.refusal = CASES["sagemaker"].refusals["wrong"]
        with pytest.raises(ClientError, match="temperature") as failed:
            await anyio.to_thread.run_sync(both)
        assert dict(failed.value.response)["OriginalStatusCode"] == 400
    async with SageMakerServer() as ours:
        client = CASES["sagemaker"].client(ours, endpoint="vllm-1", auth="aws", region="us-east-1")
        await client.complete("default", HELLO)
    assert ours.paths[0] == server.paths[0] == "/endpoints/vllm-1/invocations"
    header = "x-amzn-sagemaker-inference-component"
    assert ours.seen[0][header] == server.seen[0][header] == "llama"
    assert "/us-east-1/sagemaker/aws4_request" in ours.seen[0]["authorization"]


def test_payload_parts_cut_anywhere_are_forwarded_as_they_came() -> None:
    raw, wire = ChatServer(play=PLAY).stream(), wire_of("sagemaker")
    assert wire
    for part in range(1, len(raw)):
        decoder = wire.decoder(Form("up"))
        assert decoder.feed(SageMakerServer(play=PLAY, part=part).stream()) + decoder.close() == raw
    cutter = sse.Cutter()
    assert cutter.feed(raw) == raw


@pytest.mark.parametrize("streamed", [False, True])
async def test_boto3_meets_an_endpoint_that_wakes(credentials: None, streamed: bool) -> None:
    def asked() -> str:
        client = vendor(server)
        ask = client.invoke_endpoint_with_response_stream if streamed else client.invoke_endpoint
        try:
            ask(EndpointName="vllm-1", ContentType="application/json", Body=json.dumps(HELLO | ({"stream": True} if streamed else {})))
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "ready"

    async with SleepingEndpoint() as server:
        told = [await anyio.to_thread.run_sync(asked) for _ in range(6)]
    assert told == [*["ValidationError"] * 3, *["ModelNotReadyException"] * 2, "ready"]
    assert server.met == ["asleep", "no capacity", "no capacity", "waking", "waking", "ready"]
    assert server.failures == 3, "what the alarm that wakes it counts"


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_endpoint_says_when_to_come_back_until_it_is_ready(streamed: bool) -> None:
    async with SleepingEndpoint() as server:
        for state in ("asleep", "no capacity", "no capacity", "waking", "waking"):
            # A fresh client each: one that knows that it sleeps does not ask.
            client = CASES["sagemaker"].client(server)
            with pytest.raises(Unavailable) as failed:
                await (client.stream if streamed else client.complete)("default", HELLO)
            assert (failed.value.retry_after, failed.value.code, server.met[-1]) == (30, "model_starting", state)
        client = CASES["sagemaker"].client(server)
        if streamed:
            async with await client.stream("default", HELLO) as stream:
                assert [_ async for _ in stream.chunks()]
        else:
            assert (await client.complete("default", HELLO)).text == server.play.text
    assert len(server.met) == 6, "one call of the endpoint for each of ours"


class Failing(SageMakerServer):
    """The container dies midway."""

    def stream(self) -> bytes:
        whole = ChatServer.stream(self)
        half = frame(whole[: len(whole) // 2], event_type="PayloadPart", message_type="event")
        return half + exception_frame(
            "ModelStreamError", {"Message": "Your model's stream ended", "ErrorCode": "ModelInvocationTimeExceeded"}
        )


async def test_a_containers_death_midway() -> None:
    async with Failing() as server:
        with pytest.raises(StreamBroken):
            async with await CASES["sagemaker"].client(server).stream("default", HELLO) as stream:
                [_ async for _ in stream.chunks()]
