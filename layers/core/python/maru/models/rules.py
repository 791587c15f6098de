"""How requests are routed, as data: ``catalogue/routing.yaml``, which operators edit."""

import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from maru.models.catalogue import CatalogueError, Difficulty

type Preference = Literal["cost", "balanced", "quality"]
type DataClass = Literal["public", "internal", "customer", "restricted"]
type Positive = Annotated[float, Field(gt=0)]
type Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


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


def _words(value: tuple[str, ...]) -> tuple[str, ...]:
    if not all(word.strip() for word in value):
        raise ValueError("a word is empty")
    return value


type Words = Annotated[tuple[str, ...], AfterValidator(_words)]


class Rule(_Strict):
    """A request whose last message has one of the ``words`` is of this class, however easy it looks; the first rule that holds decides.

    Words of Latin letters match whole words, all others anywhere: Korean joins its particles to them.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")
    to: Difficulty
    words: Annotated[Words, Field(min_length=1)]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds any of the words."""
        return pattern_of(self.words)


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
    reasoning_words: Words = ()
    medium: Share = 0.2
    large: Share = 0.45

    @cached_property
    def reasoning_pattern(self) -> re.Pattern[str]:
        """What finds reasoning words."""
        return pattern_of(self.reasoning_words)


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


def pattern_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Finds any of the words, whatever their case; nothing where there are none."""
    return re.compile("|".join(_bounded(word) for word in words) or "(?!)", re.IGNORECASE)


def _bounded(word: str) -> str:
    quoted = re.escape(word).replace(r"\ ", r"\s+")
    # Not \b: between a Latin word and a Korean particle there is none.
    return rf"(?<![a-z0-9_]){quoted}(?![a-z0-9_])" if word.isascii() else quoted


def _problem(error: Any) -> str:
    return f"{'.'.join(str(part) for part in error['loc']) or 'routing'}: {error['msg']}"
