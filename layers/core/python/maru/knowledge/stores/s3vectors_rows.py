"""Rows of the S3 Vectors store, and the one row a file that lists the others."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from maru.knowledge.stores import fields
from maru.knowledge.stores.port import Chunk

#: Rows that one GetVectors takes.
READ = 100
#: A file's list of rows: by version, the numbers of its chunks in rising order.
Manifest = Mapping[int, Sequence[int]]


def vector_of(chunk: Chunk) -> dict[str, Any]:
    """A chunk as PutVectors takes it."""
    return {"key": fields.row_id(chunk), "data": {"float32": list(chunk.vector)}, "metadata": fields.fields(chunk)}


def keys(store: str, file: str, manifest: Manifest) -> list[str]:
    """The keys of the rows that a manifest lists."""
    begin = fields.file_id(store, file)
    return [f"{begin}/{version}/{number}" for version, numbers in manifest.items() for number in numbers]


def manifest_key(store: str, file: str) -> str:
    """The key of a file's list of rows."""
    return f"{fields.file_id(store, file)}/rows"


def manifest_vector(store: str, file: str, manifest: Manifest, length: int) -> dict[str, Any]:
    """A file's list of rows as a row: it has no field that a search's condition asks for, so none finds it."""
    spans = {str(version): _spans(numbers) for version, numbers in manifest.items()}
    content = json.dumps({"store": store, "spans": spans}, ensure_ascii=False)
    direction = [1.0] + [0.0] * (length - 1)  # a vector of zeros has no cosine and is refused
    return {"key": manifest_key(store, file), "data": {"float32": direction}, "metadata": {"content": content}}


def manifest(found: Sequence[Any]) -> dict[int, list[int]]:
    """The list of rows in what GetVectors gave for its key; empty where there is none."""
    if not found:
        return {}
    spans = json.loads(found[0]["metadata"]["content"])["spans"]
    return {int(version): [number for first, last in pairs for number in range(first, last + 1)] for version, pairs in spans.items()}


def store_of(metadata: Mapping[str, Any]) -> str:
    """The store that a row, or a list of rows, belongs to."""
    return str(metadata["store"] if "store" in metadata else json.loads(metadata["content"])["store"])


def _spans(numbers: Iterable[int]) -> list[list[int]]:
    """Rising numbers as [first, last] of each run."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return spans
