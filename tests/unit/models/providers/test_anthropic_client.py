"""The stand-in for Anthropic, proved by Anthropic's own client before our adapter meets it."""

import anthropic
import pytest

from tests.fakes.anthropic_server import AnthropicServer
from tests.fakes.play import TWO_CALLS, Play

MESSAGES = [{"role": "user", "content": "안녕"}]
PLAY = Play(thoughts=("음", "…"), calls=TWO_CALLS)


def vendor(server: AnthropicServer) -> anthropic.AsyncAnthropic:
    """The vendor's client, pointed at the stand-in."""
    return anthropic.AsyncAnthropic(base_url=server.base_url, api_key="sk-1", max_retries=0)


@pytest.mark.parametrize("pieces", [None, 1])
async def test_the_vendors_client_reads_the_stand_in(pieces: int | None) -> None:
    async with (
        AnthropicServer(play=PLAY, pieces=pieces) as server,
        anthropic.AsyncAnthropic(base_url=server.base_url, api_key="sk-1") as client,
    ):
        whole = await client.messages.create(model="m", max_tokens=10, messages=MESSAGES)  # type: ignore[arg-type]  # plain dicts
        async with client.messages.stream(model="m", max_tokens=10, messages=MESSAGES) as stream:  # type: ignore[arg-type]  # plain dicts
            final = await stream.get_final_message()
    for message in (whole, final):
        thinking, text, *calls = message.content
        assert (thinking.type == "thinking" and thinking.thinking, text.type == "text" and text.text) == ("음…", PLAY.text)
        assert [(one.id, one.name, one.input) for one in calls if one.type == "tool_use"] == [
            (one.id, one.name, one.arguments) for one in TWO_CALLS
        ]
        used = message.usage
        assert (message.stop_reason, used.output_tokens, used.cache_read_input_tokens, used.input_tokens) == ("tool_use", 100, 600, 300)
        assert used.output_tokens_details
        assert used.output_tokens_details.thinking_tokens == 30


async def test_the_vendors_client_reads_its_refusals() -> None:
    async with AnthropicServer() as server, vendor(server) as client:
        with pytest.raises(anthropic.BadRequestError, match="not permitted"):
            await client.messages.create(model="m", max_tokens=10, messages=MESSAGES, extra_body={"temperature": 2})  # type: ignore[arg-type]
        error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
        server.refusal = (529, {}, error)
        with pytest.raises(anthropic.InternalServerError, match="Overloaded"):
            await client.messages.create(model="m", max_tokens=10, messages=MESSAGES)  # type: ignore[arg-type]
