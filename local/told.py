"""Checks what the environment tells a local run before anything starts: a wrong value is refused by its name, with what it should be."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from local import vector_engines
from maru.knowledge.sources.scope import wrong_hosts
from maru.postgres import checked

_CURRENCY = re.compile(r"[A-Z]{3}=(?=.*[1-9])\d{1,9}(\.\d{1,9})?", re.ASCII)


class WrongSetting(Exception):
    """A variable of the environment cannot be used; the message names it and never quotes what may hold a password."""


def check(environ: Mapping[str, str]) -> None:
    """Raises :class:`WrongSetting` for the first variable that cannot be used; one that is empty or missing is not set."""
    for name, complaint in _CHECKS.items():
        value = environ.get(name, "").strip()
        if value and (wrong := complaint(value)):
            raise WrongSetting(f"{name} cannot be used: {wrong}")


def _server(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fine = False
    return None if fine else "give the base URL of an OpenAI-compatible server, such as http://127.0.0.1:8000/v1."


def _database(value: str) -> str | None:
    try:
        checked(value)
    except ValueError as error:
        return f"{error}."
    return None


def _hosts(value: str) -> str | None:
    wrong = wrong_hosts(value.split())
    return f"{', '.join(map(repr, wrong))}: give hosts by spaces, such as wiki.corp *.corp git.corp:8443." if wrong else None


def _engines(value: str) -> str | None:
    try:
        vector_engines.parsed(value)
    except vector_engines.WrongEngines as error:
        return str(error)
    return None


def second_currency(environ: Mapping[str, str]) -> dict[str, str]:
    """The admin function's settings of the currency in which statements are told too, and what one USD is worth in it."""
    code, _, rate = environ.get("MARU_SECOND_CURRENCY", "").strip().partition("=")
    return {"SECOND_CURRENCY": code, "SECOND_CURRENCY_RATE": rate} if code else {}


def _currency(value: str) -> str | None:
    return None if _CURRENCY.fullmatch(value) else "give a currency and what one USD is worth in it, such as KRW=1380.5."


def _dimensions(value: str) -> str | None:
    return None if value.isascii() and value.isdigit() and int(value) else "give the length of the vectors, a whole number from 1."


_CHECKS: dict[str, Callable[[str], str | None]] = {
    "MARU_MODEL_URL": _server,
    "MARU_EMBED_URL": _server,
    "MARU_RERANK_URL": _server,
    "MARU_EMBED_DIMENSIONS": _dimensions,
    "MARU_DATA_URL": _database,
    "MARU_SOURCE_HOSTS": _hosts,
    "MARU_VECTOR_ENGINES": _engines,
    "MARU_SECOND_CURRENCY": _currency,
}
