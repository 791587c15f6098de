"""SQL of the PostgreSQL store as constants and pure functions: a scope becomes conditions and values, nothing is executed here."""
# ruff: noqa: S608 - statements are put together from the constants below; every value travels as a parameter.

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from maru.knowledge.stores import postgres_schema as schema
from maru.knowledge.stores.codes import codes, phrases
from maru.knowledge.stores.filters import Comparison, as_terms, attribute_terms, in_sql
from maru.knowledge.stores.options import IndexOptions
from maru.knowledge.stores.port import Chunk, SearchScope
from maru.knowledge.stores.tokens import mix_tokens, query_tokens

Values = dict[str, Any]
Statement = tuple[str, Values]

#: Rows that pass a scope up to which they are compared one by one: exact, and quicker than a walk that a filter makes long.
EXACT = 10_000

_CONTENT = ("total_chunks", "text", "page", "file_start", "file_end", "source", "heading")
_FILE = "tenant = :tenant AND store = :store AND file = :file"
_ROW = "tenant, store, file, version, chunk_index"

PUT = f"""
WITH given AS MATERIALIZED (SELECT * FROM json_to_recordset(:rows::json) AS r(
        store text, file text, version bigint, chunk_index int, acl json, labels json, content text, dimensions int, embedding text,
        length int, words json)),
    new AS (INSERT INTO maru.chunks({_ROW}, acl, labels)
        SELECT :tenant, store, file, version, chunk_index, ARRAY(SELECT json_array_elements_text(acl)),
            ARRAY(SELECT json_array_elements_text(labels)) FROM given
        RETURNING id, store, file, version, chunk_index),
    known AS MATERIALIZED (SELECT new.id, given.* FROM given JOIN new USING (store, file, version, chunk_index)),
    contents AS (INSERT INTO maru.contents SELECT id, :tenant, content FROM known),
    vectors AS (INSERT INTO maru.vectors SELECT id, :tenant, dimensions, embedding::vector FROM known WHERE dimensions > 0)
INSERT INTO maru.words SELECT :tenant, maru.token(w.key), id, least(sum(w.value::int), 32000), length
    FROM known, json_each_text(words) w GROUP BY 2, 3, 5
"""
#: Kept by the statements that change rows, in the transaction that does: counting them anew would read them all.
COUNT = """
INSERT INTO maru.totals SELECT :tenant, :chunks::bigint, :length::bigint
ON CONFLICT (tenant) DO UPDATE SET chunks = maru.totals.chunks + excluded.chunks, length = maru.totals.length + excluded.length
"""
#: Rows and words of what a deletion is about to take.
GOING = (
    "SELECT count(*), coalesce(sum((SELECT length FROM maru.words w WHERE w.id = c.id LIMIT 1)), 0) FROM maru.chunks c WHERE {condition}"
)
_PLACES = (
    "(SELECT store, file, version, chunk_index FROM json_to_recordset(:rows::json)"
    " AS r(store text, file text, version bigint, chunk_index int))"
)
GOING_ROWS = GOING.format(condition=f"c.tenant = :tenant AND (c.store, c.file, c.version, c.chunk_index) IN {_PLACES}")
REPLACE = f"DELETE FROM maru.chunks c WHERE c.tenant = :tenant AND (c.store, c.file, c.version, c.chunk_index) IN {_PLACES}"
SET_ACL = f"UPDATE maru.chunks SET acl = ARRAY(SELECT json_array_elements_text(:acl::json)) WHERE {_FILE}"
CONTENTS = f"SELECT c.id, {_ROW.replace('tenant', 'c.tenant')}, acl, content FROM maru.chunks c JOIN maru.contents t USING (id)"
ROWS = "SELECT coalesce(max(chunks), 0) FROM maru.totals WHERE tenant = :tenant"
READ = f"{CONTENTS} WHERE c.id IN (SELECT json_array_elements_text(:ids::json)::bigint)"
LISTING = (
    f"{CONTENTS} WHERE c.tenant = :tenant AND store = :store AND file = :file AND version = :version AND chunk_index > :after"
    " ORDER BY chunk_index LIMIT :limit"
)


def rows_of(*, file: bool, version: int | None = None, keep_version: int | None = None) -> str:
    """The condition for the rows of a store, or of one file, or of one version or all but one of it."""
    condition = _FILE if file else "tenant = :tenant AND store = :store"
    condition += " AND version = :version" if version is not None else ""
    return condition + (" AND version <> :keep" if keep_version is not None else "")


def written(chunks: Iterable[Chunk]) -> tuple[str, int, int]:
    """The parameter ``rows``, and how many rows and words it holds."""
    rows = [_row(chunk) for chunk in chunks]
    return json.dumps(rows, ensure_ascii=False), len(rows), sum(row["length"] for row in rows)


def chunk_of(row: Sequence[Any]) -> Chunk:
    """The chunk of a row of `CONTENTS`."""
    _, tenant, store, file, version, index, acl, content = row
    return Chunk(
        tenant=tenant, vector_store_id=store, file_id=file, version=version, chunk_index=index, acl=tuple(acl), **json.loads(content)
    )


def few(scope: SearchScope) -> Statement:
    """Whether no more rows pass the scope than are compared one by one."""
    condition, values = _allowed(scope)
    counted = f"SELECT 1 FROM maru.chunks c WHERE {condition} LIMIT :few + 1"
    return f"SELECT count(*) <= :few FROM ({counted}) AS passing", values | {"few": EXACT}


