"""AWS's event streams cut anywhere, read side by side by our parser and by botocore's own, of SageMaker's parts and of Bedrock's events."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.eventstream import EventStream, EventStreamBuffer
from botocore.exceptions import EventStreamError
from botocore.parsers import EventStreamJSONParser

from maru.models import StreamBroken
from maru.models.providers import wire_of
from maru.models.providers.eventstream import Frames
from maru.models.providers.pen import Form
from tests.fakes.bedrock_server import BedrockServer
from tests.fakes.chat_server import ChatServer, SageMakerServer
from tests.fakes.frames import exception_frame
from tests.fakes.play import Called, Play

PLAY = Play(words=("안녕 🌏",), calls=(Called("call_A-1", "weather", ('{"c":"서', '울"}')),))
LAST = "Your model's stream ended"
#: What a stream ends with where the container, or the model, died.
DEATHS = {
    "sagemaker": exception_frame("ModelStreamError", {"Message": LAST, "ErrorCode": "ModelInvocationTimeExceeded"}),
    "bedrock": exception_frame("modelStreamErrorException", {"message": LAST}),
}
OPERATIONS = {
    "sagemaker": ("sagemaker-runtime", "InvokeEndpointWithResponseStream", "Body"),
    "bedrock": ("bedrock-runtime", "ConverseStream", "stream"),
}


@cache
def stream_of(provider: str) -> bytes:
    return SageMakerServer(play=PLAY, part=61).stream() if provider == "sagemaker" else BedrockServer(play=PLAY).stream()


@cache
def shape_of(provider: str) -> Any:
    service, operation, member = OPERATIONS[provider]
    shape: Any = botocore.session.get_session().get_service_model(service).operation_model(operation).output_shape
    return shape.members[member]


class Parts:
    """A response's body as botocore takes it."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = parts

    def stream(self) -> Iterator[bytes]:
        yield from self._parts

    def close(self) -> None: ...


def theirs(provider: str, *parts: bytes) -> list[Any]:
    """The events that boto3 gives, its exception last."""
    stream: Any = EventStream(Parts(*parts), shape_of(provider), EventStreamJSONParser(), OPERATIONS[provider][1])
    found: list[Any] = []
    try:
        found.extend(stream)
    except EventStreamError as error:
        found.append(error.response["Error"]["Message"])
    return found


def ours(provider: str, *parts: bytes) -> list[Any]:
    """The same, by our parser."""
    frames, found = Frames(), []
    for message in (one for part in parts for one in frames.feed(part)):
        if message.failed:
            found.append({name.lower(): value for name, value in json.loads(message.payload).items()}["message"])
        elif provider == "sagemaker":
            found.append({"PayloadPart": {"Bytes": message.payload}})
        else:
            # Padding against listeners who guess from lengths, which AWS's description of its API leaves out.
            found.append({message.kind: {name: value for name, value in json.loads(message.payload).items() if name != "p"}})
    frames.close()
    return found


@pytest.mark.parametrize("provider", sorted(OPERATIONS))
def test_cut_at_every_byte_both_read_the_same(provider: str) -> None:
    raw = stream_of(provider)
    expected = theirs(provider, raw)
    assert len(expected) > 5
    for place in range(len(raw) + 1):
        parts = (raw[:place], raw[place:])
        assert ours(provider, *parts) == expected == theirs(provider, *parts), place
    single = [raw[place : place + 1] for place in range(len(raw))]
    assert ours(provider, *single) == expected == theirs(provider, *single)


def test_cut_at_every_byte_the_containers_own_bytes_come_out() -> None:
    raw, wire = stream_of("sagemaker"), wire_of("sagemaker")
    assert wire
    said = ChatServer(play=PLAY).stream()
    for place in range(len(raw) + 1):
        decoder = wire.decoder(Form("up"))
        assert b"".join([decoder.feed(raw[:place]), decoder.feed(raw[place:]), decoder.close()]) == said
        assert b"".join(one["PayloadPart"]["Bytes"] for one in theirs("sagemaker", raw[:place], raw[place:])) == said


@pytest.mark.parametrize("provider", sorted(OPERATIONS))
def test_after_every_byte_both_have_the_same_frames(provider: str) -> None:
    """Neither gives a frame earlier or later than the other."""
    frames = Frames()
    buffer: Any = EventStreamBuffer()
    raw, seen = stream_of(provider), 0
    for place in range(len(raw)):
        piece = raw[place : place + 1]
        buffer.add_data(piece)
        found = [(one.headers, one.payload) for one in frames.feed(piece)]
        assert found == [(dict(one.headers), one.payload) for one in buffer]
        seen += len(found)
    assert seen == len(theirs(provider, raw))


@pytest.mark.parametrize("provider", sorted(OPERATIONS))
def test_a_stream_that_ends_with_an_exception_is_read_the_same_wherever_it_is_cut(provider: str) -> None:
    raw = DEATHS[provider]
    for place in range(len(raw) + 1):
        parts = (raw[:place], raw[place:])
        assert ours(provider, *parts) == [LAST] == theirs(provider, *parts)


@pytest.mark.parametrize("provider", sorted(OPERATIONS))
def test_a_stream_that_ends_anywhere_loses_no_frame_and_says_that_it_broke(provider: str) -> None:
    """Botocore takes a connection's end within a frame for the end of the stream; we do not."""
    raw, ends = stream_of(provider), {0}
    while max(ends) < len(raw):
        ends.add(max(ends) + int.from_bytes(raw[max(ends) : max(ends) + 4]))
    for place in range(len(raw)):
        frames = Frames()
        buffer: Any = EventStreamBuffer()
        buffer.add_data(raw[:place])
        assert [(one.headers, one.payload) for one in frames.feed(raw[:place])] == [(dict(one.headers), one.payload) for one in buffer]
        if place in ends:
            frames.close()
        else:
            with pytest.raises(StreamBroken):
                frames.close()
