"""Who may see a document: access-control lists, data classes, and the size that both may take with the attributes."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args
from urllib.parse import unquote

from maru.errors import BadRequest
from maru.knowledge.stores.filters import AttributeValue, check_attributes

DataClass = Literal["public", "internal", "customer", "restricted"]
DATA_CLASSES: tuple[str, ...] = get_args(DataClass)

#: The whole tenant. A document that comes without an ACL gets this one: files are the organisation's, as in OpenAI's API a
#: file is its project's, and whoever wants less says so.
EVERYBODY = ("public",)
#: An ACL that nobody passes: what a document has whose ACL could not be read.
NOBODY: tuple[str, ...] = ()

#: What one document may spend on ACL and filterable attributes together: the least that any engine can hold beside a row.
MAX_BYTES = 1536

#: The magnitudes of numbers that DynamoDB keeps.
_LEAST, _MOST = 1e-128, 1e125

_ENTRY = re.compile(r"public|(?:user|group):[^\s,\x00-\x1f\x7f]{1,128}")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def check_acl(value: object, *, param: str = "acl") -> tuple[str, ...]:
    """The entries, each once, in their order. Raises BadRequest that names the entry's form."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise BadRequest("An ACL is an array of at least one of 'user:ID', 'group:NAME' and 'public'.", param=param)
    for entry in value:
        if not isinstance(entry, str) or not _ENTRY.fullmatch(entry):
            raise BadRequest("An entry of an ACL is 'user:ID', 'group:NAME' or 'public', without spaces or commas.", param=param)
    return tuple(dict.fromkeys(value))


def acl_from_json(text: str, *, param: str = "acl") -> tuple[str, ...]:
    """The ACL in a form field. Raises BadRequest."""
    try:
        value = json.loads(text)
    except ValueError:
        raise BadRequest('This field is a JSON array, such as ["group:hr", "user:kim"].', param=param) from None
    return check_acl(value, param=param)


def acl_from_metadata(value: str) -> tuple[str, ...]:
    """The ACL in ``x-amz-meta-maru-acl``: percent-encoded UTF-8, a comma list. Raises BadRequest."""
    if _BROKEN_ESCAPE.search(value) or not value.isascii():
        raise BadRequest("The metadata 'maru-acl' is not percent-encoded UTF-8.", param="x-amz-meta-maru-acl")
    try:
        text = unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise BadRequest("The metadata 'maru-acl' is not percent-encoded UTF-8.", param="x-amz-meta-maru-acl") from None
    return check_acl([entry.strip() for entry in text.split(",")], param="x-amz-meta-maru-acl")


def check_size(acl: Sequence[str], attributes: Mapping[str, Any], *, param: str = "attributes") -> None:
    """Raises BadRequest where ACL and attributes together, as UTF-8 JSON, take more than 1.5 KB."""
    size = len(json.dumps([list(acl), dict(attributes)], ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAX_BYTES:
        raise BadRequest(f"ACL and attributes of one document take at most 1.5 KB together; these take {size} bytes.", param=param)


def check_document_attributes(attributes: Mapping[str, Any], *, param: str = "attributes") -> dict[str, AttributeValue]:
    """OpenAI's attributes, of which numbers are such as the tables can hold. Raises BadRequest."""
    checked = check_attributes(attributes, param=param)
    for value in checked.values():
        if isinstance(value, float) and value and not _LEAST < abs(value) < _MOST:
            raise BadRequest("A number among the attributes lies between 1e-128 and 1e125, or is 0.", param=param)
    return checked


def check_data_class(value: object, *, param: str = "data_class") -> str:
    """One of the data classes. Raises BadRequest."""
    if value not in DATA_CLASSES:
        raise BadRequest(f"A data class is one of: {', '.join(DATA_CLASSES)}.", param=param)
    return str(value)


def permits(acl: Iterable[str], principals: Iterable[str]) -> bool:
    """Whether an ACL names one of the principals."""
    return not set(acl).isdisjoint(principals)
