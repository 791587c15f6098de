"""Rows of the SQLite store: writing, removing and reading them inside a transaction that the caller has begun."""

import json
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import apsw

from maru.knowledge.stores import sqlite_queries as queries
from maru.knowledge.stores.filters import AttributeValue, attribute_terms
from maru.knowledge.stores.port import Chunk
from maru.knowledge.stores.tokens import mix_tokens

Names = dict[str, str | int | None]


def write(connection: apsw.Connection, chunks: Iterable[Chunk]) -> None:
    """Put chunks in the places of the rows with their keys, of several with one key the last."""
    new = list({_place(chunk): chunk for chunk in chunks}.values())
    profiles = _profiles(connection, new)
    old = _take_out(connection, new)
    (first,) = _one(connection, queries.NEXT_ID, {})
    numbered = list(enumerate(new, int(first)))
    connection.executemany(
        queries.PUT_IN,
        [
            (row, *_place(chunk), profile, *(getattr(chunk, name) for name in queries.CONTENT))
            for (row, chunk), profile in zip(numbered, profiles, strict=True)
        ],
    )
    connection.executemany(queries.ADD_WORDS, [(row, " ".join(mix_tokens(chunk.searched))) for row, chunk in numbered])
    connection.executemany(queries.ADD_VECTOR, [(row, pack(chunk.vector)) for row, chunk in numbered if chunk.vector])
    _sweep(connection, old - set(profiles))


def _profiles(connection: apsw.Connection, chunks: Iterable[Chunk]) -> list[int]:
    """The profile of each chunk; those of one file share their mapping of attributes, which is written out once."""
    known: dict[tuple[str, tuple[str, ...], int], int] = {}
    found = []
    for chunk in chunks:
        shared = chunk.tenant, chunk.acl, id(chunk.attributes)
        if shared not in known:
            labels = json.dumps(dict(chunk.attributes), ensure_ascii=False, sort_keys=True)
            known[shared] = _profile(connection, chunk.tenant, chunk.acl, labels)
        found.append(known[shared])
    return found


def _place(chunk: Chunk) -> tuple[str | int, ...]:
    return chunk.tenant, chunk.vector_store_id, chunk.file_id, chunk.version, chunk.chunk_index


def _take_out(connection: apsw.Connection, chunks: Iterable[Chunk]) -> set[int]:
    """Delete the rows in the chunks' places; returns their profiles."""
    versions: dict[tuple[str | int, ...], list[int]] = {}
    for chunk in chunks:
        versions.setdefault(_place(chunk)[:-1], []).append(chunk.chunk_index)
    found: list[list[Any]] = [
        connection.execute(queries.TAKE_OUT, (*version, json.dumps(indexes))).fetchall() for version, indexes in versions.items()
    ]
    return {profile for rows in found for (profile,) in rows}


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
    packed = array("f", vector)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


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
