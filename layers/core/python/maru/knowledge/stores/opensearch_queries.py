"""Queries of the OpenSearch store as pure functions from arguments to request bodies."""

from collections.abc import Sequence
from typing import Any

from maru.knowledge.stores.codes import Phrase, codes, phrases
from maru.knowledge.stores.filters import Comparison, Filter, as_terms
from maru.knowledge.stores.opensearch_index import NAMES, SOURCE, vector_field
from maru.knowledge.stores.options import DEFAULTS
from maru.knowledge.stores.port import SearchScope
from maru.knowledge.stores.tokens import query_tokens, query_words

Body = dict[str, Any]

#: What of a query nori reads; more would pass the engine's limit of 1,024 clauses.
_QUERY_LENGTH = 1000
#: Ways that a unit may go on with a particle: as many as pairs of characters begin with one in a large index.
_PARTICLES = 400
#: What such a phrase counts, about as much as a word of middling rarity does in both halves: Lucene would give it the rarities of all
#: its ways together, and 2년 would outweigh the rest of a question. Chosen on the train half of our own questions (`bench/korean.py`):
#: from .5 to 2 all is equal, from 4 on it costs; the most of these, for a number decides where nothing else does.
OPEN_PHRASE = 2.0


def allowed(scope: SearchScope) -> Body:
    """The condition that holds exactly for the rows which the scope lets through."""
    conditions: list[Body] = [
        {"term": {"tenant": scope.tenant}},
        {"terms": {"store": list(scope.vector_store_ids)}},
        {"terms": {"acl": list(scope.principals)}},
    ]
    if scope.filters is not None:
        conditions.append(_condition(scope.filters))
    return {"bool": {"filter": conditions}}


def nearest(scope: SearchScope, vector: Sequence[float], k: int, *, walk: int = DEFAULTS.ef_search) -> Body:
    """The vector leg, which keeps at least ``walk`` candidates.

    The filter is applied inside the graph walk, and by exact search where it leaves few rows.
    """
    knn = {"vector": list(vector), "k": max(k, walk), "filter": allowed(scope)}
    return _names_only({"knn": {vector_field(len(vector)): knn}}, k)


def matching(scope: SearchScope, query: str, k: int) -> Body | None:
    """The text leg: the mean of BM25 over our tokens and over nori's morphemes, and phrases of codes; None for a query without words."""
    tokens = query_tokens(query)
    if not tokens:
        return None
    legs = [_half("words", " ".join([*tokens, *codes(query)])), _half("text", " ".join(query_words(query))[:_QUERY_LENGTH])]
    legs += map(_phrase, phrases(query))
    found = {"bool": {"should": legs, "minimum_should_match": 1, "filter": [allowed(scope)]}}
    return _names_only(found, k)


def contents(scope: SearchScope, ids: Sequence[str]) -> Body:
    """The documents with these ids, as far as the scope still lets them through."""
    wanted = {"bool": {"filter": [{"ids": {"values": list(ids)}}, allowed(scope)]}}
    return {"size": len(ids), "_source": SOURCE, "query": wanted}


def rows(tenant: str, vector_store_id: str, file_id: str | None, *, version: int | None = None, keep_version: int | None = None) -> Body:
    """The condition for the rows of a store, or of one file, or of one version or all but one of it."""
    conditions: list[Body] = [{"term": {"tenant": tenant}}, {"term": {"store": vector_store_id}}]
    if file_id is not None:
        conditions.append({"term": {"file": file_id}})
    if version is not None:
        conditions.append({"term": {"version": version}})
    kept: list[Body] = [] if keep_version is None else [{"term": {"version": keep_version}}]
    return {"bool": {"filter": conditions, "must_not": kept}}


def listing(condition: Body, after: int, limit: int) -> Body:
    """A page of rows in the order of their chunks."""
    behind = {"range": {"chunk_index": {"gt": after}}}
    return {"size": limit, "_source": SOURCE, "sort": ["chunk_index"], "query": {"bool": {"filter": [condition, behind]}}}


def new_acl(condition: Body, acl: Sequence[str]) -> Body:
    """The update of rows to another ACL; no word of it is compiled, so one cached script serves every call."""
    script = {"lang": "painless", "source": "ctx._source.acl = params.acl", "params": {"acl": list(acl)}}
    return {"query": condition, "script": script}


def _names_only(query: Body, k: int) -> Body:
    """A leg brings far more rows than are shown, and a row's source holds its vector: reading only the columns of its name
    takes a third of the node's time. Uncounted, rows that cannot come among the ``k`` best are passed over."""
    columns = {"_source": False, "stored_fields": "_none_", "docvalue_fields": NAMES}
    return {"size": k, "track_total_hits": False, **columns, "query": query}


def _phrase(one: Phrase) -> Body:
    if one.open:
        found = {"match_phrase_prefix": {"words": {"query": one.text, "max_expansions": _PARTICLES}}}
        return {"constant_score": {"filter": found, "boost": OPEN_PHRASE}}
    return {"match_phrase": {"words": {"query": one.text, "boost": 0.5}}}


def _half(field: str, words: str) -> Body:
    return {"match": {field: {"query": words, "boost": 0.5}}}


def _condition(part: Filter) -> Body:
    if isinstance(part, Comparison):
        return _comparison(part)
    inner = [_condition(one) for one in part.filters]
    if part.operator == "and":
        return {"bool": {"filter": inner}}
    return {"bool": {"should": inner, "minimum_should_match": 1}}


def _comparison(comparison: Comparison) -> Body:
    wanted = as_terms(comparison)
    if wanted.low is not None and wanted.high is not None:
        return {"range": {"labels": {"gte": wanted.low, "lt": wanted.high}}}
    found = {"terms": {"labels": list(wanted.terms)}}
    return {"bool": {"must_not": [found]}} if wanted.negated else found
