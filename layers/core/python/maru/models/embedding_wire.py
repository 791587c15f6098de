"""How each provider wants to be asked for embeddings, and what its answers say: pure functions of requests and answers."""

import base64
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any, Literal
from urllib.parse import quote

from maru.models.catalogue import Alias, Target
from maru.models.transport import PLAIN, Manners

#: Characters of a text that Cohere's third models take.
_COHERE_V3_CHARACTERS = 2048

type Vector = list[float]
type Purpose = Literal["document", "query"]
#: What may be embedded: a text, or the ids of its tokens for servers that take them.
type Input = str | list[int]


@dataclass(frozen=True)
class Job:
    """What is asked of one target for all batches; ``user`` is the caller's name for whom it is, told to servers that take one."""

    alias: Alias
    target: Target
    purpose: Purpose = "document"
    dimensions: int | None = None
    user: str | None = None


@dataclass(frozen=True)
class Wire:
    """One provider: ``ask`` gives path and body for a batch, ``read`` vectors and prompt tokens of the answer.

    ``read`` raises KeyError, TypeError or ValueError for an answer that is none; tokens None means that it does not tell. ``counted`` is
    the header that tells the tokens of all texts of an answer that does not.
    """

    batch: int
    ask: Callable[[Job, Sequence[Input]], tuple[str, dict[str, Any]]]
    read: Callable[[dict[str, Any]], tuple[list[Vector], int | None]]
    manners: Callable[[Target], Manners] = lambda target: PLAIN  # noqa: ARG005 - most are approached alike
    counted: str | None = None


def _ask_openai(job: Job, inputs: Sequence[Input]) -> tuple[str, dict[str, Any]]:
    # base64 is what OpenAI's own clients ask for: a third of the bytes and a tenth of the parsing.
    asked = {"dimensions": job.dimensions, "user": job.user}
    given = {name: value for name, value in asked.items() if value}
    return "/embeddings", {"model": job.target.model, "input": list(inputs), "encoding_format": "base64", **given}


def _read_openai(answer: dict[str, Any]) -> tuple[list[Vector], int | None]:
    rows = sorted(answer["data"], key=lambda row: row["index"])
    return [_floats(row["embedding"]) for row in rows], (answer.get("usage") or {}).get("prompt_tokens")


def _ask_titan(job: Job, inputs: Sequence[Input]) -> tuple[str, dict[str, Any]]:
    # Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
    sized = {"dimensions": job.dimensions or job.alias.dimensions or 1024, "normalize": True}
    return _invoke(job.target), {"inputText": inputs[0], **({} if "embed-text-v1" in job.target.model else sized)}


def _read_titan(answer: dict[str, Any]) -> tuple[list[Vector], int | None]:
    return [_floats(answer["embedding"])], int(answer["inputTextTokenCount"])


def _ask_cohere(job: Job, inputs: Sequence[Input]) -> tuple[str, dict[str, Any]]:
    # Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
    body: dict[str, Any] = {"texts": list(inputs), "input_type": f"search_{job.purpose}"}
    if "embed-v4" not in job.target.model:
        # Longer texts are refused there, however much of them would be cut off.
        return _invoke(job.target), body | {"texts": [text[:_COHERE_V3_CHARACTERS] for text in inputs], "truncate": "END"}
    size = job.dimensions or job.alias.dimensions
    sized = {"output_dimension": size} if size else {}
    return _invoke(job.target), body | {"truncate": "RIGHT", "embedding_types": ["float"], **sized}


def _read_cohere(answer: dict[str, Any]) -> tuple[list[Vector], int | None]:
    found = answer["embeddings"]
    return [_floats(row) for row in (found["float"] if isinstance(found, dict) else found)], None


def _ask_sagemaker(job: Job, inputs: Sequence[Input]) -> tuple[str, dict[str, Any]]:
    from maru.models.providers import sagemaker

    # vLLM's /invocations takes what its /v1/embeddings does.
    return sagemaker.path_of(job.target), _ask_openai(job, inputs)[1]


def _manners_of_sagemaker(target: Target) -> Manners:
    from maru.models.providers import sagemaker

    return Manners(sagemaker.component_of(target), service="sagemaker", refused=sagemaker.refused)


def _ask_gemini(job: Job, inputs: Sequence[Input]) -> tuple[str, dict[str, Any]]:
    # Source: https://ai.google.dev/api/embeddings
    name = "models/" + job.target.model.removeprefix("models/")
    size = job.dimensions or job.alias.dimensions
    one = {"model": name, "taskType": f"RETRIEVAL_{job.purpose.upper()}", **({"outputDimensionality": size} if size else {})}
    return f"/{name}:batchEmbedContents", {"requests": [{**one, "content": {"parts": [{"text": text}]}} for text in inputs]}


def _read_gemini(answer: dict[str, Any]) -> tuple[list[Vector], int | None]:
    # Vectors that were shortened have not the length one, which every search here counts on.
    return [_unit(_floats(row["values"])) for row in answer["embeddings"]], None


def _unit(vector: Vector) -> Vector:
    length = hypot(*vector) or 1.0
    return [value / length for value in vector]


def _invoke(target: Target) -> str:
    return f"/model/{quote(target.model, safe='')}/invoke"


def _floats(value: Any) -> Vector:
    if isinstance(value, str):
        return array("f", base64.b64decode(value)).tolist()
    return [float(number) for number in value]


WIRES = {
    "openai": Wire(96, _ask_openai, _read_openai),
    "bedrock-titan": Wire(1, _ask_titan, _read_titan),
    # Cohere's own answer tells them, Bedrock's in a header of every InvokeModel.
    "bedrock-cohere": Wire(96, _ask_cohere, _read_cohere, counted="X-Amzn-Bedrock-Input-Token-Count"),
    "gemini": Wire(100, _ask_gemini, _read_gemini, lambda target: Manners(key_header="x-goog-api-key")),  # noqa: ARG005 - as above
    "sagemaker": Wire(96, _ask_sagemaker, _read_openai, _manners_of_sagemaker),
}
