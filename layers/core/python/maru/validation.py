"""What pydantic found wrong with a caller's data, told to the caller."""

import re
from typing import Any

from maru.errors import BadRequest

#: Among the parts of a place pydantic also names the alternative it tried (`str`, `list[str]`, a class): no field of the caller's.
_ALTERNATIVE = re.compile(r"str|int|float|bool|constrained-.*|.*\[.*|[A-Z].*")
_CODES = {"missing": "missing_required_parameter", "extra_forbidden": "unknown_parameter"}


def refusal(error: Any, *, inside: int = 0) -> BadRequest:
    """The error of a caller whose data broke a model's rules: its first mistake, without the value that was sent.

    ``error`` is pydantic's or FastAPI's; ``inside`` says how many parts of the mistake's place are not the caller's own (``body``).
    """
    first = error.errors()[0]
    # A list in a query is a parameter that is given several times: its entries have no names.
    parts = [part for part in first["loc"] if isinstance(part, str)] if first["loc"][:1] == ("query",) else first["loc"]
    place = [str(part) for part in parts[inside:] if part != "body"]
    field = ".".join(part for part in place if not _ALTERNATIVE.fullmatch(part)) or (str(first["loc"][0]) if first["loc"] else "body")
    return BadRequest(f"'{field}': {first['msg']}.", param=field, code=_CODES.get(first["type"], "invalid_value"))
