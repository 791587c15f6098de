"""Multipart forms: what clients send beside a file, in the several ways that they write arrays and objects."""

import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData, UploadFile

from maru.errors import BadRequest
from maru.knowledge.acl import EVERYBODY, acl_from_json, check_acl, check_data_class, check_document_attributes, check_size

_BRACKETS = re.compile(r"(\w+)\[(\w*)\]")


def check_fields(form: FormData, known: frozenset[str]) -> None:
    """Raises BadRequest naming a field that is not known."""
    for name in form:
        base = match[1] if (match := _BRACKETS.fullmatch(name)) else name
        if base not in known:
            raise BadRequest(f"Unknown parameter: '{base}'.", param=base, code="unknown_parameter")


def rights_of_form(form: FormData) -> dict[str, Any]:
    """``acl`` (a JSON array, or ``acl[]`` repeated), ``data_class`` and ``attributes`` (a JSON object, or ``attributes[key]``)."""
    acl: Any = None
    if (text := _text(form, "acl")) is not None:
        acl = acl_from_json(text)
    elif "acl[]" in form:
        acl = check_acl([one for one in form.getlist("acl[]") if isinstance(one, str)])
    attributes = _json(form, "attributes")
    if attributes is None:
        attributes = {
            match[2]: str(value) for name, value in form.items() if (match := _BRACKETS.fullmatch(name)) and match[1] == "attributes"
        }
    return rights(acl, _text(form, "data_class"), attributes)


def rights(acl: object, data_class: str | None, attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    """A new document's rights and attributes, checked; without an ACL the whole tenant sees it. Raises BadRequest."""
    checked = check_acl(acl) if acl is not None else EVERYBODY
    kept = check_document_attributes(attributes or {})
    check_size(checked, kept)
    return {"acl": list(checked), "data_class": check_data_class(data_class or "internal"), "attributes": kept}


def expires_after(form: FormData) -> int | None:
    """Seconds after its creation when a file's time is over, from ``expires_after[anchor]`` and ``[seconds]``. Raises BadRequest."""
    given = {"anchor": _text(form, "expires_after[anchor]"), "seconds": _text(form, "expires_after[seconds]")}
    whole = _json(form, "expires_after")
    if whole is None and not any(given.values()):
        return None
    return seconds_after(whole or given)


def seconds_after(policy: Mapping[str, Any]) -> int:
    """OpenAI's ``expires_after`` of a file, in seconds. Raises BadRequest."""
    seconds = str(policy.get("seconds"))
    if policy.get("anchor") != "created_at" or not seconds.isdecimal() or not 3600 <= int(seconds) <= 2_592_000:
        raise BadRequest("'expires_after' has anchor 'created_at' and 3600 to 2592000 seconds.", param="expires_after")
    return int(seconds)


def uploaded(form: FormData, name: str) -> UploadFile:
    """The file in a field. Raises BadRequest."""
    value = form.get(name)
    if not isinstance(value, UploadFile):
        raise BadRequest(f"The form needs a file in the field '{name}'.", param=name, code="missing_required_parameter")
    return value


def _text(form: FormData, name: str) -> str | None:
    value = form.get(name)
    if isinstance(value, UploadFile):
        raise BadRequest(f"'{name}' is a text field, not a file.", param=name)
    return value


def _json(form: FormData, name: str) -> Any:
    text = _text(form, name)
    if text is None:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise BadRequest(f"'{name}' is a JSON object.", param=name)
    return value
