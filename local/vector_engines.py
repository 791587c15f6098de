"""Further engines of vector stores that `MARU_VECTOR_ENGINES` names, beside the SQLite file of every local run.

Each is told as `EngineSettings` has it, but for ``secret``, which is the password or key itself: a machine has no Secrets Manager to
keep it in beforehand.
"""

import json
import re
from typing import Any

from pydantic import ValidationError

from maru.knowledge.engines import EngineSettings
from maru.postgres import checked
from maru.validation import words

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
_EXAMPLE = '{"company": {"kind": "postgres", "location": "postgresql://maru:PASSWORD@127.0.0.1:5432/maru"}}'
#: Where an engine's secret stands in the embedded Secrets Manager.
_SECRET = "maru-local/engines/{}"  # noqa: S105 - a place


class WrongEngines(ValueError):
    """The value cannot be used; the message never quotes what may hold a password."""


def parsed(value: str) -> dict[str, EngineSettings]:
    """The engines by name, the secret of each in clear; none where the value is empty. Raises :class:`WrongEngines`."""
    if not value.strip():
        return {}
    try:
        told: Any = json.loads(value)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise WrongEngines(f"give a JSON object of engines by their names, such as {_EXAMPLE}.")
    return {name: _engine(name, one) for name, one in told.items()}


def kept(engines: dict[str, EngineSettings], secrets: Any) -> str:
    """The setting that functions read: secrets go into Secrets Manager, whose client this is, and their ARNs stand for them."""
    told = {name: one.model_copy(update={"secret": one.secret and _put(secrets, name, one.secret)}) for name, one in engines.items()}
    return json.dumps({name: one.model_dump() for name, one in told.items()}, ensure_ascii=False)


def _engine(name: str, told: object) -> EngineSettings:
    if not _NAME.fullmatch(name) or name == "sqlite":
        raise WrongEngines("an engine is called by a small letter and up to 31 more letters, digits, '-' and '_', and not 'sqlite'.")
    try:
        engine = EngineSettings.model_validate(told)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'it'}: {words(one)}" for one in error.errors())
        raise WrongEngines(f"'{name}': {problems}.") from None
    if engine.kind == "sqlite":
        raise WrongEngines(f"'{name}' is of kind sqlite, which every local run has already.")
    if engine.kind == "postgres":
        try:
            checked(engine.location)
        except ValueError as error:
            raise WrongEngines(f"'{name}': {error}.") from None
    return engine


def _put(secrets: Any, name: str, value: str) -> str:
    place = _SECRET.format(name)
    try:
        return str(secrets.create_secret(Name=place, SecretString=value)["ARN"])
    except secrets.exceptions.ResourceExistsException:
        return str(secrets.put_secret_value(SecretId=place, SecretString=value)["ARN"])
