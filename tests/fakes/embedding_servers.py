"""Stand-ins for the embedding models of Bedrock's InvokeModel and of SageMaker, written from AWS's documentation and proved by boto3.

Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and …/model-parameters-embed.html
"""

import re
from typing import Any
from urllib.parse import unquote

from tests.fakes.chat_server import SageMakerServer
from tests.fakes.openai_server import base64_of, vector
from tests.fakes.play import ModelServer, Wrong

_OPENAIS = {"model", "input", "dimensions", "user", "encoding_format"}
_SIZES = {"titan-embed-text-v2": {256, 512, 1024}, "cohere.embed-v4": {256, 512, 1024, 1536}}


class InvokeServer(ModelServer):
    """``POST /model/{modelId}/invoke`` for Titan's and Cohere's embedding models; a text's length is the vector's first number."""

    def check(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
        """What each model takes."""
        if not headers.get("authorization", "").startswith(("AWS4-HMAC-SHA256 ", "Bearer ")):
            raise Wrong("Missing Authentication Token")
        model = _model(path)
        known, needed, truncates = _fields(model)
        if wrong := body.keys() - known or needed - body.keys():
            raise Wrong(f"Malformed input request: #: extraneous or missing key [{min(wrong)}], please reformat your input")
        if body.get("truncate", "NONE") not in truncates:
            raise Wrong(f"truncate must be one of {sorted(truncates)}")
        size = body.get("dimensions") or body.get("output_dimension")
        if size and size not in next(sizes for name, sizes in _SIZES.items() if name in model):
            raise Wrong("Malformed input request: #/dimensions: is not a valid enum value, please reformat your input")
        if "texts" in body:
            _check_texts(model, body)

    def wrong(self, message: str) -> tuple[int, dict[str, str], Any]:
        """A ValidationException."""
        return 400, {"x-amzn-ErrorType": "ValidationException"}, {"message": message}

    def streams(self, path: str, body: dict[str, Any]) -> bool:
        """No embedding does."""
        return False

    def whole(self, path: str, body: dict[str, Any]) -> Any:
        """As the model that is named answers."""
        if "titan" in _model(path):
            found = vector(body["inputText"], body.get("dimensions", 1024))
            return {"embedding": found, "inputTextTokenCount": 3, "embeddingsByType": {"float": found}}
        rows = [vector(one, body.get("output_dimension") or 1024) for one in body["texts"]]
        head = {"id": "e-1", "texts": body["texts"]}
        if "embedding_types" in body:
            return {**head, "response_type": "embeddings_by_type", "embeddings": {"float": rows}}
        return {**head, "response_type": "embeddings_floats", "embeddings": rows}


class EmbeddingEndpoint(SageMakerServer):
    """An endpoint whose vLLM serves an embedding model: ``/invocations`` takes what ``/v1/embeddings`` does."""

    def check(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
        """The path, and the fields of OpenAI's embeddings."""
        if not re.fullmatch(r"/endpoints/[^/]+/invocations", path) or body.keys() - _OPENAIS:
            raise Wrong("unknown field")

    def whole(self, path: str, body: dict[str, Any]) -> Any:
        """OpenAI's list of embeddings."""
        rows = [vector(one, body.get("dimensions") or 4) for one in body["input"]]
        packed = body.get("encoding_format") == "base64"
        data = [{"object": "embedding", "index": i, "embedding": base64_of(row) if packed else row} for i, row in enumerate(rows)]
        return {"object": "list", "model": "up", "data": data, "usage": {"prompt_tokens": 7, "total_tokens": 7}}


def _model(path: str) -> str:
    found = re.fullmatch(r"/model/([^/]+)/invoke", path)
    if found is None:
        raise Wrong(f"no such operation: {path}")
    return unquote(found[1])


def _fields(model: str) -> tuple[set[str], set[str], set[str]]:
    """The fields that it knows, those that it needs, and how it may truncate."""
    if "titan-embed-text-v1" in model:
        return {"inputText"}, {"inputText"}, {"NONE"}
    if "titan" in model:
        return {"inputText", "dimensions", "normalize", "embeddingTypes"}, {"inputText"}, {"NONE"}
    cohere = {"texts", "images", "input_type", "truncate", "embedding_types"}
    if "embed-v4" in model:
        return cohere | {"inputs", "output_dimension", "max_tokens"}, {"input_type"}, {"NONE", "LEFT", "RIGHT"}
    return cohere, {"input_type"}, {"NONE", "START", "END"}


def _check_texts(model: str, body: dict[str, Any]) -> None:
    if body["input_type"] not in {"search_document", "search_query", "classification", "clustering"}:
        raise Wrong("valid input_type must be provided with the provided model")
    if not 1 <= len(body["texts"]) <= 96:
        raise Wrong("expected 1 to 96 texts")
    if "embed-v4" not in model and any(len(text) > 2048 for text in body["texts"]):
        raise Wrong("Malformed input request: expected maxLength: 2048, please reformat your input")
