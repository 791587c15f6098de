"""The headers with which a request says what it wants of the cache."""

from typing import Annotated

from fastapi import Header

_MODE = "off, exact (the same request) or semantic (a question that asks the same): how an answer may be given again"
_CONTROL = "no-store: neither look up nor keep; no-cache: a fresh answer, kept; max-age=SECONDS: none older; only-if-cached: ask no model"


type Mode = Annotated[str | None, Header(alias="x-maru-cache", description=_MODE)]
type Control = Annotated[str | None, Header(alias="cache-control", description=_CONTROL)]


def told(mode: str | None, control: str | None) -> dict[str, str]:
    """The headers that were sent, by name."""
    given = {"x-maru-cache": mode, "cache-control": control}
    return {name: value for name, value in given.items() if value is not None}
