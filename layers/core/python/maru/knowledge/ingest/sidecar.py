"""Sidecars: a small JSON object beside a document in the door bucket that says who may see it.

`report.pdf.maru.json` speaks about `report.pdf`: `{"acl": ["group:hr"], "data_class": "restricted", "attributes": {"year": 2024}}`,
each field optional. Where it speaks, it holds over the document's own metadata, whichever was written last: rights can then be
changed without writing the document again, and in whatever order S3's events come the outcome is the same.
"""

import json
from dataclasses import dataclass
from typing import Any

from maru.errors import BadRequest
from maru.knowledge.acl import check_acl, check_data_class, check_document_attributes, check_size
from maru.knowledge.blobs import Blob, Blobs, ObjectGone
from maru.knowledge.documents import SIDECAR

_LARGEST = 16 * 1024
_FIELDS = frozenset({"acl", "data_class", "attributes"})


@dataclass(frozen=True)
class Sidecar:
    """What a sidecar says; None where it says nothing. ``problem`` is what is wrong with it, in a person's words."""

    acl: tuple[str, ...] | None = None
    data_class: str | None = None
    attributes: dict[str, Any] | None = None
    problem: str | None = None


def document_of(key: str) -> str | None:
    """The key of the document that a sidecar's key speaks about; None for a key that is no sidecar's."""
    document = key.removesuffix(SIDECAR)
    return document if document != key and not document.endswith("/") else None


def read_sidecar(blobs: Blobs, document: Blob) -> Sidecar | None:
    """The sidecar of a document as it is now, None where there is none."""
    blob = Blob(document.bucket, document.key + SIDECAR)
    try:
        if blobs.head(blob)["ContentLength"] > _LARGEST:
            return Sidecar(problem=_told("it is longer than 16 KB"))
        body = blobs.get(blob)
    except ObjectGone:
        return None
    try:
        return _parsed(body)
    except BadRequest as error:
        return Sidecar(problem=_told(error.message))


def _parsed(body: bytes) -> Sidecar:
    try:
        given = json.loads(body)
    except ValueError:
        raise BadRequest("it is no JSON") from None
    if not isinstance(given, dict) or given.keys() - _FIELDS:
        raise BadRequest("it is an object of 'acl', 'data_class' and 'attributes'")
    acl = check_acl(given["acl"]) if "acl" in given else None
    data_class = check_data_class(given["data_class"]) if "data_class" in given else None
    attributes = None
    if "attributes" in given:
        if not isinstance(given["attributes"], dict):
            raise BadRequest("'attributes' is an object")
        attributes = check_document_attributes(given["attributes"])
    check_size(acl or (), attributes or {})
    return Sidecar(acl, data_class, attributes)


def _told(problem: str) -> str:
    return f"The sidecar ({SIDECAR}) cannot be used: {problem}. Put it again corrected; until then nobody sees the document."
