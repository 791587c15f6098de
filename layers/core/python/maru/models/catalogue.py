"""The catalogue of models: what operators edit in ``catalogue/models.yaml``, typed, checked and given this place's values."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from maru.errors import BadRequest, NotFound
from maru.models.prices import Price
from maru.models.values import NAME, filled, inside, of_openai, without_value
from maru.validation import words

type Kind = Literal["chat", "embeddings", "rerank", "ocr"]
type Difficulty = Literal["small", "medium", "large"]
type Ability = Literal[
    "stream", "tools", "vision", "json_object", "json_schema", "reasoning", "logprobs", "audio", "web_search", "dimensions"
]


class CatalogueError(Exception):
    """The catalogue cannot be used; the message names the entry and the field."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _http(value: str) -> str:
    if not NAME.search(value) and not re.match(r"https?://[^/\s]+", value):
        raise ValueError("must be an http or https URL")
    return value.rstrip("/")


class Target(_Strict):
    """One model on one server. Keys are named, never written: ``key`` is looked up in the settings or in Secrets Manager.

    ``base_url`` is what the paths of ``provider`` are appended to (``/chat/completions`` for ``openai``). ``auth: aws`` signs
    with the function's own role for ``region``. ``price`` None means unknown, never free. ``private`` says that texts
    stay within the organisation's own walls. ``ca`` is the path of a PEM file.

    ``rests`` false asks it again at once however often it failed: for one whose failures are wanted.

    Targets with a ``weight`` share an alias's requests in proportion to it; the others are asked after them, in their order.
    ``first_token_seconds`` and ``between_tokens_seconds`` are how long this one may keep silent, where the settings' own times do not
    fit. ``continues`` says how its model is made to go on from the beginning of an answer: ``prefix`` (the last message is the
    assistant's), ``mistral`` (that message is marked), ``vllm`` (the chat template is told); None where it cannot.

    Where ``private`` is not said, an address of a private network is, and every other is not. ``developer`` is the role in which its
    server takes developer's messages: where it is not said, their own at OpenAI and at Azure, ``system`` everywhere else.

    ``model`` of ``bedrock`` may be an ARN (imported, provisioned, inference profile). ``endpoint`` and ``component`` are SageMaker's
    endpoint and its inference component. ``max_output`` is asked for where the caller names no limit and the provider must have one.
    ``json_by`` says how an answer of a given schema is had: as the provider's own output format, or by a tool that must be called.
    ``thinking`` says how deep thought is asked for: ``effort`` (a word), ``budget`` (tokens).
    """

    provider: Literal[
        "openai",
        "anthropic",
        "bedrock",
        "gemini",
        "sagemaker",
        "bedrock-titan",
        "bedrock-cohere",
        "cohere",
        "jina",
        "bedrock-rerank",
        "textract",
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
    developer: Literal["developer", "system"] = "system"
    weight: Annotated[float, Field(gt=0)] | None = None
    rests: bool = True
    first_token_seconds: Annotated[float, Field(gt=0)] | None = None
    between_tokens_seconds: Annotated[float, Field(gt=0)] | None = None
    continues: Literal["prefix", "mistral", "vllm"] | None = None
    proxy: Annotated[str, AfterValidator(_http)] | None = None
    ca: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_address(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        url = str(given.get("base_url"))
        usual = {"private": inside(url), "developer": "developer" if of_openai(url) else "system"}
        return {**given, **{name: value for name, value in usual.items() if given.get(name) is None}}


class Alias(_Strict):
    """A name that callers use, and the targets that are tried for it.

    ``languages`` are ISO 639-1 codes, empty where not declared. ``dimensions`` is the length of an embedding alias's vectors;
    None means that only the model's answer tells. ``max_input_tokens`` is the longest request that it takes, counted by
    :func:`maru.models.sizes.typical_tokens`. ``shutdown_date`` is the day on which it will be there no more, told to callers.

    An alias with ``classes`` has no targets of its own: it names the alias of each difficulty, and the catalogue gives it as
    ``choices`` those that exist, and all their targets.
    """

    alias: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")
    kind: Kind
    description: str = ""
    abilities: frozenset[Ability] = frozenset()
    languages: tuple[str, ...] = ()
    dimensions: Annotated[int, Field(gt=0)] | None = None
    max_input_tokens: Annotated[int, Field(gt=0)] | None = None
    shutdown_date: date | None = None
    classes: dict[Difficulty, str] = {}
    targets: tuple[Target, ...] = ()
    choices: dict[Difficulty, "Alias"] = Field(default={}, exclude=True, repr=False)

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if bool(self.targets) == bool(self.classes) or self.choices:
            raise ValueError("targets: give either these or 'classes'")
        return self

    def choosing(self, choices: "dict[Difficulty, Alias]") -> "Alias":
        """The same with what its classes lead to: able to do what any of them can."""
        targets = dict.fromkeys(target for one in choices.values() for target in one.targets)
        abilities = frozenset[Ability]().union(*(one.abilities for one in choices.values()))
        return self.model_copy(update={"choices": choices, "targets": tuple(targets), "abilities": abilities | self.abilities})

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
            checked = self._parsed(filled(entry, values, keep=True), f"models[{index}]")
            missing = without_value(entry, values) | _keys_without_value(checked, keys)
            if missing:
                self._missing.setdefault(checked.alias, set()).update(missing)
            elif checked.alias not in self._aliases:
                self._aliases[checked.alias] = self._parsed(filled(entry, values), f"models[{index}]")
        self._choose()

    @classmethod
    def load(
        cls, path: str | Path, values: Mapping[str, str], keys: frozenset[str] = frozenset(), *, more: Sequence[Any] = ()
    ) -> "Catalogue":
        """Read a YAML file; ``values`` fill its ``${NAME}``, ``keys`` are the names of API keys that can be had here.

        ``more`` are entries that stand before the file's: those of what a stage itself deploys.
        """
        import yaml

        file = Path(path)
        if not file.is_file():
            raise CatalogueError(f"{path}: there is no such file")
        try:
            document = yaml.load(file.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
        except yaml.YAMLError as error:
            raise CatalogueError(f"{path}: not YAML: {getattr(error, 'problem_mark', '')}") from error
        return cls({"models": [*more, *_entries(document, str(path))]}, values, keys, source=str(path))

    def __iter__(self) -> Iterator[Alias]:
        return iter(self._aliases.values())

    def find(self, alias: str, kind: Kind, *, param: str = "model") -> Alias:
        """The alias, which the request's field ``param`` names; raises :class:`NotFound` for an unknown one and :class:`BadRequest` for one
        of another kind."""
        found = self._aliases.get(alias)
        if found is None:
            raise NotFound(f"The model '{alias}' does not exist. GET /v1/models lists those that do.", param=param, code="model_not_found")
        if found.kind != kind:
            raise BadRequest(f"The model '{alias}' is for {found.kind}, not for {kind}.", param=param, code="wrong_model_kind")
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

    def _choose(self) -> None:
        """Lead aliases with classes to the aliases of these that exist here; one that has none of them does not exist either."""
        for name, alias in [pair for pair in self._aliases.items() if pair[1].classes]:
            found = {size: self._aliases[other] for size, other in alias.classes.items() if other in self._aliases}
            if wrong := next((one.alias for one in found.values() if one.kind != alias.kind or one.classes), None):
                raise CatalogueError(f"{self._source}: '{name}': classes: '{wrong}' is no {alias.kind} alias with targets")
            if found:
                self._aliases[name] = alias.choosing(found)
            else:
                self._missing.setdefault(name, set()).update(alias.classes.values())
                del self._aliases[name]

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
    return f"{path or 'entry'}: {words(error)}"


def _keys_without_value(alias: Alias, keys: frozenset[str]) -> set[str]:
    return {one.key for one in alias.targets if one.key and one.key_required and one.key not in keys}
