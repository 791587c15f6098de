"""The OpenSearch adapter: Lucene's HNSW and BM25 with nori in one index, reached through a client that is handed in."""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from maru.errors import BadRequest, Unavailable
from maru.knowledge.fusion import fuse, leg_depth
from maru.knowledge.stores import opensearch_index as index
from maru.knowledge.stores import opensearch_queries as queries
from maru.knowledge.stores import opensearch_versions as versions
from maru.knowledge.stores.options import DEFAULTS, IndexOptions
from maru.knowledge.stores.port import Ability, Chunk, Hit, IndexingFailed, SearchScope, check_chunk, check_k, check_vector

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

#: Rows of one bulk request: about 5 MB with vectors of 1,024, under the 10 MB that the smallest AWS nodes accept.
BATCH = 200
ATTEMPTS = 5
#: Lucene's own limit in OpenSearch.
MAX_DIMENSIONS = 16_000
_BUSY = frozenset({429, 502, 503, 504})
_CONFLICT = 409


def connect(endpoint: str, region: str, *, timeout: float = 10) -> "OpenSearch":
    """A client for an Amazon OpenSearch domain, ``https://…``, signed with the credentials of the environment; seconds."""
    import boto3
    from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth, Urllib3HttpConnection

    auth = Urllib3AWSV4SignerAuth(boto3.Session().get_credentials(), region, "es")
    return OpenSearch(hosts=[endpoint], http_auth=auth, connection_class=Urllib3HttpConnection, timeout=timeout, pool_maxsize=20)


