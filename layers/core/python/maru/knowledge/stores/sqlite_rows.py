"""Rows of the SQLite store: writing, removing and reading them inside a transaction that the caller has begun."""

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from operator import attrgetter
from typing import Any

import apsw

from maru.knowledge.stores import sqlite_queries as queries
from maru.knowledge.stores.filters import AttributeValue, attribute_terms
from maru.knowledge.stores.port import Chunk
from maru.knowledge.stores.tokens import mix_text

Names = dict[str, str | int | None]

_place = attrgetter("tenant", "vector_store_id", "file_id", "version", "chunk_index")
_content = attrgetter(*queries.CONTENT)


def write(connection: apsw.Connection, chunks: Iterable[Chunk]) -> None:
    """Put chunks in the places of the rows with their keys, of several with one key the last."""
    placed = {_place(chunk): chunk for chunk in chunks}
    new = list(placed.values())
    profiles = _profiles(connection, new)
    old = _take_out(connection, placed)
    (first,) = _one(connection, queries.NEXT_ID, {})
    connection.executemany(
        queries.PUT_IN,
        [
            (row, *place, profile, *_content(chunk))
            for row, (place, chunk), profile in zip(count(first), placed.items(), profiles, strict=False)
        ],
    )
    connection.executemany(queries.ADD_WORDS, [(row, mix_text(chunk.searched)) for row, chunk in enumerate(new, first)])
    connection.executemany(queries.ADD_VECTOR, [(row, pack(chunk.vector)) for row, chunk in enumerate(new, first) if chunk.vector])
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


def _take_out(connection: apsw.Connection, places: Iterable[tuple[Any, ...]]) -> set[int]:
    """Delete the rows in these places; returns their profiles."""
    versions: dict[tuple[Any, ...], list[int]] = {}
    for *version, index in places:
        versions.setdefault(tuple(version), []).append(index)
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
