"""Amazon S3 Vectors behind boto3's own client: each request is checked against botocore's model, and so is each answer.

The client is real up to the socket. Limits are those of the service's documentation; pages are short, so that reading on is tested.
"""

import io
import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.validate import ParamValidator

from tests.fakes.conditions import BadCondition, meets

BUCKET = "maru-vectors"
PAGE = 30


class Refusal(Exception):
    """An error of the service."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


class S3Vectors:
    """The service with one vector bucket; ``busy`` next calls are answered TooManyRequestsException; ``calls`` names them all."""

    def __init__(self) -> None:
        self.indexes: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, dict[str, dict[str, Any]]] = {}
        self.busy = 0
        self.calls: list[str] = []
        self.client: Any = boto3.client(
            "s3vectors",
            region_name="ap-northeast-2",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )
        self._model = self.client.meta.service_model
        self._operations = {self._model.operation_model(name).http["requestUri"]: name for name in self._model.operation_names}
        self.client.meta.events.register("before-send.s3vectors", self._answer)

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        name = self._operations["/" + request.url.rsplit("/", 1)[1]]
        operation, body = (
            self._model.operation_model(name),
            json.loads(_text(request.body)),
        )
        self.calls.append(name)
        try:
            _check(body, operation.input_shape)
            if self.busy:
                self.busy -= 1
                raise Refusal("TooManyRequestsException", 429)
            if body.get("vectorBucketName") != BUCKET:
                raise Refusal("NotFoundException", 404)
            answer = getattr(self, f"_{name}")(**body)
            _check(answer, operation.output_shape)
        except BadCondition as bad:
            return _response(request, 400, {"message": str(bad)}, "ValidationException")
        except Refusal as refusal:
            return _response(request, refusal.status, {"message": refusal.code}, refusal.code)
        return _response(request, 200, answer)

    def _GetVectorBucket(self, **_: Any) -> Any:  # noqa: N802 - named as the operation is
        return {"vectorBucket": {"vectorBucketName": BUCKET, "vectorBucketArn": _arn(""), "creationTime": 1_760_000_000}}

    def _CreateIndex(self, indexName: str, dimension: int, distanceMetric: str, **more: Any) -> Any:  # noqa: N802, N803
        if indexName in self.indexes:
            raise Refusal("ConflictException", 409)
        hidden = more.get("metadataConfiguration", {}).get("nonFilterableMetadataKeys", [])
        self.indexes[indexName] = {"dimension": dimension, "metric": distanceMetric, "hidden": frozenset(hidden)}
        self.rows[indexName] = {}
        return {"indexArn": _arn(indexName)}

    def _ListIndexes(self, prefix: str = "", nextToken: str = "0", **_: Any) -> Any:  # noqa: N802, N803
        names = sorted(name for name in self.indexes if name.startswith(prefix))
        page, more = _page(names, nextToken, 1)
        summaries = [
            {"indexName": name, "indexArn": _arn(name), "vectorBucketName": BUCKET, "creationTime": 1_760_000_000} for name in page
        ]
        return {"indexes": summaries, **more}

    def _PutVectors(self, indexName: str, vectors: list[Any], **_: Any) -> Any:  # noqa: N802, N803
        index = self._index(indexName)
        for vector in vectors:
            values = vector["data"]["float32"]
            if len(values) != index["dimension"] or not any(values) or not all(map(math.isfinite, values)):
                raise Refusal("ValidationException")
            _check_metadata(vector.get("metadata", {}), index["hidden"])
        for vector in vectors:
            values = [struct.unpack("f", struct.pack("f", value))[0] for value in vector["data"]["float32"]]
            self.rows[indexName][vector["key"]] = {"values": values, "metadata": vector.get("metadata", {})}
        return {}

    def _GetVectors(self, indexName: str, keys: list[str], **wanted: Any) -> Any:  # noqa: N802, N803
        self._index(indexName)
        found = [(key, self.rows[indexName][key]) for key in dict.fromkeys(keys) if key in self.rows[indexName]]
        return {"vectors": [_shown(key, row, wanted) for key, row in found]}

    def _DeleteVectors(self, indexName: str, keys: list[str], **_: Any) -> Any:  # noqa: N802, N803
        self._index(indexName)
        for key in keys:
            self.rows[indexName].pop(key, None)
        return {}

    def _ListVectors(self, indexName: str, nextToken: str = "0", **wanted: Any) -> Any:  # noqa: N802, N803
        self._index(indexName)
        page, more = _page(sorted(self.rows[indexName].items()), nextToken, PAGE)
        return {"vectors": [_shown(key, row, wanted) for key, row in page], **more}

    def _QueryVectors(  # noqa: N802
        self,
        indexName: str,  # noqa: N803
        topK: int,  # noqa: N803
        queryVector: Any,  # noqa: N803
        nextToken: str = "0",  # noqa: N803
        **wanted: Any,
    ) -> Any:
        index, condition = self._index(indexName), wanted.get("filter")
        if topK > 10_000 or len(queryVector["float32"]) != index["dimension"]:
            raise Refusal("ValidationException")
        if condition is not None and _fields(condition) & index["hidden"]:
            raise Refusal("ValidationException")
        near = [
            (key, row | {"distance": 1 - _cosine(row["values"], queryVector["float32"])})
            for key, row in self.rows[indexName].items()
            if condition is None or meets(condition, row["metadata"])
        ]
        near.sort(key=lambda one: one[1]["distance"])
        page, more = _page(near[:topK], nextToken, PAGE)
        vectors = [{**_shown(key, row, wanted), "distance": row["distance"]} for key, row in page]
        return {"vectors": vectors, "distanceMetric": index["metric"], **more}

    def _index(self, name: str) -> dict[str, Any]:
        if name not in self.indexes:
            raise Refusal("NotFoundException", 404)
        return self.indexes[name]


def _text(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body)


def _check(body: Any, shape: Any) -> None:
    report = ParamValidator().validate(body, shape)
    if report.has_errors():
        raise AssertionError(f"not as botocore's model has it: {report.generate_report()}")


def _check_metadata(metadata: Mapping[str, Any], hidden: frozenset[str]) -> None:
    filterable = {key: value for key, value in metadata.items() if key not in hidden}
    for value in metadata.values():
        entries = value if isinstance(value, list) else [value]
        if not entries or not all(isinstance(one, str | bool | int | float) for one in entries):
            raise Refusal("ValidationException")
    if _size(filterable) > 2048 or _size(metadata) > 40_960 or len(metadata) > 50:
        raise Refusal("ValidationException")


def _size(metadata: Mapping[str, Any]) -> int:
    return len(json.dumps(metadata, ensure_ascii=False).encode())


def _fields(condition: Any) -> set[str]:
    if isinstance(condition, list):
        return {name for one in condition for name in _fields(one)}
    return {name for key, value in condition.items() for name in (_fields(value) if key.startswith("$") else {key})}


def _shown(key: str, row: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {"metadata": row["metadata"]} if wanted.get("returnMetadata") else {}
    return {"key": key, **metadata, **({"data": {"float32": row["values"]}} if wanted.get("returnData") else {})}


def _page[T](items: list[T], token: str, size: int) -> tuple[list[T], dict[str, str]]:
    start = int(token)
    return items[start : start + size], {"nextToken": str(start + size)} if len(items) > start + size else {}


def _cosine(one: list[float], other: list[float]) -> float:
    return math.sumprod(one, other) / math.hypot(*one) / math.hypot(*other)


def _arn(index: str) -> str:
    return f"arn:aws:s3vectors:ap-northeast-2:123456789012:bucket/{BUCKET}" + (f"/index/{index}" if index else "")


def _response(request: AWSPreparedRequest, status: int, body: Any, error: str = "") -> AWSResponse:
    headers = HTTPHeaders()
    headers["content-type"] = "application/json"
    if error:
        headers["x-amzn-errortype"] = error
    return AWSResponse(request.url, status, headers, _Raw(json.dumps(body).encode()))
