"""What a request's headers want of the cache: ``cache-control`` as in HTTP (RFC 9111), and ``x-maru-cache``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, get_args

from maru.cache.rules import Mode
from maru.errors import BadRequest

HEADER = "x-maru-cache"
_MODES = get_args(Mode.__value__)


@dataclass(frozen=True)
class Wanted:
    """How to look an answer up, whether one that is there will do (``read``), how many seconds old it may be, and whether to ask no
    model at all (``only``)."""

    mode: Mode = "off"
    read: bool = True
    max_age: int | None = None
    only: bool = False

    @classmethod
    def of(cls, headers: Mapping[str, str], default: Mode) -> Self:
        """Read the headers; raises BadRequest naming one that cannot be read. Directives of others' caches are passed over."""
        told = headers.get(HEADER)
        if told is not None and told not in _MODES:
            raise BadRequest(f"'{HEADER}' is one of {', '.join(_MODES)}.", param=HEADER, code="invalid_value")
        mode: Mode = next((one for one in _MODES if one == told), default)
        directives = _directives(headers.get("cache-control", ""))
        age = directives.get("max-age")
        if age is not None and not age.isdecimal():
            raise BadRequest("'max-age' in 'cache-control' is a number of seconds.", param="cache-control", code="invalid_value")
        if "no-store" in directives:
            mode = "off"
        fresh = "no-cache" in directives
        return cls(mode, read=not fresh, max_age=None if age is None else int(age), only="only-if-cached" in directives and not fresh)


def _directives(header: str) -> dict[str, str]:
    parts = (part.strip().lower().partition("=") for part in header.split(","))
    return {name.strip(): value.strip().strip('"') for name, _, value in parts if name}
