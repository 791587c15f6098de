"""Chunks as rows of engines that filter by conditions on fields and know vectors only: Chroma, Pinecone, S3 Vectors.

They share one grammar of conditions (``{"field": {"$eq": value}}``, ``$and``, ``$or``), and none of them orders strings: a condition
that does goes to the engine as a wider one and is checked on what comes back.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from maru.knowledge.stores.filters import AttributeValue, Comparison, Filter, matches
from maru.knowledge.stores.port import Chunk, Hit, SearchScope

Condition = dict[str, Any]
Fields = dict[str, Any]

#: What an ACL holds beside its principals: engines do not take empty lists, and nobody is called that.
_NOBODY = "\x1f"
#: Fields of a chunk that are kept together, out of reach of conditions.
_CONTENT = ("total_chunks", "text", "page", "file_start", "file_end", "source", "heading")
_PLAIN = re.compile(r"[A-Za-z0-9_]{1,40}")
_NEVER: Condition = {"version": {"$lt": 0}}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What engines spell differently: that a list holds one of some values, and that a field is absent (where it can be said)."""

    holds: Callable[[str, Sequence[str]], Condition]
    absent: Callable[[str], Condition] | None


def fields(chunk: Chunk) -> Fields:
    """A chunk's row, without its vector; ``content`` is for `chunk_of` alone."""
    content = {name: getattr(chunk, name) for name in _CONTENT} | {"attributes": dict(chunk.attributes)}
    return {
        "store": chunk.vector_store_id,
        "file": chunk.file_id,
        "version": chunk.version,
        "index": chunk.chunk_index,
        "acl": acl_field(chunk.acl),
        "content": json.dumps(content, ensure_ascii=False),
        **{_field(key, value): value for key, value in chunk.attributes.items()},
    }


def acl_field(acl: Sequence[str]) -> list[str]:
    """An ACL as a list that is never empty."""
    return [*acl, _NOBODY]


def chunk_of(tenant: str, row: Fields) -> Chunk:
    """The chunk of a row that came back."""
    return Chunk(
        tenant=tenant,
        vector_store_id=row["store"],
        file_id=row["file"],
        version=int(row["version"]),
        chunk_index=int(row["index"]),
        acl=tuple(entry for entry in row["acl"] if entry != _NOBODY),
        **json.loads(row["content"]),
    )


def row_id(chunk: Chunk) -> str:
    """The row's id within its tenant: of fixed length and plain letters, whatever the ids hold."""
    return f"{file_id(chunk.vector_store_id, chunk.file_id)}/{chunk.version}/{chunk.chunk_index}"


def file_id(store: str, file: str) -> str:
    """What the ids of a file's rows in a store begin with."""
    return hashlib.sha256(f"{store}\0{file}".encode()).hexdigest()[:40]


def tenant_id(tenant: str) -> str:
    """A tenant's name where engines allow few characters; no two tenants share one."""
    return hashlib.sha256(tenant.encode()).hexdigest()[:32]


def allowed(scope: SearchScope, dialect: Dialect) -> Condition:
    """The condition that holds for the rows which the scope lets through, and for others only where `exact` says so."""
    parts: list[Condition] = [{"store": {"$in": list(scope.vector_store_ids)}}, dialect.holds("acl", scope.principals)]
    wider = _wider(scope.filters, dialect) if scope.filters else None
    return {"$and": [*parts, *([wider] if wider else [])]}


def exact(scope: SearchScope) -> bool:
    """Whether `allowed` lets no other rows through."""
    return scope.filters is None or not _orders_strings(scope.filters)


def file_rows(store: str, file: str, *, version: int | None = None, keep_version: int | None = None) -> Condition:
    """The condition for the rows of a file, of one version or of all but one of it."""
    parts: list[Condition] = [{"store": {"$eq": store}}, {"file": {"$eq": file}}]
    parts += [{"version": {"$eq": version}}] if version is not None else []
    parts += [{"version": {"$ne": keep_version}}] if keep_version is not None else []
    return {"$and": parts}


def page_rows(store: str, file: str, version: int, after: int, limit: int) -> Condition:
    """The condition for ``limit`` chunks behind ``after``: a version's chunks are numbered without gaps."""
    window = [{"index": {"$gt": after}}, {"index": {"$lte": after + limit}}]
    return {"$and": [*file_rows(store, file, version=version)["$and"], *window]}


def found(scope: SearchScope, rows: Sequence[tuple[Fields, float]], k: int) -> list[Hit]:
    """The best ``k`` hits of rows with their cosines, nearest first, that the whole filter lets through."""
    hits = [(chunk_of(scope.tenant, row), max(-1.0, min(1.0, cosine))) for row, cosine in rows]
    kept = [one for one in hits if scope.filters is None or matches(scope.filters, one[0].attributes)]
    return [Hit(chunk, cosine, vector_score=cosine) for chunk, cosine in kept[:k]]


def search(scope: SearchScope, k: int, ask: Callable[[int], Sequence[tuple[Fields, float]]], *, most: int) -> list[Hit]:
    """The best ``k`` rows by ``ask``, which gives so many of the nearest; it is asked for more while too few pass the whole filter."""
    size = k if exact(scope) else min(4 * k + 50, most)
    while True:
        rows = ask(size)
        hits = found(scope, rows, k)
        if len(hits) >= k or len(rows) < size or size >= most:
            return hits
        size = min(size * 4, most)


def _wider(part: Filter, dialect: Dialect) -> Condition | None:
    """The condition for a filter, or a wider one where the engine cannot say it; None where that is no condition at all."""
    if isinstance(part, Comparison):
        return None if _orders_strings(part) else _comparison(part, dialect)
    inner = [_wider(one, dialect) for one in part.filters]
    if part.operator == "or":
        return None if None in inner else {"$or": inner} if len(inner) > 1 else inner[0]
    said = [one for one in inner if one is not None]
    return {"$and": said} if len(said) > 1 else said[0] if said else None


def _orders_strings(part: Filter) -> bool:
    if isinstance(part, Comparison):
        return part.operator in ("gt", "gte", "lt", "lte") and isinstance(part.values[0], str)
    return any(map(_orders_strings, part.filters))


def _comparison(part: Comparison, dialect: Dialect) -> Condition | None:
    if part.operator in ("gt", "gte", "lt", "lte"):
        return {_field(part.key, part.values[0]): {f"${part.operator}": part.values[0]}}
    by_field: dict[str, list[AttributeValue]] = {}
    for value in part.values:
        by_field.setdefault(_field(part.key, value), []).append(value)
    if part.operator in ("eq", "in"):
        return _any([{field: {"$in": values}} for field, values in by_field.items()])
    without = [_without(field, values, dialect) for field, values in by_field.items()]
    return {"$and": without} if len(without) > 1 else without[0] if without else None


def _any(parts: list[Condition]) -> Condition:
    return {"$or": parts} if len(parts) > 1 else parts[0] if parts else _NEVER


def _without(field: str, values: list[AttributeValue], dialect: Dialect) -> Condition:
    other = {field: {"$nin": values}}
    return {"$or": [dialect.absent(field), other]} if dialect.absent else other


def _field(key: str, value: AttributeValue) -> str:
    """One field per key and type: types never mix. A key that engines may not take is replaced by its digest."""
    kind = "b" if isinstance(value, bool) else "s" if isinstance(value, str) else "n"
    plain = key if _PLAIN.fullmatch(key) else "h_" + hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"{kind}_{plain}"
