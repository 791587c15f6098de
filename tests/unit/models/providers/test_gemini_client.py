"""The stand-in for Gemini, proved by Google's own client before our adapter meets it."""

from typing import Any

import pytest
from google import genai
from google.genai import errors, types

from maru.errors import UpstreamFailed
from maru.models import StreamBroken, Usage
from tests.fakes.gemini_server import GeminiServer
from tests.fakes.play import TWO_CALLS, Play
from tests.unit.models.conftest import client_of
from tests.unit.models.providers.cases import CASES

# Google's client derives from aiohttp's session.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")
PLAY = Play(thoughts=("음", "…"), calls=TWO_CALLS)
HELLO = {"messages": [{"role": "user", "content": "안녕"}]}


def vendor(server: GeminiServer) -> genai.Client:
    """The vendor's client, pointed at the stand-in."""
    return genai.Client(api_key="k", http_options=types.HttpOptions(base_url=server.base_url))


def _read(response: Any) -> tuple[str, str, list[Any]]:
    parts = response.candidates[0].content.parts or []
    return (
        "".join(part.text or "" for part in parts if part.thought),
        "".join(part.text or "" for part in parts if not part.thought),
        [(part.function_call.id, part.function_call.name, part.function_call.args) for part in parts if part.function_call],
    )


@pytest.mark.parametrize("pieces", [None, 1])
async def test_the_vendors_client_reads_the_stand_in(pieces: int | None) -> None:
    async with GeminiServer(play=PLAY, pieces=pieces) as server, vendor(server).aio as client:
        whole = await client.models.generate_content(model="m", contents="안녕")
        chunks = [chunk async for chunk in await client.models.generate_content_stream(model="m", contents="안녕")]
    expected = ("음…", PLAY.text, [(one.id, one.name, one.arguments) for one in TWO_CALLS])
    assert _read(whole) == expected
    read = [_read(chunk) for chunk in chunks]
    assert ("".join(one[0] for one in read), "".join(one[1] for one in read), [call for one in read for call in one[2]]) == expected
    for last in (whole, chunks[-1]):
        assert last.candidates
        assert last.candidates[0].finish_reason == types.FinishReason.STOP
        used = last.usage_metadata
        assert used
        assert (used.prompt_token_count, used.cached_content_token_count, used.thoughts_token_count) == (1000, 600, 30)


async def test_the_vendors_client_reads_its_refusals_and_vectors() -> None:
    async with GeminiServer() as server, vendor(server).aio as client:
        found = await client.models.embed_content(model="m", contents=["가", "나다"])  # type: ignore[arg-type]  # lists are invariant
        assert [one.values for one in found.embeddings or ()] == [[1.0, 0.0, 0.0, 1.0], [2.0, 0.0, 0.0, 1.0]]
        server.refusal = CASES["gemini"].refusals["limited"]
        with pytest.raises(errors.ClientError, match="exceeded your current quota"):
            await client.models.generate_content(model="m", contents="안녕")


async def test_embeddings() -> None:
    async with GeminiServer() as server:
        target = {"provider": "gemini", "model": "gemini-embedding-001", "base_url": server.base_url, "key": "K", "price": {"input": 2}}
        entry = {"alias": "e", "kind": "embeddings", "dimensions": 4, "abilities": ["dimensions"], "targets": [target]}
        found = await client_of(entry, keys={"K": "k"}).embed("e", ["가", "나다"], purpose="query", dimensions=4)
        assert [round(sum(value**2 for value in vector), 6) for vector in found.vectors] == [1.0, 1.0]
        assert found.usage == Usage(2, estimated=True)
        asked = server.requests[0]["requests"][0]
        assert (asked["taskType"], asked["outputDimensionality"], asked["model"]) == ("RETRIEVAL_QUERY", 4, "models/gemini-embedding-001")


async def test_signatures_go_back_as_they_came() -> None:
    async with GeminiServer(play=Play(words=(), calls=TWO_CALLS)) as server:
        client = CASES["gemini"].client(server)
        message = (await client.complete("default", HELLO)).body["choices"][0]["message"]
        results = [{"role": "tool", "tool_call_id": one["id"], "content": "맑음"} for one in message["tool_calls"]]
        await client.complete("default", {"messages": [*HELLO["messages"], message, *results]})
        parts = server.requests[-1]["contents"][1]["parts"]
        assert [part.get("thoughtSignature") for part in parts] == ["c2lnbmF0dXJl", None]
        assert server.requests[-1]["contents"][2]["parts"][0]["functionResponse"]["response"] == {"result": "맑음"}


class Blocking(GeminiServer):
    """Blocks the prompt itself."""

    def whole(self, path: str, body: dict[str, Any]) -> Any:
        return {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 5}}


async def test_a_blocked_prompt_is_filtered_content() -> None:
    async with Blocking() as server:
        answer = await CASES["gemini"].client(server).complete("default", HELLO)
    assert (answer.body["choices"][0]["finish_reason"], answer.text, answer.usage) == ("content_filter", "", Usage(5))


async def test_a_malformed_call_is_no_answer() -> None:
    async with GeminiServer(play=Play(stop="MALFORMED_FUNCTION_CALL")) as server:
        client = CASES["gemini"].client(server)
        with pytest.raises(UpstreamFailed):
            await client.complete("default", HELLO)
        with pytest.raises(StreamBroken):
            async with await client.stream("default", HELLO) as stream:
                [_ async for _ in stream.chunks()]
