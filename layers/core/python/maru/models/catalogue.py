"""The catalogue of models: what operators edit in ``catalogue/models.yaml``, typed, checked and given this place's values."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from maru.errors import BadRequest, NotFound

type Kind = Literal["chat", "embeddings", "rerank"]
type Ability = Literal[
    "stream", "tools", "vision", "json_object", "json_schema", "reasoning", "logprobs", "audio", "web_search", "dimensions"
]

_NAME = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class CatalogueError(Exception):
    """The catalogue cannot be used; the message names the entry and the field."""


def _exact(value: Any) -> Any:
    # YAML reads 0.1 as a float; through its text it becomes the amount that was written.
    return Decimal(str(value)) if isinstance(value, float) else value


type Amount = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Price(_Strict):
    """USD per million tokens; ``cached_input`` is what prompt tokens cost that the provider's cache had, ``cache_write`` those that
    it took in (each the full price where absent)."""

    input: Amount
    output: Amount = Decimal(0)
    cached_input: Amount | None = None
    cache_write: Amount | None = None


def _http(value: str) -> str:
    if not _NAME.search(value) and not re.match(r"https?://[^/\s]+", value):
        raise ValueError("must be an http or https URL")
    return value.rstrip("/")


class Target(_Strict):
    """One model on one server. Keys are named, never written: ``key`` is looked up in the settings or in Secrets Manager.

    ``base_url`` is what the paths of ``provider`` are appended to (``/chat/completions`` for ``openai``). ``auth: aws`` signs
    with the function's own role for ``region``. ``price`` None means unknown, never free. ``private`` says that texts
    stay within the organisation's own walls. ``ca`` is the path of a PEM file.

    ``model`` of ``bedrock`` may be an ARN (imported, provisioned, inference profile). ``endpoint`` and ``component`` are SageMaker's
    endpoint and its inference component. ``max_output`` is asked for where the caller names no limit and the provider must have one.
    ``json_by`` says how an answer of a given schema is had: as the provider's own output format, or by a tool that must be called.
    ``thinking`` says how deep thought is asked for: ``effort`` (a word), ``budget`` (tokens).
    """

    provider: Literal[
        "openai", "anthropic", "bedrock", "gemini", "sagemaker", "bedrock-titan", "bedrock-cohere", "cohere", "jina", "bedrock-rerank"
    ] = "openai"
    model: str = Field(min_length=1)
    base_url: Annotated[str, AfterValidator(_http)]
    auth: Literal["key", "aws"] = "key"
    key: str | None = None
    key_required: bool = True
    region: str | None = None
    price: Price | None = None
    context_length: Annotated[int, Field(gt=0)] | None = None
    max_output: Annotated[int, Field(gt=0)] | None = None
    endpoint: str | None = None
    component: str | None = None
    json_by: Literal["format", "tool"] = "format"
    thinking: Literal["effort", "budget"] = "effort"
    private: bool = False
    proxy: Annotated[str, AfterValidator(_http)] | None = None
    ca: str | None = None


class Alias(_Strict):
    """A name that callers use, and the targets tried for it in their order.

    ``languages`` are ISO 639-1 codes, empty where not declared. ``dimensions`` is the length of an embedding alias's vectors;
    None means that only the model's answer tells.
    """

    alias: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")
    kind: Kind
    description: str = ""
    abilities: frozenset[Ability] = frozenset()
    languages: tuple[str, ...] = ()
    dimensions: Annotated[int, Field(gt=0)] | None = None
    targets: Annotated[tuple[Target, ...], Field(min_length=1)]

    @property
    def context_length(self) -> int | None:
        """The tokens that every target can hold."""
        return min((one.context_length for one in self.targets if one.context_length), default=None)


class Catalogue:
    """The aliases that exist here. Raises :class:`CatalogueError` for a malformed entry, used here or not."""

    def __init__(self, document: Any, values: Mapping[str, str], keys: frozenset[str] = frozenset(), *, source: str = "catalogue") -> None:
        self._source = source
        self._aliases: dict[str, Alias] = {}
        self._missing: dict[str, set[str]] = {}
        for index, entry in enumerate(_entries(document, source)):
            checked = self._parsed(_filled(entry, values, keep=True), f"models[{index}]")
            missing = _names_without_value(entry, values) | _keys_without_value(checked, keys)
            if missing:
                self._missing.setdefault(checked.alias, set()).update(missing)
            elif checked.alias not in self._aliases:
                self._aliases[checked.alias] = self._parsed(_filled(entry, values), f"models[{index}]")

    @classmethod
    def load(cls, path: str | Path, values: Mapping[str, str], keys: frozenset[str] = frozenset()) -> "Catalogue":
        """Read a YAML file; ``values`` fill its ``${NAME}``, ``keys`` are the names of API keys that can be had here."""
        import yaml

        file = Path(path)
        if not file.is_file():
            raise CatalogueError(f"{path}: there is no such file")
        try:
            document = yaml.load(file.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
        except yaml.YAMLError as error:
            raise CatalogueError(f"{path}: not YAML: {getattr(error, 'problem_mark', '')}") from error
        return cls(document, values, keys, source=str(path))

    def __iter__(self) -> Iterator[Alias]:
        return iter(self._aliases.values())

    def find(self, alias: str, kind: Kind) -> Alias:
        """The alias; raises :class:`NotFound` for an unknown one and :class:`BadRequest` for one of the other kind."""
        found = self._aliases.get(alias)
        if found is None:
            raise NotFound(
                f"The model '{alias}' does not exist. GET /v1/models lists those that do.", param="model", code="model_not_found"
            )
        if found.kind != kind:
            raise BadRequest(f"The model '{alias}' is for {found.kind}, not for {kind}.", param="model", code="wrong_model_kind")
        return found

    def get(self, alias: str) -> Alias | None:
        """The alias of whatever kind, or None."""
        return self._aliases.get(alias)

    def demand(self, alias: str) -> Alias:
        """The alias; raises :class:`CatalogueError` naming the values or keys that it lacks here. For synth and start-up."""
        if alias in self._aliases:
            return self._aliases[alias]
        lacks = ", ".join(sorted(self._missing.get(alias, ())))
        raise CatalogueError(f"{self._source}: '{alias}' cannot be used here: " + (f"no value for {lacks}" if lacks else "no such entry"))

    def _parsed(self, entry: Any, place: str) -> Alias:
        try:
            return Alias.model_validate(entry)
        except ValidationError as error:
            name = f" '{entry['alias']}'" if isinstance(entry, dict) and "alias" in entry else ""
            raise CatalogueError(f"{self._source}: {place}{name}: " + "; ".join(_problem(one) for one in error.errors())) from error


def _entries(document: Any, source: str) -> list[Any]:
    entries = document.get("models") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise CatalogueError(f"{source}: models: a list of entries is expected")
    return entries


def _problem(error: Any) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"]).lstrip(".")
    return f"{path or 'entry'}: {error['msg']}"


def _names_without_value(entry: Any, values: Mapping[str, str]) -> set[str]:
    names = (match for text in _texts(entry) for match in _NAME.finditer(text))
    return {match[1] for match in names if match[2] is None and not values.get(match[1])}


def _keys_without_value(alias: Alias, keys: frozenset[str]) -> set[str]:
    return {one.key for one in alias.targets if one.key and one.key_required and one.key not in keys}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _filled(value: Any, values: Mapping[str, str], *, keep: bool = False) -> Any:
    """The entry with this place's values; names without one vanish, or stand as they are where ``keep`` asks for it."""
    if isinstance(value, dict):
        return {name: _filled(part, values, keep=keep) for name, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, values, keep=keep) for part in value]
    if not isinstance(value, str) or not _NAME.search(value):
        return value
    # An empty result means that the field is absent: `${EMBED_DIMENSIONS:-}`.
    return _NAME.sub(lambda match: values.get(match[1]) or (match[0] if keep and match[2] is None else match[2] or ""), value) or None
