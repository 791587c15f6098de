"""The stand-in for Bedrock, proved by boto3 before our adapter meets it; frames read by our parser and by botocore's alike."""

from typing import Any

import anyio.to_thread
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from maru.errors import RateLimited
from maru.models import StreamBroken
from maru.models.providers.eventstream import Frames
from tests.fakes.bedrock_server import BedrockServer
from tests.fakes.frames import event_frame, exception_frame
from tests.fakes.play import TWO_CALLS, Play
from tests.unit.models.providers.cases import CASES

ARN = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abc/def"
MESSAGES = [{"role": "user", "content": [{"text": "안녕"}]}]
PLAY = Play(thoughts=("음", "…"), calls=TWO_CALLS)


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


def vendor(server: BedrockServer) -> Any:
    """The vendor's client, pointed at the stand-in."""
    config = Config(retries={"max_attempts": 0})
    return boto3.session.Session().client("bedrock-runtime", endpoint_url=server.base_url, region_name="us-east-1", config=config)


@pytest.mark.parametrize("pieces", [None, 1])
async def test_the_vendors_client_reads_the_stand_in(credentials: None, pieces: int | None) -> None:
    def both() -> tuple[Any, list[Any]]:
        client = vendor(server)
        whole = client.converse(modelId=ARN, messages=MESSAGES)
        return whole, list(client.converse_stream(modelId=ARN, messages=MESSAGES)["stream"])

    async with BedrockServer(play=PLAY, pieces=pieces) as server:
        whole, events = await anyio.to_thread.run_sync(both)
    thinking, text, *calls = whole["output"]["message"]["content"]
    assert (thinking["reasoningContent"]["reasoningText"]["text"], text["text"]) == ("음…", PLAY.text)
    assert [one["toolUse"]["input"] for one in calls] == [one.arguments for one in TWO_CALLS]
    assert (whole["stopReason"], whole["usage"]["cacheReadInputTokens"]) == ("tool_use", 600)
    deltas = [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]
    assert "".join(delta.get("text", "") for delta in deltas) == PLAY.text
    pieces_of_calls = [delta["toolUse"]["input"] for delta in deltas if "toolUse" in delta]
    assert pieces_of_calls == [piece for one in TWO_CALLS for piece in one.pieces]
    assert events[-2]["messageStop"]["stopReason"] == "tool_use"
    assert events[-1]["metadata"]["usage"] == whole["usage"]
    # Both have signed and escaped the ARN alike.
    assert server.paths[0] == "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aimported-model%2Fabc%2Fdef/converse"
    async with BedrockServer() as ours:
        await CASES["bedrock"].client(ours, model=ARN, auth="aws", region="us-east-1").complete("default", {"messages": [_HELLO]})
    assert ours.paths[0] == server.paths[0]
    assert "/us-east-1/bedrock/aws4_request" in ours.seen[0]["authorization"]


_HELLO = {"role": "user", "content": "안녕"}


async def test_the_vendors_client_reads_its_refusals(credentials: None) -> None:
    async with BedrockServer(refusal=CASES["bedrock"].refusals["limited"]) as server:
        with pytest.raises(ClientError, match="Too many requests") as failed:
            await anyio.to_thread.run_sync(lambda: vendor(server).converse(modelId=ARN, messages=MESSAGES))
    assert failed.value.response["Error"]["Code"] == "ThrottlingException"


class Failing(BedrockServer):
    """Ends with an exception, after some words or at once."""

    after = 0

    def stream(self) -> bytes:
        words = [event_frame("contentBlockDelta", {"delta": {"text": "a"}, "contentBlockIndex": 0})] * self.after
        return b"".join(words) + exception_frame("throttlingException", {"message": "Too many tokens"})


async def test_an_exception_in_the_stream(credentials: None) -> None:
    async with Failing() as server:
        with pytest.raises(ClientError, match="throttlingException") as failed:
            await anyio.to_thread.run_sync(lambda: list(vendor(server).converse_stream(modelId=ARN, messages=MESSAGES)["stream"]))
        assert failed.value
        client = CASES["bedrock"].client(server)
        with pytest.raises(RateLimited):
            await client.stream("default", {"messages": [_HELLO]})
        server.after = 2
        got = []
        with pytest.raises(StreamBroken):  # noqa: PT012 - what came before counts
            async with await client.stream("default", {"messages": [_HELLO]}) as stream:
                async for chunk in stream.chunks():
                    got.append(chunk)  # noqa: PERF401 - an exception ends it
        assert len(got) == 2


async def test_a_malformed_call_is_no_answer() -> None:
    async with BedrockServer(play=Play(stop="malformed_tool_use")) as server:
        with pytest.raises(StreamBroken):
            async with await CASES["bedrock"].client(server).stream("default", {"messages": [_HELLO]}) as stream:
                [_ async for _ in stream.chunks()]


def test_a_changed_byte_is_noticed() -> None:
    raw = event_frame("messageStop", {"stopReason": "end_turn"})
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]

        def read(data: bytes) -> None:
            frames = Frames()
            list(frames.feed(data))
            frames.close()

        with pytest.raises(StreamBroken):
            read(changed)
