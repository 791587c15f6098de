"""The tables of the PostgreSQL store, each guarded by row-level security, and what a connection to them must be."""

from maru.knowledge.stores.options import IndexOptions

#: The most dimensions that pgvector's HNSW takes: of ``vector`` and of ``halfvec``. Longer vectors are compared one by one.
INDEXED_DIMENSIONS = {"none": 2000, "scalar": 4000}
#: Longest vectors that a column holds.
MAX_DIMENSIONS = 16_000
#: Numbers the one lock under which tables are made.
LOCK = 0x4D617275

_TENANT = "current_setting('maru.tenant', true)"

#: Narrow rows that filters read; texts, vectors and words stand apart. Words are kept as numbers: equality of numbers is one of the
#: few conditions that PostgreSQL lets an index answer before the row's tenant is checked (it is leakproof), containment is not.
_TABLES = """
CREATE SCHEMA IF NOT EXISTS maru;
CREATE TABLE IF NOT EXISTS maru.chunks(
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text NOT NULL, store text NOT NULL, file text NOT NULL,
    version bigint NOT NULL, chunk_index int NOT NULL, acl text[] NOT NULL, labels text[] NOT NULL,
    UNIQUE(tenant, store, file, version, chunk_index));
CREATE TABLE IF NOT EXISTS maru.contents(
    id bigint PRIMARY KEY REFERENCES maru.chunks ON DELETE CASCADE, tenant text NOT NULL, content text NOT NULL);
CREATE TABLE IF NOT EXISTS maru.vectors(
    id bigint PRIMARY KEY REFERENCES maru.chunks ON DELETE CASCADE, tenant text NOT NULL,
    dimensions int NOT NULL, embedding vector NOT NULL);
CREATE TABLE IF NOT EXISTS maru.words(
    tenant text NOT NULL, token bigint NOT NULL, id bigint NOT NULL REFERENCES maru.chunks ON DELETE CASCADE,
    times smallint NOT NULL, length int NOT NULL);
CREATE INDEX IF NOT EXISTS words_token ON maru.words(tenant, token) INCLUDE (id, times, length);
CREATE INDEX IF NOT EXISTS words_id ON maru.words(id);
CREATE TABLE IF NOT EXISTS maru.totals(tenant text PRIMARY KEY, chunks bigint NOT NULL, length bigint NOT NULL);
CREATE OR REPLACE FUNCTION maru.token(word text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT hashtextextended(coalesce((ts_lexize('pg_catalog.english_stem', word))[1], word), 0) $$;
"""
_GUARDED = ("chunks", "contents", "vectors", "words", "totals")


def statements() -> list[str]:
    """What makes the tables; each statement may be repeated."""
    guards = [
        f"ALTER TABLE maru.{table} ENABLE ROW LEVEL SECURITY; ALTER TABLE maru.{table} FORCE ROW LEVEL SECURITY;"
        f" DROP POLICY IF EXISTS tenant ON maru.{table};"
        f" CREATE POLICY tenant ON maru.{table} USING (tenant = {_TENANT}) WITH CHECK (tenant = {_TENANT})"
        for table in _GUARDED
    ]
    return [*_TABLES.strip().split(";\n"), *guards]


def vector_index(dimensions: int, options: IndexOptions) -> str | None:
    """What makes the graph for vectors of that length; None where they are too long for one."""
    if dimensions > INDEXED_DIMENSIONS[options.quantisation]:
        return None
    kind = _kind(options)
    return (
        f"CREATE INDEX IF NOT EXISTS vectors_{dimensions}_{kind}_{options.m}_{options.ef_construction} ON maru.vectors"
        f" USING hnsw ((embedding::{kind}({dimensions})) {kind}_cosine_ops)"
        f" WITH (m = {options.m}, ef_construction = {options.ef_construction}) WHERE dimensions = {dimensions}"
    )


def compared(dimensions: int, options: IndexOptions) -> str:
    """A vector as its graph compares it."""
    return f"(v.embedding::{_kind(options)}({dimensions}))"


def asked(dimensions: int, options: IndexOptions) -> str:
    """A question's vector, the parameter ``:vector``, as the graph compares it."""
    return f"(:vector::vector::{_kind(options)}({dimensions}))"


def _kind(options: IndexOptions) -> str:
    return "halfvec" if options.quantisation == "scalar" else "vector"
