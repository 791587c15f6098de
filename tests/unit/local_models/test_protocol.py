"""The server through OpenAI's own client: shapes, streams, limits, errors."""

import json
import math
import time
import urllib.request
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk


def ask(client: OpenAI, script: str, **options: object) -> ChatCompletion:
    answer = client.chat.completions.create(model="scripted", messages=[{"role": "user", "content": script}], **options)  # type: ignore[call-overload]
    assert isinstance(answer, ChatCompletion)
    return answer


def chunks(client: OpenAI, script: str, **options: object) -> list[ChatCompletionChunk]:
    stream = client.chat.completions.create(
        model="scripted",
        messages=[{"role": "user", "content": script}],
        stream=True,
        **options,  # type: ignore[call-overload]
    )
    with stream:
        return list(stream)


def text(parts: list[ChatCompletionChunk]) -> str:
    return "".join(choice.delta.content or "" for part in parts for choice in part.choices)


def test_lists_its_models(client: OpenAI) -> None:
    cards = {card.id: card.to_dict() for card in client.models.list()}
    assert {"scripted", "minilm"} <= set(cards)
    assert cards["minilm"]["languages"] == ["en"]
    assert client.models.retrieve("minilm").id == "minilm"


def test_answers_whole(client: OpenAI) -> None:
    answer = ask(client, "say: 안녕하세요, hello [1].", seed=1, temperature=0)
    assert answer.choices[0].message.content == "안녕하세요, hello [1]."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.id.startswith("chatcmpl-")
    assert answer.usage
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens > 5


def test_stream_says_the_same_in_pieces_with_one_id(client: OpenAI) -> None:
    parts = chunks(client, "say: one two\\nthree", stream_options={"include_usage": True})
    assert text(parts) == "one two\nthree"
    assert len({part.id for part in parts}) == 1
    assert parts[0].choices[0].delta.role == "assistant"
    assert [part.choices[0].finish_reason for part in parts[:-1]][-1] == "stop"
    assert not parts[-1].choices
    assert parts[-1].usage
    assert parts[-1].usage.completion_tokens == 3
    assert all(part.usage is None for part in parts[:-1])


def test_stream_without_usage_has_none(client: OpenAI) -> None:
    assert all(part.usage is None and part.choices for part in chunks(client, "say: x"))


async def test_streams_side_by_side(async_client: AsyncOpenAI) -> None:
    async with async_client as client:
        started = time.monotonic()
        streams = [
            await client.chat.completions.create(
                model="scripted", messages=[{"role": "user", "content": "slow: 0.5\ntokens: 6"}], stream=True
            )
            for _ in range(5)
        ]
        said = ["".join([part.choices[0].delta.content or "" async for part in stream]) for stream in streams]
    assert said == ["w1 w2 w3 w4 w5 w6"] * 5
    assert time.monotonic() - started < 5 * 6 * 0.5


@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
def test_a_limit_ends_with_length(client: OpenAI, limit: str) -> None:
    answer = ask(client, "tokens: 50", **{limit: 3})
    assert answer.choices[0].message.content == "w1 w2 w3"
    assert answer.choices[0].finish_reason == "length"


def test_a_stop_string_ends_before_it_also_across_pieces(client: OpenAI) -> None:
    parts = chunks(client, "chunk: 1\nsay: alpha beta END gamma", stop=["END"])
    assert text(parts) == "alpha beta "
    assert parts[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"messages": []}, "messages"),
        ({"logit_bias": {"5": -100}}, "logit_bias"),
        ({"reasoning_effort": "high"}, "reasoning_effort"),
        ({"verbosity": "low"}, "verbosity"),
        ({"service_tier": "flex"}, "service_tier"),
    ],
)
def test_refuses_clearly_what_it_cannot_do(client: OpenAI, options: dict[str, object], param: str) -> None:
    body = {"model": "scripted", "messages": [{"role": "user", "content": "x"}]} | options
    with pytest.raises(openai.BadRequestError) as refused:
        client.post("/chat/completions", body=body, cast_to=ChatCompletion)
    assert refused.value.param == param
    assert refused.value.type == "invalid_request_error"


def test_what_is_so_anyway_may_be_asked_for(client: OpenAI) -> None:
    usual: Any = {"logit_bias": {}, "reasoning_effort": "none", "verbosity": "medium", "service_tier": "auto", "n": 1}
    assert ask(client, "say: hi", **usual).choices[0].message.content == "hi"


