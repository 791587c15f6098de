"""What operators decide about the cache in ``catalogue/cache.yaml``."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from maru.validation import words

type Mode = Literal["off", "exact", "semantic"]


class RulesError(Exception):
    """The rules cannot be used; the message names the field."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Exact(_Strict):
    """How long an entry lives, and how many a tenant has."""

    ttl_seconds: Annotated[int, Field(ge=1, le=30 * 86_400)] = 3600
    entries: Annotated[int, Field(ge=1, le=100_000)] = 1000


class Semantic(_Strict):
    """The embedding alias, the least cosine of two questions that may ask the same, how many of the nearest are looked at."""

    embedding: str = "embedding"
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.80
    candidates: Annotated[int, Field(ge=1, le=50)] = 5


class Rules(_Strict):
    """Which requests are looked up unless they say otherwise themselves."""

    completions: Literal["asked", "deterministic", "all"] = "deterministic"
    agents: Mode = "exact"
    exact: Exact = Exact()
    semantic: Semantic = Semantic()

    @classmethod
    def load(cls, catalogue: str | Path) -> Self:
        """Read ``cache.yaml`` of the folder; the defaults where there is none. Raises :class:`RulesError`."""
        import yaml

        file = Path(catalogue) / "cache.yaml"
        if not file.is_file():
            return cls()
        try:
            return cls.model_validate(yaml.safe_load(file.read_bytes()) or {})
        except yaml.YAMLError as error:
            raise RulesError(f"{file}: not YAML") from error
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {words(one)}" for one in error.errors())
            raise RulesError(f"{file}: {problems}") from error

    def mode(self, *, temperature: float | None) -> Mode:
        """How a chat completion is looked up that says nothing about it."""
        if self.completions == "all" or (self.completions == "deterministic" and temperature == 0):
            return "exact"
        return "off"
