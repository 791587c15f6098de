"""What pydantic found wrong with a caller's data, told to the caller."""

import re
from collections.abc import Sequence
from typing import Any

from maru.errors import BadRequest

#: Among the parts of a place pydantic also names the alternative it tried (`str`, `list[str]`, a class): no field of the caller's.
_ALTERNATIVE = re.compile(r"str|int|float|bool|constrained-.*|.*\[.*|[A-Z].*")
_CODES = {"missing": "missing_required_parameter", "extra_forbidden": "unknown_parameter"}


def refusal(error: Any, *, inside: int = 0) -> BadRequest:
    """The error of a caller whose data broke a model's rules: its first mistake, without the value that was sent.

    ``error`` is pydantic's or FastAPI's; ``inside`` says how many parts of the mistake's place are not the caller's own (``body``).
    """
    first = _first(error.errors())
    # A list in a query is a parameter that is given several times: its entries have no names.
    parts = [part for part in first["loc"] if isinstance(part, str)] if first["loc"][:1] == ("query",) else first["loc"]
    place = [str(part) for part in parts[inside:] if part != "body"]
    field = ".".join(part for part in place if not _ALTERNATIVE.fullmatch(part)) or (str(first["loc"][0]) if first["loc"] else "body")
    message = first["msg"].removeprefix("Value error, ")
    if "UploadFile" in message:  # FastAPI's own words for a form's field that came without a file name
        message = "Send a file with its name, as a part of multipart/form-data"
    return BadRequest(f"'{field}': {message}.", param=field, code=_CODES.get(first["type"], "invalid_value"))


def _first(found: Sequence[Any]) -> Any:
    """The mistake to tell. Of a field that takes several kinds of values pydantic tells what is wrong beside each kind: the kind that was
    sent is the one meant, and where it is none of them, all are named.
    """
    first = found[0]
    end = next((at for at, part in enumerate(first["loc"]) if isinstance(part, str) and _ALTERNATIVE.fullmatch(part)), None)
    if end is None:
        return first
    union = [one for one in found if one["loc"][:end] == first["loc"][:end] and len(one["loc"]) > end]
    meant = [one for one in union if len(one["loc"]) > end + 1 or not one["type"].endswith("_type")]
    if meant:
        return min(meant, key=lambda one: one["type"].endswith("_type"))
    kinds = dict.fromkeys(one["msg"].removeprefix("Input should be ") for one in union)
    return {**first, "msg": f"Input should be {' or '.join(kinds)}"}