def test_functions_are_called_and_answered_in_the_older_form(client: OpenAI) -> None:
    function: Any = {"name": "f", "parameters": {"type": "object"}}
    script = 'call: f {"a": 1}\ncall: f {"a": 2}\nthen:\nsay: {results}'
    first = ask(client, script, functions=[function]).choices[0]
    assert (first.finish_reason, first.message.tool_calls) == ("function_call", None)
    assert first.message.function_call
    assert (first.message.function_call.name, first.message.function_call.arguments) == ("f", '{"a": 1}')
    streamed = [one.choices[0] for one in chunks(client, script, functions=[function])]
    called = [one.delta.function_call for one in streamed if one.delta.function_call]
    assert ([one.name for one in called if one.name], "".join(one.arguments or "" for one in called)) == (["f"], '{"a": 1}')
    assert streamed[-1].finish_reason == "function_call"
    messages: Any = [{"role": "user", "content": script}, first.message.model_dump(exclude_none=True)]
    messages.append({"role": "function", "name": "f", "content": "done"})
    answer = client.chat.completions.create(model="scripted", messages=messages, functions=[function])
    assert answer.choices[0].message.content == "done"
    forced = ask(client, "hello", functions=[function], function_call={"name": "f"}).choices[0]
    assert forced.finish_reason == "function_call"


def test_an_image_is_told_by_type_and_size_and_an_address_refused(client: OpenAI) -> None:
    def ask(url: str) -> str | None:
        parts: Any = [{"type": "text", "text": "echo: user"}, {"type": "image_url", "image_url": {"url": url}}]
        return client.chat.completions.create(model="scripted", messages=[{"role": "user", "content": parts}]).choices[0].message.content

    assert ask("data:image/png;base64,AAAA") == "echo: user\n[image/png, 3 bytes]"
    with pytest.raises(openai.BadRequestError, match="images as data"):
        ask("https://images.example.org/a.png")


def test_text_parts_are_joined(client: OpenAI) -> None:
    parts: Any = [{"type": "text", "text": "say: a"}, {"type": "text", "text": "say: b"}]
    answer = client.chat.completions.create(model="scripted", messages=[{"role": "user", "content": parts}])
    assert answer.choices[0].message.content == "ab"


def test_unknown_model_and_path_are_openai_errors(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-9", messages=[{"role": "user", "content": "x"}])
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        client.moderations.create(input="x")


def test_long_texts_are_embedded_whole_and_endless_ones_refused_by_place(client: OpenAI) -> None:
    long = "The annual report tells of staff and sales. " * 300
    data = client.embeddings.create(model="minilm", input=[long, f"{long} Penguins breed on the ice of Antarctica."]).data
    assert data[0].embedding != data[1].embedding
    with pytest.raises(openai.BadRequestError) as told:
        client.embeddings.create(model="minilm", input=["short", "word " * 20_000])
    assert told.value.param == "input.1"


def test_embeddings_are_unit_vectors_in_order_and_both_encodings_agree(client: OpenAI) -> None:
    texts = ["How many days of annual leave?", "x " * 400, "Employees get 15 days of leave a year.", "The cat sat."]
    packed = client.embeddings.create(model="minilm", input=texts)
    plain = client.embeddings.create(model="minilm", input=texts, encoding_format="float", dimensions=384)
    assert [item.index for item in packed.data] == [0, 1, 2, 3]
    first, _, second, third = ([float(value) for value in item.embedding] for item in packed.data)
    assert plain.data[0].embedding == pytest.approx(first, abs=1e-5)
    assert math.hypot(*first) == pytest.approx(1, abs=1e-4)
    assert math.sumprod(first, second) > 0.5 > math.sumprod(first, third)
    assert packed.usage.prompt_tokens > 256


def test_a_vector_does_not_depend_on_its_neighbours(client: OpenAI) -> None:
    alone = client.embeddings.create(model="minilm", input="annual leave").data[0].embedding
    among = client.embeddings.create(model="minilm", input=["annual leave", "a much longer text " * 20]).data[0].embedding
    assert math.sumprod(alone, among) == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize(
    ("body", "param"), [({"input": [[1, 2]]}, "input"), ({"input": ""}, "input"), ({"input": "x", "dimensions": 64}, "dimensions")]
)
def test_embeddings_refuse_clearly(client: OpenAI, body: dict[str, object], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(model="minilm", **body)  # type: ignore[arg-type]
    assert refused.value.param == param


def test_stream_on_the_wire(base_url: str) -> None:
    body = {"model": "scripted", "messages": [{"role": "user", "content": "say: 가"}], "stream": True}
    with urllib.request.urlopen(urllib.request.Request(f"{base_url}/chat/completions", json.dumps(body).encode()), timeout=5) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.read().decode().split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    assert "가" in "".join(lines)
