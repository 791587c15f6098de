"""SQL of the SQLite store as constants and pure functions: a scope becomes conditions and values, nothing is executed here."""
# ruff: noqa: S608 - statements are put together from the constants below; every value travels as a parameter.

import json
from functools import partial

from maru.knowledge.stores.codes import codes, phrases
from maru.knowledge.stores.filters import Comparison, as_terms, in_sql
from maru.knowledge.stores.port import SearchScope
from maru.knowledge.stores.tokens import query_tokens

Values = dict[str, str | int | bytes]

#: Fields of a chunk that are kept under their own names.
CONTENT = ("total_chunks", "text", "page", "file_start", "file_end", "source", "heading")
COLUMNS = "c.tenant, p.acl, p.attributes, c.store, c.file, c.version, c.chunk_index, c." + ", c.".join(CONTENT)
_CHUNKS = "FROM chunks c JOIN profiles p ON p.id = c.profile"
_FILE = "tenant = :tenant AND store = :store AND file = :file"

BY_ID = f"SELECT c.id, {COLUMNS} {_CHUNKS} WHERE c.id IN (SELECT value FROM json_each(:ids))"
LISTING = (
    f"SELECT {COLUMNS} {_CHUNKS} WHERE c.tenant = :tenant AND c.store = :store AND c.file = :file AND c.version = :version"
    " AND c.chunk_index > :after ORDER BY c.chunk_index LIMIT :limit"
)
NEXT_ID = "SELECT coalesce(max(id), 0) + 1 FROM chunks"
PUT_IN = (
    f"INSERT INTO chunks(id, tenant, store, file, version, chunk_index, profile, {', '.join(CONTENT)})"
    f" VALUES(?, ?, ?, ?, ?, ?, ?{', ?' * len(CONTENT)})"
)
TAKE_OUT = (
    "DELETE FROM chunks WHERE tenant = ? AND store = ? AND file = ? AND version = ?"
    " AND chunk_index IN (SELECT value FROM json_each(?)) RETURNING profile"
)
REMOVE = (
    "DELETE FROM chunks WHERE tenant = :tenant AND store = :store AND (:file IS NULL OR file = :file)"
    " AND (:version IS NULL OR version = :version) AND (:keep IS NULL OR version <> :keep) RETURNING profile"
)
ADD_WORDS = "INSERT INTO words(rowid, tokens) VALUES(?, ?)"
ADD_VECTOR = "INSERT INTO vectors(id, vector) VALUES(?, ?)"
FIND_PROFILE = "SELECT id FROM profiles WHERE tenant = :tenant AND acl = :acl AND attributes = :attributes"
ADD_PROFILE = "INSERT INTO profiles(tenant, acl, attributes) VALUES(:tenant, :acl, :attributes) RETURNING id"
ADD_TERM = "INSERT INTO profile_terms(tenant, term, profile) VALUES(?, ?, ?)"
PROFILES_OF_FILE = f"SELECT id, attributes FROM profiles WHERE id IN (SELECT profile FROM chunks WHERE {_FILE})"
MOVE_PROFILE = f"UPDATE chunks SET profile = :new WHERE {_FILE} AND profile = :old"
SWEEP = "DELETE FROM profiles WHERE id = ? AND NOT EXISTS (SELECT 1 FROM chunks WHERE profile = profiles.id)"


def acl_term(principal: str) -> str:
    """How an ACL's entry stands among a profile's terms, where no attribute can be taken for it."""
    return "\x1facl\x1f" + principal


def allowed(scope: SearchScope) -> tuple[str, Values]:
    """A condition on ``chunks c`` that holds exactly for the rows which the scope lets through, and its values."""
    values: Values = {
        "tenant": scope.tenant,
        "stores": json.dumps(scope.vector_store_ids),
        "principals": json.dumps([acl_term(principal) for principal in scope.principals]),
    }
    condition = (
        "c.tenant = :tenant AND c.store IN (SELECT value FROM json_each(:stores)) AND c.profile IN"
        " (SELECT profile FROM profile_terms WHERE tenant = :tenant AND term IN (SELECT value FROM json_each(:principals)))"
    )
    if scope.filters is not None:
        condition += f" AND {in_sql(scope.filters, partial(_comparison, values))}"
    return condition, values


def nearest(scope: SearchScope, vector: bytes, k: int) -> tuple[str, Values]:
    """Ids and cosine similarities: exact, over the allowed rows whose vectors have this length."""
    condition, values = allowed(scope)
    sql = (
        "SELECT c.id, 1 - vec_distance_cosine(v.vector, :vector) AS score FROM chunks c CROSS JOIN vectors v ON v.id = c.id"
        f" WHERE {condition} AND length(v.vector) = length(:vector) ORDER BY score DESC, c.id LIMIT :k"
    )
    return sql, values | {"vector": vector, "k": k}


def matching(scope: SearchScope, query: str, k: int) -> tuple[str, Values] | None:
    """Ids and BM25 scores (larger is better); None for a query without words.

    Every token is a quoted string of letters and digits, so nothing of the query can act as FTS5 syntax.
    """
    tokens = query_tokens(query)
    if not tokens:
        return None
    together = [f'"{one.text}"{" *" * one.open}' for one in phrases(query) for _ in range(one.weight)]
    asked = [*(f'"{token}"' for token in [*tokens, *codes(query)]), *together]
    condition, values = allowed(scope)
    # The plus keeps SQLite from looking each allowed row up in the full-text index, one query per row.
    sql = (
        "SELECT rowid, -bm25(words) AS score FROM words WHERE words MATCH :match"
        f" AND +rowid IN (SELECT c.id FROM chunks c WHERE {condition}) ORDER BY score DESC, rowid LIMIT :k"
    )
    return sql, values | {"match": " OR ".join(asked), "k": k}


def _comparison(values: Values, comparison: Comparison) -> str:
    wanted, name = as_terms(comparison), f"f{len(values)}"
    if wanted.low is not None and wanted.high is not None:
        values |= {f"{name}_low": wanted.low, f"{name}_high": wanted.high}
        test = f"term >= :{name}_low AND term < :{name}_high"
    else:
        values[name] = json.dumps(wanted.terms)
        test = f"term IN (SELECT value FROM json_each(:{name}))"
    word = "NOT IN" if wanted.negated else "IN"
    return f"c.profile {word} (SELECT profile FROM profile_terms WHERE tenant = :tenant AND {test})"
