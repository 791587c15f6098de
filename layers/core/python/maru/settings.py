"""The base of every function's settings: infra constructs the object, the function parses it from its environment."""

import json
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError


class SettingsError(Exception):
    """The environment does not hold what the function needs; the message names each field."""


class Settings(BaseModel):
    """A frozen contract between infra and one function.

    Names of resources have no defaults: a missing or empty one stops the start. Strings travel as they are, everything
    else as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    def to_env(self) -> dict[str, str]:
        """The environment variables that :meth:`from_env` reads, named as the fields in capitals."""
        return {name.upper(): _encode(getattr(self, name)) for name in type(self).model_fields if getattr(self, name) is not None}

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Parse ``environ``; raises :class:`SettingsError` naming every missing, empty or malformed variable."""
        present = {name: environ[name.upper()] for name in cls.model_fields if environ.get(name.upper(), "").strip()}
        try:
            return cls.model_validate({name: _decode(cls.model_fields[name].annotation, value) for name, value in present.items()})
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(str(part) for part in item['loc']).upper()}: {item['msg']}" for item in error.errors())
            raise SettingsError(f"{cls.__name__} cannot start: {problems}") from error


def _encode(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=lambda part: part.model_dump() if isinstance(part, BaseModel) else list(part))


def _decode(annotation: Any, value: str) -> Any:
    if annotation is str or annotation == (str | None):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