class OpenSearchVectorStore:
    """One index for all tenants and stores behind ``alias``; every query and every change is narrowed to one tenant.

    A write returns when the next search sees it. Raises Unavailable where the engine does not answer or refuses load.
    """

    abilities: frozenset[Ability] = frozenset({"text", "hybrid", "refresh"})

    def __init__(
        self, client: "OpenSearch", alias: str, *, options: IndexOptions = DEFAULTS, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._alias, self._options, self._pause = client, alias, options, pause
        self._dimensions: frozenset[int] = frozenset()

    def ensure_index(self, dimensions: int) -> None:
        """Create the versioned index behind the alias, and the field for vectors of that length, where missing.

        An index of another version stays behind the alias and is searched until no row is left in it (`opensearch_versions`).
        """
        if not 1 <= dimensions <= MAX_DIMENSIONS:
            raise BadRequest(f"The number of dimensions must be between 1 and {MAX_DIMENSIONS}.", param="dimensions")
        with _answering():
            versions.ensure(self._client, self._alias, dimensions, self._options)

    def upsert(self, chunks: Iterable[Chunk]) -> None:
        """Write rows in bulk; those that the engine puts off are sent again, the rest is raised row by row."""
        failures: dict[str, str] = {}
        for batch in itertools.batched(chunks, BATCH, strict=False):
            for chunk in batch:
                check_chunk(chunk)
            failures |= self._write({index.document_id(chunk): chunk for chunk in batch})
        self._refresh()
        if failures:
            raise IndexingFailed(failures)

    def delete(
        self, tenant: str, vector_store_id: str, file_id: str, *, version: int | None = None, keep_version: int | None = None
    ) -> None:
        """Remove a file's rows: all, only those of ``version``, or all but those of ``keep_version``."""
        self._delete(queries.rows(tenant, vector_store_id, file_id, version=version, keep_version=keep_version))

    def delete_store(self, tenant: str, vector_store_id: str) -> None:
        """Remove every row of a store."""
        self._delete(queries.rows(tenant, vector_store_id, None))

    def set_acl(self, tenant: str, vector_store_id: str, file_id: str, acl: Sequence[str]) -> None:
        """Give every row of a file, in all its versions, this ACL."""
        body = queries.new_acl(queries.rows(tenant, vector_store_id, file_id), acl)
        self._by_query(self._client.update_by_query, body)

    def search_vector(self, scope: SearchScope, vector: Sequence[float], k: int) -> list[Hit]:
        """The nearest rows by Lucene's HNSW, under the scope."""
        check_k(k)
        (found,) = self._search([self._vector_leg(scope, vector, k)])
        return self._filled(scope, _near(found))

    def search_text(self, scope: SearchScope, query: str, k: int) -> list[Hit]:
        """The best rows by BM25, under the scope."""
        check_k(k)
        (found,) = self._search([_text_leg(scope, query, k)])
        return self._filled(scope, _worded(found))

    def search_hybrid(
        self, scope: SearchScope, query: str, vector: Sequence[float], k: int, *, languages: Sequence[str] | None = None
    ) -> list[Hit]:
        """Both legs in one round trip, fused here as for every engine, and the texts of the best in another."""
        check_k(k)
        depth = leg_depth(k)
        near, text = self._search([self._vector_leg(scope, vector, depth) if vector else None, _text_leg(scope, query, depth)])
        return self._filled(scope, fuse(query, _near(near), _worded(text), k, languages=languages))

    def chunks(self, tenant: str, vector_store_id: str, file_id: str, version: int, *, after: int = -1, limit: int = 100) -> list[Chunk]:
        """A page of a file version's rows by ``chunk_index``, beginning behind ``after``."""
        check_k(limit)
        condition = queries.rows(tenant, vector_store_id, file_id, version=version)
        (found,) = self._search([queries.listing(condition, after, limit)])
        return [index.chunk(hit["_source"]) for hit in found]

    def ready(self) -> bool:
        """Whether the cluster answers and has a primary for every shard of the index."""
        try:
            with _answering():
                health = self._client.cluster.health(index=self._alias, params={"request_timeout": 2})
        except Unavailable:
            return False
        return health["status"] in ("green", "yellow")

    def _vector_leg(self, scope: SearchScope, vector: Sequence[float], k: int) -> queries.Body | None:
        check_vector(vector)
        if scope.empty or not self._holds(len(vector)):
            return None
        return queries.nearest(scope, vector, k, walk=self._options.ef_search)

    def _holds(self, dimensions: int) -> bool:
        """Whether the index has a field for vectors of that length: asking for another one is an error of the engine."""
        if dimensions not in self._dimensions:
            with _answering():
                found = self._client.indices.get_mapping(index=self._alias, params={"ignore_unavailable": "true"})
            known = [name for body in found.values() for name in body["mappings"]["properties"]]
            self._dimensions = frozenset(int(name.removeprefix("vector_")) for name in known if name.startswith("vector_"))
        return dimensions in self._dimensions

    def _filled(self, scope: SearchScope, hits: Sequence[Hit]) -> list[Hit]:
        """The hits with their contents; one whose rights or row changed since it was found is left out."""
        ids = [index.document_id(hit.chunk) for hit in hits]
        (found,) = self._search([queries.contents(scope, ids) if ids else None])
        chunks = {hit["_id"]: index.chunk(hit["_source"]) for hit in found}
        return [replace(hit, chunk=chunks[place]) for place, hit in zip(ids, hits, strict=True) if place in chunks]

    def _search(self, legs: Sequence[queries.Body | None]) -> list[list[Any]]:
        """The engine's hits of each leg in one request; a leg that is None finds nothing."""
        asked = [leg for leg in legs if leg is not None]
        if not asked:
            return [[] for _ in legs]
        header = {"index": self._alias, "ignore_unavailable": True}
        with _answering():
            found = self._client.msearch(body=[line for leg in asked for line in (header, leg)])
        answers = iter(found["responses"])
        return [[] if leg is None else _hits(next(answers)) for leg in legs]

    def _write(self, rows: Mapping[str, Chunk]) -> dict[str, str]:
        """Index rows by document id; the reasons of those that stay unwritten, by chunk key."""
        left = dict(rows)
        reasons: dict[str, str] = {}
        for attempt in range(ATTEMPTS):
            if attempt:
                self._pause(0.2 * 2**attempt)
            lines = [line for place, chunk in left.items() for line in ({"index": {"_id": place}}, index.document(chunk))]
            try:
                with _answering():
                    answer = self._client.bulk(body=lines, index=self._alias, params={"require_alias": "true"})
            except _Overloaded:
                if attempt + 1 == ATTEMPTS:
                    raise
                continue  # the whole request was put off: so are all its rows
            results = [item["index"] for item in answer["items"]]
            refused = {item["_id"]: item for item in results if "error" in item}
            reasons |= {left[place].key: str(item["error"].get("type")) for place, item in refused.items()}
            written = left.keys() - refused.keys()
            reasons = {key: reason for key, reason in reasons.items() if key not in {left[place].key for place in written}}
            left = {place: left[place] for place, item in refused.items() if item["status"] in _BUSY}
            if not left:
                break
        return reasons

    def _delete(self, condition: queries.Body) -> None:
        self._by_query(self._client.delete_by_query, {"query": condition})

    def _by_query(self, call: Callable[..., Any], body: queries.Body) -> None:
        """Change rows by a query until none was changed by somebody else meanwhile. Raises Unavailable when that goes on."""
        params = {"refresh": "true", "conflicts": "proceed", "ignore_unavailable": "true"}
        for attempt in range(ATTEMPTS):
            if attempt:
                self._pause(0.1 * 2**attempt)
            self._refresh()
            with _answering():
                if not call(index=self._alias, body=body, params=params)["version_conflicts"]:
                    return
        raise Unavailable("The vector store is busy with these rows.", retry_after=1)

    def _refresh(self) -> None:
        with _answering():
            self._client.indices.refresh(index=self._alias, params={"ignore_unavailable": "true"})


class _Overloaded(Unavailable):
    """The node refuses load."""


@contextmanager
def _answering() -> Iterator[None]:
    """Turns the client's connection errors and refusals under load into Unavailable."""
    from opensearchpy import exceptions

    try:
        yield
    except exceptions.ConnectionError as error:
        raise Unavailable("The vector store does not answer.") from error
    except exceptions.TransportError as error:
        if error.status_code in _BUSY:
            raise _Overloaded("The vector store is overloaded.") from error
        raise


def _text_leg(scope: SearchScope, query: str, k: int) -> queries.Body | None:
    return None if scope.empty else queries.matching(scope, query, k)


def _hits(answer: Mapping[str, Any]) -> list[Any]:
    if "error" in answer:
        # A shard that did not answer must not look like a search without results.
        raise Unavailable(f"The vector store refused a search: {answer['error'].get('type')}.")
    if answer["_shards"]["failed"] or answer["timed_out"]:
        raise Unavailable("Part of the vector store does not answer.")
    found: list[Any] = answer["hits"]["hits"]
    return found


def _near(found: Sequence[Any]) -> list[Hit]:
    """Lucene's score of a cosine c is (1 + c) / 2."""
    cosines = [(index.named(hit["fields"]), max(-1.0, min(1.0, 2 * hit["_score"] - 1))) for hit in found]
    return [Hit(chunk, cosine, vector_score=cosine) for chunk, cosine in cosines]


def _worded(found: Sequence[Any]) -> list[Hit]:
    return [Hit(index.named(hit["fields"]), hit["_score"], text_score=hit["_score"]) for hit in found]
