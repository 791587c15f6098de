"""Rows of the SQLite store: writing, removing and reading them inside a transaction that the caller has begun."""

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import apsw

from maru.knowledge.stores import sqlite_queries as queries
from maru.knowledge.stores.filters import AttributeValue, attribute_terms
from maru.knowledge.stores.port import Chunk
from maru.knowledge.stores.tokens import mix_tokens

Names = dict[str, str | int | None]


def write(connection: apsw.Connection, chunk: Chunk) -> None:
    """Put a chunk in the place of the row with its key."""
    labels = json.dumps(dict(chunk.attributes), ensure_ascii=False, sort_keys=True)
    new = _profile(connection, chunk.tenant, chunk.acl, labels)
    place: Names = {
        "tenant": chunk.tenant,
        "store": chunk.vector_store_id,
        "file": chunk.file_id,
        "version": chunk.version,
        "index": chunk.chunk_index,
    }
    old = [profile for (profile,) in connection.execute(queries.TAKE_OUT, place)]
    content = {name: getattr(chunk, name) for name in queries.CONTENT}
    (row,) = _one(connection, queries.PUT_IN, place | content | {"profile": new})
    connection.execute(queries.ADD_WORDS, (row, " ".join(mix_tokens(chunk.searched))))
    if chunk.vector:
        connection.execute(queries.ADD_VECTOR, (row, pack(chunk.vector)))
    _sweep(connection, [profile for profile in old if profile != new])


def remove(connection: apsw.Connection, rows: Names) -> None:
    """Delete rows by ``tenant`` and ``store``, and where they are not None by ``file``, ``version`` and ``keep`` (a version)."""
    _sweep(connection, {profile for (profile,) in connection.execute(queries.REMOVE, rows)})


def set_acl(connection: apsw.Connection, file: Names, acl: Sequence[str]) -> None:
    """Move every row of a file (``tenant``, ``store``, ``file``) to the profile with this ACL and its own attributes."""
    old: list[Any] = connection.execute(queries.PROFILES_OF_FILE, file).fetchall()
    for profile, attributes in old:
        new = _profile(connection, str(file["tenant"]), acl, attributes)
        connection.execute(queries.MOVE_PROFILE, {**file, "old": profile, "new": new})
    _sweep(connection, [profile for profile, _ in old])


def scored(connection: apsw.Connection, sql: str, values: queries.Values) -> list[tuple[Chunk, float]]:
    """The chunks, in the order of a query that gives ids and scores."""
    leg: list[Any] = connection.execute(sql, values).fetchall()
    found = {row[0]: chunk(row[1:]) for row in connection.execute(queries.BY_ID, {"ids": json.dumps([row for row, _ in leg])})}
    return [(found[row], score) for row, score in leg]


def chunk(row: Sequence[Any]) -> Chunk:
    """A chunk from the columns of `queries.COLUMNS` without the id."""
    tenant, acl, attributes, store, file, version, index, *content = row
    return Chunk(
        tenant=tenant,
        acl=tuple(json.loads(acl)),
        attributes=json.loads(attributes),
        vector_store_id=store,
        file_id=file,
        version=version,
        chunk_index=index,
        **dict(zip(queries.CONTENT, content, strict=True)),
    )


def pack(vector: Sequence[float]) -> bytes:
    """A vector as sqlite-vec reads it: little-endian 32-bit floats."""
    return struct.pack(f"<{len(vector)}f", *vector)


def _profile(connection: apsw.Connection, tenant: str, acl: Sequence[str], attributes: str) -> int:
    names = {"tenant": tenant, "acl": json.dumps(list(acl), ensure_ascii=False), "attributes": attributes}
    found = connection.execute(queries.FIND_PROFILE, names).fetchone()
    if found:
        return int(found[0])
    (profile,) = _one(connection, queries.ADD_PROFILE, names)
    values: dict[str, AttributeValue] = json.loads(attributes)
    terms = {*map(queries.acl_term, acl), *attribute_terms(values)}
    connection.executemany(queries.ADD_TERM, [(tenant, term, profile) for term in terms])
    return int(profile)


def _sweep(connection: apsw.Connection, profiles: Iterable[int]) -> None:
    """Forget profiles that no row refers to any more: attributes may be personal and go with their document."""
    connection.executemany(queries.SWEEP, [(profile,) for profile in profiles])


def _one(connection: apsw.Connection, sql: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    (row,) = connection.execute(sql, values).fetchall()
    return row