def nearest(scope: SearchScope, vector: Sequence[float], k: int, *, options: IndexOptions, one_by_one: bool) -> Statement:
    """Ids and cosine similarities of the nearest rows: by the graph, or exactly."""
    condition, values = _allowed(scope)
    values |= {"vector": text_of(vector), "length": len(vector), "k": k}
    cosine = "1 - (v.embedding <=> :vector::vector)"
    if one_by_one or len(vector) > schema.INDEXED_DIMENSIONS[options.quantisation]:
        passing = f"passing AS MATERIALIZED (SELECT c.id FROM maru.chunks c WHERE {condition})"
        sql = (
            f"WITH {passing} SELECT v.id, {cosine} AS cosine FROM passing"
            " JOIN maru.vectors v ON v.id = passing.id AND v.dimensions = :length ORDER BY cosine DESC, v.id LIMIT :k"
        )
        return sql, values
    distance = f"{schema.compared(len(vector), options)} <=> {schema.asked(len(vector), options)}"
    # The number stands in the text, for only then does the planner see that the graph for this length will do.
    found = (
        f"SELECT v.id, {cosine} AS cosine FROM maru.vectors v JOIN maru.chunks c ON c.id = v.id"
        f" WHERE v.dimensions = {len(vector):d} AND {condition} ORDER BY {distance} LIMIT :k"
    )
    return f"SELECT * FROM ({found}) AS near ORDER BY cosine DESC, id", values


def matching(scope: SearchScope, query: str, k: int) -> Statement | None:
    """Ids and BM25 scores (k1 1.2, b .75, Lucene's idf, the factor k1 + 1 kept); None for a query without words."""
    tokens = query_tokens(query)
    if not tokens:
        return None
    condition, values = _allowed(scope)
    sql = f"""
WITH asked AS MATERIALIZED (SELECT DISTINCT maru.token(w) AS token FROM json_array_elements_text(:tokens::json) w),
    held AS MATERIALIZED (SELECT w.token, w.id, w.times, w.length
        FROM asked JOIN maru.words w ON w.tenant = :tenant AND w.token = asked.token),
    rarity AS (SELECT token, ln((greatest(t.chunks, count(*)) + 1) / (count(*) + 0.5)) AS idf, t.length::float8 / t.chunks AS mean
        FROM held, maru.totals t WHERE t.tenant = :tenant GROUP BY token, t.chunks, t.length)
SELECT held.id, sum(idf * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * held.length / mean)))::float8 AS score
    FROM held JOIN rarity USING (token) JOIN maru.chunks c ON c.id = held.id WHERE {condition}
    GROUP BY held.id ORDER BY score DESC, held.id LIMIT :k
"""
    parts = [part for one in phrases(query) if not one.open for part in one.text.split()]  # err 4012, where err4012 is asked for
    return sql, values | {"tokens": json.dumps(list(dict.fromkeys([*tokens, *codes(query), *parts])), ensure_ascii=False), "k": k}


def text_of(vector: Sequence[float]) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(map(repr, map(float, vector))) + "]"


def _row(chunk: Chunk) -> dict[str, Any]:
    words = Counter(mix_tokens(chunk.searched))
    content = {name: getattr(chunk, name) for name in _CONTENT} | {"attributes": dict(chunk.attributes)}
    return {
        "store": chunk.vector_store_id,
        "file": chunk.file_id,
        "version": chunk.version,
        "chunk_index": chunk.chunk_index,
        "acl": list(chunk.acl),
        "labels": attribute_terms(chunk.attributes),
        "content": json.dumps(content, ensure_ascii=True),  # PostgreSQL's texts hold no NUL; escapes do
        "dimensions": len(chunk.vector),
        "embedding": text_of(chunk.vector),
        "length": sum(words.values()),
        "words": words,
    }


def _allowed(scope: SearchScope) -> Statement:
    """A condition on ``maru.chunks c`` that holds exactly for the rows which the scope lets through, and its values."""
    values: Values = {
        "tenant": scope.tenant,
        "stores": json.dumps(scope.vector_store_ids),
        "principals": json.dumps(scope.principals),
    }
    condition = (
        "c.tenant = :tenant AND c.store = ANY (ARRAY(SELECT json_array_elements_text(:stores::json)))"
        " AND c.acl && ARRAY(SELECT json_array_elements_text(:principals::json))"
    )
    if scope.filters is not None:
        condition += f" AND {in_sql(scope.filters, partial(_comparison, values))}"
    return condition, values


def _comparison(values: Values, comparison: Comparison) -> str:
    wanted, name = as_terms(comparison), f"f{len(values)}"
    if wanted.low is not None and wanted.high is not None:
        values |= {f"{name}_low": wanted.low, f"{name}_high": wanted.high}
        test = f'label >= :{name}_low::text COLLATE "C" AND label < :{name}_high::text COLLATE "C"'
        return f"EXISTS (SELECT FROM unnest(c.labels) AS l(label) WHERE {test.replace('label ', 'label COLLATE "C" ')})"
    values[name] = json.dumps(wanted.terms)
    found = f"c.labels && ARRAY(SELECT json_array_elements_text(:{name}::json))"
    return f"NOT ({found})" if wanted.negated else found
