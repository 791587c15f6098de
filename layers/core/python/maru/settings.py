"""The base of every function's settings: infra constructs the object, the function parses it from its environment."""

import json
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from maru.validation import words

#: What the names of fields that name tables end with, and the variable that holds what those tables' names begin with.
_TABLE, _PREFIX = "_table", "TABLE_PREFIX"


class SettingsError(Exception):
    """The environment does not hold what the function needs; the message names each field."""


class Settings(BaseModel):
    """A frozen contract between infra and one function.

    Names of resources have no defaults: a missing or empty one stops the start. Strings travel as they are, everything
    else as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    def to_env(self) -> dict[str, str]:
        """The environment variables that :meth:`from_env` reads, named as the fields in capitals.

        Tables that are called alike but for their store's name share one variable, ``TABLE_PREFIX``: Lambda's environment holds 4 KB.
        """
        given = {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}
        prefix = _common_prefix({name: value for name, value in given.items() if name.endswith(_TABLE)})
        alike = {name for name in given if prefix and given[name] == _named(prefix, name)}
        shared = {_PREFIX: prefix} if prefix else {}
        return shared | {name.upper(): _encode(value) for name, value in given.items() if name not in alike}

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Parse ``environ``; raises :class:`SettingsError` naming every missing, empty or malformed variable."""
        prefix = environ.get(_PREFIX, "").strip()
        alike = {name: _named(prefix, name) for name in cls.model_fields if prefix and name.endswith(_TABLE)}
        present = alike | {name: environ[name.upper()] for name in cls.model_fields if environ.get(name.upper(), "").strip()}
        try:
            return cls.model_validate({name: _decode(cls.model_fields[name].annotation, value) for name, value in present.items()})
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(str(part) for part in item['loc']).upper()}: {words(item)}" for item in error.errors())
            raise SettingsError(f"{cls.__name__} cannot start: {problems}") from error


def _named(prefix: str, field: str) -> str:
    return prefix + field.removesuffix(_TABLE)


def _common_prefix(tables: Mapping[str, str]) -> str:
    """What stands before the store's name in the names of most tables; empty where they are not called by their stores."""
    found = Counter(table.removesuffix(stem) for name, table in tables.items() if table.endswith(stem := name.removesuffix(_TABLE)))
    return found.most_common(1)[0][0] if found else ""


def _encode(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(part: Any) -> Any:
    if isinstance(part, BaseModel):
        return part.model_dump()
    return str(part) if isinstance(part, Decimal) else list(part)


def _decode(annotation: Any, value: str) -> Any:
    if annotation is str or annotation == (str | None):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
