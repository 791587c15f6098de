"""The stand-ins of embedding models, proved by each vendor's own client before our adapter meets them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import anyio.to_thread
import boto3
import openai
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from maru.errors import BadRequest, UpstreamFailed
from maru.models import Usage
from tests.fakes.embedding_servers import EmbeddingEndpoint, InvokeServer
from tests.fakes.openai_server import OpenAIServer
from tests.unit.models.test_embeddings import embedder

TEXTS = ["질문", "abcde"]
TITAN, COHERE, COHERE_4 = "amazon.titan-embed-text-v2:0", "cohere.embed-multilingual-v3", "global.cohere.embed-v4:0"
AWS: dict[str, Any] = {"auth": "aws", "region": "ap-northeast-2"}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


@pytest.fixture
async def bedrock() -> AsyncIterator[InvokeServer]:
    async with InvokeServer() as one:
        yield one


def vendor(service: str, base_url: str) -> Any:
    """AWS's client, pointed at the stand-in."""
    config = Config(retries={"max_attempts": 0})
    session: Any = boto3.session.Session()
    return session.client(service, endpoint_url=base_url, region_name="ap-northeast-2", config=config)


async def invoked(server: InvokeServer, model: str, body: dict[str, Any]) -> Any:
    """What boto3 reads."""

    def call() -> Any:
        return json.loads(vendor("bedrock-runtime", server.base_url).invoke_model(modelId=model, body=json.dumps(body))["body"].read())

    return await anyio.to_thread.run_sync(call)


async def test_boto3_reads_titan(bedrock: InvokeServer) -> None:
    answers = [await invoked(bedrock, TITAN, {"inputText": text, "dimensions": 256, "normalize": True}) for text in TEXTS]
    assert [one["embedding"][0] * 8 for one in answers] == [2, 5]
    assert [(len(one["embedding"]), one["inputTextTokenCount"]) for one in answers] == [(256, 3), (256, 3)]
    for wrong in ({"inputText": "a", "dimensions": 4}, {"inputText": "a", "size": 256}, {}):
        with pytest.raises(ClientError, match="Malformed input request"):
            await invoked(bedrock, TITAN, wrong)


async def test_titan_takes_one_text_a_call(bedrock: InvokeServer) -> None:
    theirs = [(await invoked(bedrock, TITAN, {"inputText": text, "dimensions": 256}))["embedding"] for text in TEXTS]
    path = bedrock.paths[0]
    found = await embedder(bedrock.base_url, provider="bedrock-titan", model=TITAN, dimensions=256, **AWS).embed("embedding", TEXTS)
    assert (found.vectors, found.usage, set(bedrock.paths)) == (theirs, Usage(6), {path})
    assert {"inputText": "질문", "dimensions": 256, "normalize": True} in bedrock.requests
    assert "/ap-northeast-2/bedrock/aws4_request" in bedrock.seen[-1]["authorization"]
    # The first model knows no dimensions.
    first = embedder(bedrock.base_url, provider="bedrock-titan", model="amazon.titan-embed-text-v1", dimensions=1024, **AWS)
    assert len((await first.embed("embedding", ["가"])).vectors[0]) == 1024
    assert bedrock.requests[-1] == {"inputText": "가"}


@pytest.mark.parametrize(("model", "truncate"), [(COHERE, "END"), (COHERE_4, "RIGHT")])
async def test_boto3_reads_cohere_and_we_read_the_same(bedrock: InvokeServer, model: str, truncate: str) -> None:
    asked: dict[str, Any] = {"texts": TEXTS, "input_type": "search_query", "truncate": truncate}
    if model == COHERE_4:
        asked |= {"embedding_types": ["float"], "output_dimension": 1024}
    answer = await invoked(bedrock, model, asked)
    rows = answer["embeddings"]["float"] if model == COHERE_4 else answer["embeddings"]
    assert answer["response_type"] == ("embeddings_by_type" if model == COHERE_4 else "embeddings_floats")
    client = embedder(bedrock.base_url, provider="bedrock-cohere", model=model, dimensions=1024, **AWS)
    found = await client.embed("embedding", TEXTS, purpose="query")
    assert (found.vectors, found.usage) == (rows, Usage(3, estimated=True))
    for told, usage in (("5", Usage(5)), ("many", Usage(3, estimated=True))):
        bedrock.headers = {"X-Amzn-Bedrock-Input-Token-Count": told}
        again = await embedder(bedrock.base_url, provider="bedrock-cohere", model=model, dimensions=1024, **AWS).embed("embedding", TEXTS)
        assert again.usage == usage
    assert bedrock.requests[1] == bedrock.requests[0]
    assert bedrock.paths[1] == bedrock.paths[0]
    with pytest.raises(ClientError, match="truncate must be one of"):
        await invoked(bedrock, model, asked | {"truncate": "END" if truncate == "RIGHT" else "RIGHT"})


