"""The OpenSearch index: its name, settings and mapping, and how a chunk becomes a document and comes back."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from maru.knowledge.stores.filters import attribute_terms
from maru.knowledge.stores.options import DEFAULTS, IndexOptions
from maru.knowledge.stores.port import Chunk
from maru.knowledge.stores.tokens import mix_tokens

#: Raised whenever the mapping changes its meaning; a new index then stands beside the old one until the alias moves.
VERSION = 1

#: Fields of a chunk that are kept under their own names and never searched.
_CONTENT = ("total_chunks", "page", "file_start", "file_end", "source", "heading", "attributes")
_KEYWORD = {"type": "keyword"}
_KEPT: Mapping[str, Any] = {"type": "object", "enabled": False}

#: The columns that name a row.
NAMES = ("tenant", "store", "file", "version", "chunk_index")
#: What a result carries; vectors and token copies stay where they are.
SOURCE = ("tenant", "store", "file", "version", "chunk_index", "acl", "text", "content")


def index_name(alias: str, options: IndexOptions = DEFAULTS) -> str:
    """The versioned index behind an alias: another one for each meaning of the mapping and each way of building the graph."""
    tuned = f"-m{options.m}-c{options.ef_construction}-{options.quantisation}"
    built = "" if tuned == f"-m{DEFAULTS.m}-c{DEFAULTS.ef_construction}-{DEFAULTS.quantisation}" else tuned
    return f"{alias}-v{VERSION}{built}"


def index_body() -> dict[str, Any]:
    """The body of the index's creation. Fields that it does not name are refused.

    ``words`` holds `mix` tokens made by us, the same on every engine; ``text`` is analysed by nori. Rows become visible when a write
    asks for it, at its end: a timer cuts what a long write brings into one small graph a second, and a question walks every graph.
    """
    korean = {"type": "custom", "tokenizer": "nori", "filter": ["nori_part_of_speech", "nori_readingform", "lowercase", "porter_stem"]}
    words = {"type": "custom", "tokenizer": "whitespace", "filter": ["porter_stem"]}
    return {
        "settings": {
            "index": {"knn": True, "auto_expand_replicas": "0-1", "refresh_interval": "-1"},
            "analysis": {
                "tokenizer": {"nori": {"type": "nori_tokenizer", "decompound_mode": "mixed"}},
                "analyzer": {"korean": korean, "words": words},
            },
        },
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "tenant": _KEYWORD,
                "store": _KEYWORD,
                "file": _KEYWORD,
                "version": {"type": "long"},
                "chunk_index": {"type": "integer"},
                "acl": _KEYWORD,
                "labels": _KEYWORD,
                "words": {"type": "text", "analyzer": "words"},
                "text": {"type": "text", "analyzer": "korean"},
                "content": _KEPT,
            },
        },
    }


def vector_field(dimensions: int) -> str:
    """The field of vectors of that length: one index serves stores with different embedding models."""
    return f"vector_{dimensions}"


def vector_mapping(dimensions: int, options: IndexOptions = DEFAULTS) -> dict[str, Any]:
    """The mapping to add for vectors of that length; ``scalar`` quantisation is Lucene's to seven bits.

    The engine is Lucene's because it filters while it walks the graph and needs no native library; the default engine,
    faiss, ends a node that lacks its library with the first document.
    """
    parameters: dict[str, Any] = {"m": options.m, "ef_construction": options.ef_construction}
    if options.quantisation == "scalar":
        parameters["encoder"] = {"name": "sq"}
    method = {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil", "parameters": parameters}
    return {"properties": {vector_field(dimensions): {"type": "knn_vector", "dimension": dimensions, "method": method}}}


def document_id(chunk: Chunk) -> str:
    """One id per tenant and key: of fixed length, safe in URLs, and out of reach for any other tenant's key."""
    return hashlib.sha256(f"{chunk.tenant}\0{chunk.key}".encode()).hexdigest()


def document(chunk: Chunk) -> dict[str, Any]:
    """What is stored for a chunk."""
    body: dict[str, Any] = {
        "tenant": chunk.tenant,
        "store": chunk.vector_store_id,
        "file": chunk.file_id,
        "version": chunk.version,
        "chunk_index": chunk.chunk_index,
        "acl": list(chunk.acl),
        "labels": attribute_terms(chunk.attributes),
        "words": " ".join(mix_tokens(chunk.searched)),
        "text": chunk.text,
        "content": {name: getattr(chunk, name) for name in _CONTENT} | {"attributes": dict(chunk.attributes)},
    }
    if chunk.vector:
        body[vector_field(len(chunk.vector))] = list(chunk.vector)
    return body


def named(fields: Mapping[str, Sequence[Any]]) -> Chunk:
    """A chunk of which only the columns of `NAMES` were read."""
    tenant, store, file, version, index = (fields[name][0] for name in NAMES)
    return Chunk(tenant=tenant, vector_store_id=store, file_id=file, version=version, chunk_index=index, total_chunks=0, text="", acl=())


def chunk(source: Mapping[str, Any]) -> Chunk:
    """The chunk of a stored document, without its vector."""
    return Chunk(
        tenant=source["tenant"],
        vector_store_id=source["store"],
        file_id=source["file"],
        version=source["version"],
        chunk_index=source["chunk_index"],
        acl=tuple(source["acl"]),
        text=source["text"],
        **source["content"],
    )
