"""How requests are routed, as data: ``catalogue/routing.yaml``, which operators edit."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from maru.models.catalogue import CatalogueError, Difficulty
from maru.validation import words

#: Words of Latin letters, with the hyphens inside them.
_LATIN = re.compile(r"[a-z0-9_]+(?:-[a-z0-9_]+)*")

type Preference = Literal["cost", "balanced", "quality"]
type DataClass = Literal["public", "internal", "customer", "restricted"]
type Positive = Annotated[float, Field(gt=0)]
type Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, arbitrary_types_allowed=True)


class Breaker(_Strict):
    """A target that failed ``failures`` times ``within_seconds`` is not asked for ``cooldown_seconds``, for twice as long after each
    further failure, for ``longest_seconds`` at most."""

    failures: Annotated[int, Field(ge=1)] = 5
    within_seconds: Positive = 30
    cooldown_seconds: Positive = 10
    longest_seconds: Positive = 300


class Retry(_Strict):
    """How often all targets are asked once more after all of them failed in passing; the pause before grows from ``pause_seconds``."""

    rounds: Annotated[int, Field(ge=0, le=5)] = 1
    pause_seconds: Positive = 0.5


@dataclass(frozen=True)
class Text:
    """A text as words are looked for in it: folded, and cut into its Latin words."""

    folded: str

    @cached_property
    def _latin(self) -> list[str]:
        return _LATIN.findall(self.folded)

    @cached_property
    def words(self) -> frozenset[str]:
        """Its Latin words, each once."""
        return frozenset(self._latin)

    @cached_property
    def spaced(self) -> str:
        """Its Latin words in their order, with one blank around each."""
        return f" {' '.join(self._latin)} "


@dataclass(frozen=True)
class Words:
    """Words to be looked for. Those of Latin letters match whole words, all others anywhere: Korean joins its particles to them."""

    words: tuple[str, ...] = ()

    def found(self, text: Text) -> set[str]:
        """Those that a text has."""
        return set(self._whole & text.words) | {word for word in self._anywhere if word in text.folded} | self._phrases_in(text)

    def _phrases_in(self, text: Text) -> set[str]:
        return {phrase for phrase in self._phrases if f" {phrase} " in text.spaced}

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(word for word in self.words if word.isascii() and " " not in word)

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        return tuple(word for word in self.words if word.isascii() and " " in word)

    @cached_property
    def _anywhere(self) -> tuple[str, ...]:
        return tuple(word for word in self.words if not word.isascii())


def _words(value: Any) -> Any:
    words = tuple(str(word).strip().casefold() for word in value) if isinstance(value, list | tuple) else ()
    if not all(words):
        raise ValueError("a word is empty")
    return Words(words)


type Listed = Annotated[Words, BeforeValidator(_words)]


class Rule(_Strict):
    """A request whose last message has one of the ``words`` is of this class, however easy it looks; the first rule that holds decides."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")
    to: Difficulty
    words: Listed


class Score(_Strict):
    """What makes a request hard: each mark adds its weight, in the share of its full measure that the request has.

    ``long_tokens`` is a long last message, ``reasoning_full`` so many different reasoning words, ``history_full`` so many messages,
    ``code_full`` so many lines of code. From ``medium`` and ``large`` on a request is of that class.
    """

    length: Share = 0.3
    reasoning: Share = 0.45
    code: Share = 0.3
    history: Share = 0.1
    form: Share = 0.1
    long_tokens: Positive = 1500
    reasoning_full: Positive = 3
    history_full: Positive = 20
    code_full: Positive = 12
    reasoning_words: Listed = Words()
    medium: Share = 0.2
    large: Share = 0.45


class Sensitive(_Strict):
    """What goes to private targets only: passages of ``data_classes``, and text with ``personal_data`` of these labels of the guard."""

    data_classes: frozenset[DataClass] = frozenset({"customer", "restricted"})
    personal_data: frozenset[str] = frozenset()


class Routing(_Strict):
    """All of it. ``preference`` moves both borders of the classes by its number: a negative one makes more requests large."""

    retry: Retry = Retry()
    breaker: Breaker = Breaker()
    sensitive: Sensitive = Sensitive()
    score: Score = Score()
    rules: tuple[Rule, ...] = ()
    preference: dict[Preference, Annotated[float, Field(ge=-1, le=1)]] = {"cost": 0.15, "balanced": 0.0, "quality": -0.15}

    @classmethod
    def load(cls, catalogue: str | Path) -> Self:
        """Read ``routing.yaml`` of the catalogue's folder; raises ``CatalogueError`` naming the field."""
        import yaml

        path = Path(catalogue) / "routing.yaml"
        try:
            return cls.model_validate(yaml.safe_load(path.read_bytes()))
        except (OSError, yaml.YAMLError) as error:
            raise CatalogueError(f"{path}: cannot be read as YAML") from error
        except ValidationError as error:
            raise CatalogueError(f"{path}: " + "; ".join(_problem(one) for one in error.errors())) from error


def _problem(error: Any) -> str:
    return f"{'.'.join(str(part) for part in error['loc']) or 'routing'}: {words(error)}"