async def test_long_texts_are_shortened_for_who_would_refuse_them(bedrock: InvokeServer) -> None:
    long = "가" * 3000
    with pytest.raises(ClientError, match="maxLength: 2048"):
        await invoked(bedrock, COHERE, {"texts": [long], "input_type": "search_document", "truncate": "END"})
    await embedder(bedrock.base_url, provider="bedrock-cohere", model=COHERE, **AWS).embed("embedding", [long])
    assert bedrock.requests[-1]["texts"] == [long[:2048]]


class Garbled(InvokeServer):
    """Answers with another number of vectors than texts, or in another model's words."""

    garbled: Any = None

    def whole(self, path: str, body: dict[str, Any]) -> Any:
        return self.garbled


@pytest.mark.parametrize("answer", [{"embeddings": [[1.0], [2.0]]}, {"embeddings": {"int8": [[1]]}}, {"embedding": [1.0]}, []], ids=str)
async def test_an_answer_of_another_form_is_no_answer(answer: Any) -> None:
    async with Garbled() as server:
        server.garbled = answer
        with pytest.raises(UpstreamFailed):
            await embedder(server.base_url, provider="bedrock-cohere", model=COHERE, **AWS).embed("embedding", ["a"])


async def test_refusals_are_told(bedrock: InvokeServer) -> None:
    bedrock.refusal = bedrock.wrong("Malformed input request")
    with pytest.raises(ClientError, match="Malformed input request"):
        await invoked(bedrock, TITAN, {"inputText": "a"})
    with pytest.raises(BadRequest, match="Malformed input request"):
        await embedder(bedrock.base_url, provider="bedrock-titan", model=TITAN, **AWS).embed("embedding", ["a"])


async def test_boto3_reads_an_endpoint_and_we_read_the_same() -> None:
    def invoke() -> Any:
        client = vendor("sagemaker-runtime", server.base_url)
        told = {"EndpointName": "vllm-e", "InferenceComponentName": "e5", "ContentType": "application/json"}
        return json.loads(client.invoke_endpoint(**told, Body=json.dumps({"model": "up", "input": TEXTS}))["Body"].read())

    async with EmbeddingEndpoint() as server:
        answer = await anyio.to_thread.run_sync(invoke)
        client = embedder(server.base_url, provider="sagemaker", endpoint="vllm-e", component="e5", **AWS)
        found = await client.embed("embedding", TEXTS)
        assert found.vectors == [one["embedding"] for one in answer["data"]]
        assert (found.usage, server.paths[1]) == (Usage(7), server.paths[0])
        header = "x-amzn-sagemaker-inference-component"
        assert server.seen[1][header] == server.seen[0][header] == "e5"
        assert "/ap-northeast-2/sagemaker/aws4_request" in server.seen[1]["authorization"]


async def test_the_openai_client_reads_the_stand_in_and_we_read_the_same() -> None:
    async with OpenAIServer() as server, openai.AsyncOpenAI(base_url=server.base_url, api_key="k", max_retries=0) as client:
        plain = await client.embeddings.create(model="up", input=TEXTS, encoding_format="float")
        packed = await client.embeddings.create(model="up", input=TEXTS)
        theirs = {one.index: one.embedding for one in packed.data}
        assert theirs == {one.index: one.embedding for one in plain.data}
        found = await embedder(server.base_url).embed("embedding", TEXTS)
        assert found.vectors == [theirs[0], theirs[1]]
        assert found.usage == Usage(plain.usage.prompt_tokens)
