"""The Amazon S3 Vectors adapter: an index a tenant and length of vectors in one vector bucket, which costs what it holds and is asked.

The API filters before it searches (``ENHANCED``) and knows no text query, so there is no hybrid mode of its own to use. It lists
vectors of a whole index only: which rows a file has is therefore kept in the index too, in one row a file (`s3vectors_rows`).
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from maru.errors import BadRequest, Unavailable
from maru.knowledge.stores import bulk, fields
from maru.knowledge.stores import s3vectors_rows as layout
from maru.knowledge.stores.fields import Condition, Dialect, Fields
from maru.knowledge.stores.port import Ability, Chunk, Hit, SearchScope, check_k, check_vector
from maru.knowledge.stores.vectors_only import BATCH, VectorsOnly

#: Source of these limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html
MAX_DIMENSIONS = 4096
_MOST = 10_000
_DELETED = 500
_BUSY = frozenset({"TooManyRequestsException", "ServiceUnavailableException", "InternalServerException", "RequestTimeoutException"})

DIALECT = Dialect(holds=lambda field, values: {field: {"$in": list(values)}}, absent=lambda field: {field: {"$exists": False}})


class S3VectorsStore(VectorsOnly):
    """Vectors by cosine; no text search. ``client`` is boto3's for ``s3vectors``; ``bucket`` names a vector bucket that is there."""

    abilities: frozenset[Ability] = frozenset({"refresh"})

    def __init__(self, client: Any, bucket: str, *, prefix: str = "maru") -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix

    def ensure_index(self, dimensions: int) -> None:
        """Indexes are made when a tenant's first row comes. Raises BadRequest for a length that the service does not take."""
        if not 1 <= dimensions <= MAX_DIMENSIONS:
            raise BadRequest(f"The number of dimensions must be between 1 and {MAX_DIMENSIONS}.", param="dimensions")

    def delete(
        self, tenant: str, vector_store_id: str, file_id: str, *, version: int | None = None, keep_version: int | None = None
    ) -> None:
        """Remove a file's rows: all, only those of ``version``, or all but those of ``keep_version``."""
        for index, length in self._indexes(tenant):
            manifest = self._manifest(index, vector_store_id, file_id)
            gone = {one for one in manifest if version in (None, one) and one != keep_version}
            self._remove(index, layout.keys(vector_store_id, file_id, {one: manifest[one] for one in gone}))
            kept = {one: numbers for one, numbers in manifest.items() if one not in gone}
            if kept and gone:
                self._put(index, [layout.manifest_vector(vector_store_id, file_id, kept, length)])
            elif gone:
                self._remove(index, [layout.manifest_key(vector_store_id, file_id)])

    def delete_store(self, tenant: str, vector_store_id: str) -> None:
        """Remove every row of a store, reading the keys of all the tenant's rows to find them."""
        for index, _ in self._indexes(tenant):
            gone = [key for key, store in self._stores(index) if store == vector_store_id]
            self._remove(index, gone)

    def set_acl(self, tenant: str, vector_store_id: str, file_id: str, acl: Sequence[str]) -> None:
        """Give every row of a file, in all its versions, this ACL: rows are read and written back whole, as the API has it."""
        for index, _ in self._indexes(tenant):
            keys = layout.keys(vector_store_id, file_id, self._manifest(index, vector_store_id, file_id))
            for some in itertools.batched(keys, layout.READ, strict=False):
                found = self._get(index, some, data=True)
                changed = [one | {"metadata": one["metadata"] | {"acl": fields.acl_field(acl)}} for one in found]
                keyed = {one["key"]: one for one in changed}
                failures = bulk.send(keyed, partial(self._put, index), size=BATCH, pause=self.pause)
                if failures:
                    raise Unavailable("The vector store is busy with these rows.", retry_after=1)

    def search_vector(self, scope: SearchScope, vector: Sequence[float], k: int) -> list[Hit]:
        """The nearest rows of those that the scope lets through."""
        check_k(k)
        check_vector(vector)
        if scope.empty:
            return []
        where = fields.allowed(scope, DIALECT)
        index = self._name(scope.tenant, len(vector))
        return fields.search(scope, k, lambda size: self._nearest(index, vector, where, size), most=_MOST)

    def chunks(self, tenant: str, vector_store_id: str, file_id: str, version: int, *, after: int = -1, limit: int = 100) -> list[Chunk]:
        """A page of a file version's rows by ``chunk_index``, beginning behind ``after``."""
        check_k(limit)
        found: list[Chunk] = []
        for index, _ in self._indexes(tenant):
            numbers = self._manifest(index, vector_store_id, file_id).get(version, [])
            wanted = [number for number in numbers if number > after][:limit]
            for some in itertools.batched(layout.keys(vector_store_id, file_id, {version: wanted}), layout.READ, strict=False):
                found += [fields.chunk_of(tenant, one["metadata"]) for one in self._get(index, some)]
        return sorted(found, key=lambda chunk: chunk.chunk_index)[:limit]

    def ready(self) -> bool:
        """Whether the vector bucket can be reached."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.get_vector_bucket(vectorBucketName=self._bucket)
        except (BotoCoreError, ClientError):
            return False
        return True

    def _write(self, tenant: str, length: int, rows: Mapping[str, Chunk]) -> dict[str, str]:
        index = self._made(tenant, length)
        # First what will be there, then the rows: a crash between leaves a list that is too long, which harms nothing.
        self._note(index, length, rows.values())
        vectors = {key: layout.vector_of(chunk) for key, chunk in rows.items()}
        return bulk.send(vectors, partial(self._put, index), size=BATCH, pause=self.pause)

    def _nearest(self, index: str, vector: Sequence[float], where: Condition, size: int) -> list[tuple[Fields, float]]:
        request: dict[str, Any] = {"queryVector": {"float32": list(vector)}, "topK": size, "filter": where, "queryMode": "ENHANCED"}
        found: list[tuple[Fields, float]] = []
        while True:
            answer = self._call("query_vectors", index, **request, returnMetadata=True, returnDistance=True)
            if answer is None:
                return found
            found += [(one["metadata"], 1.0 - one["distance"]) for one in answer["vectors"]]
            if not answer.get("nextToken"):
                return found
            request["nextToken"] = answer["nextToken"]

    def _note(self, index: str, length: int, chunks: Iterable[Chunk]) -> None:
        """Keep in the manifests that these rows will be there."""
        new: dict[tuple[str, str], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for chunk in chunks:
            new[chunk.vector_store_id, chunk.file_id][chunk.version].add(chunk.chunk_index)
        changed = []
        for (store, file), versions in new.items():
            before = self._manifest(index, store, file)
            after = {one: sorted({*before.get(one, []), *versions.get(one, ())}) for one in before.keys() | versions.keys()}
            if after != before:
                changed.append(layout.manifest_vector(store, file, after, length))
        if changed:
            self._put(index, changed)

    def _manifest(self, index: str, store: str, file: str) -> dict[int, list[int]]:
        return layout.manifest(self._get(index, [layout.manifest_key(store, file)]))

    def _get(self, index: str, keys: Sequence[str], *, data: bool = False) -> list[Any]:
        answer = self._call("get_vectors", index, keys=list(keys), returnMetadata=True, returnData=data)
        return list(answer["vectors"]) if answer else []

    def _put(self, index: str, vectors: Sequence[Any]) -> None:
        self._call("put_vectors", index, vectors=list(vectors))

    def _remove(self, index: str, keys: Iterable[str]) -> None:
        for some in itertools.batched(keys, _DELETED, strict=False):
            self._call("delete_vectors", index, keys=list(some))

    def _stores(self, index: str) -> Iterator[tuple[str, str]]:
        """Key and store of every row of an index."""
        request: dict[str, Any] = {"maxResults": 1000, "returnMetadata": True}
        while True:
            answer = self._call("list_vectors", index, **request)
            if answer is None:
                return
            yield from ((one["key"], layout.store_of(one["metadata"])) for one in answer["vectors"])
            if not answer.get("nextToken"):
                return
            request["nextToken"] = answer["nextToken"]

    def _name(self, tenant: str, length: int) -> str:
        return f"{self._prefix}-{fields.tenant_id(tenant)}-{length}"

    def _indexes(self, tenant: str) -> list[tuple[str, int]]:
        """A tenant's indexes and the length of their vectors."""
        prefix = self._name(tenant, 0).removesuffix("0")
        with _answering():
            pages = self._client.get_paginator("list_indexes").paginate(vectorBucketName=self._bucket, prefix=prefix)
            names = [one["indexName"] for page in pages for one in page["indexes"]]
        return [(name, int(name.removeprefix(prefix))) for name in names]

    def _made(self, tenant: str, length: int) -> str:
        name = self._name(tenant, length)
        self.ensure_index(length)
        if name not in dict(self._indexes(tenant)):
            from botocore.exceptions import ClientError

            try:
                with _answering():
                    self._client.create_index(
                        vectorBucketName=self._bucket,
                        indexName=name,
                        dataType="float32",
                        dimension=length,
                        distanceMetric="cosine",
                        metadataConfiguration={"nonFilterableMetadataKeys": ["content"]},
                    )
            except ClientError as error:
                if error.response["Error"]["Code"] != "ConflictException":  # another process was quicker
                    raise
        return name

    def _call(self, operation: str, index: str, **request: Any) -> Any:
        """One call on an index; None where the index is not there."""
        from botocore.exceptions import ClientError

        try:
            with _answering():
                return getattr(self._client, operation)(vectorBucketName=self._bucket, indexName=index, **request)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "NotFoundException" and operation != "put_vectors":
                return None
            if code in ("ValidationException", "ServiceQuotaExceededException"):
                raise bulk.Refused(code) from error
            raise


@contextmanager
def _answering() -> Iterator[None]:
    """Turns refusals under load and silence into Busy and Unavailable."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _BUSY:
            raise bulk.Busy from error
        raise
    except BotoCoreError as error:
        raise Unavailable("The vector store does not answer.") from error
