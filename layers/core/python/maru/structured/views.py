"""The views that may be read: what operators write in ``catalogue/data.yaml``, typed and checked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from maru.errors import NotFound
from maru.identity import Caller
from maru.knowledge.acl import DataClass

type ColumnType = Literal["text", "integer", "number", "decimal", "boolean", "date", "timestamp"]
#: Lower-case names alone: they are written into SQL and into a GraphQL schema as they are.
type Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
type Relation = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?$")]
type Group = Annotated[str, Field(min_length=1, max_length=128)]


class DataError(Exception):
    """``data.yaml`` cannot be used; the message names the entry and the field."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Words(_Strict):
    """The same in English and Korean."""

    en: str = Field(min_length=1, max_length=500)
    ko: str = Field(min_length=1, max_length=500)

    def __str__(self) -> str:
        return f"{self.en} · {self.ko}"


class Column(_Strict):
    """A column: ``decimal`` is told as a string, exactly; ``filter`` and ``sort`` say what callers may do with it. ``cast`` is for one
    whose type in the table is another (an enumeration, a UUID, JSON): the view gives it as ``type``, which no index on it serves."""

    type: ColumnType
    cast: bool = False
    filter: bool = False
    sort: bool = False
    #: All that a text column may hold, where that is little: an answer that says another of them than the row does cites it in vain.
    values: tuple[str, ...] = Field(default=(), max_length=100)
    description: Words | None = None


class View(_Strict):
    """A view; rows are told apart by ``key``, whose columns are shown always."""

    view: Name
    source: Relation
    description: Words
    tenant_column: Name
    user_column: Name | None = None
    groups: tuple[Group, ...] = ()
    data_class: DataClass = "internal"
    key: tuple[Name, ...] = Field(min_length=1, max_length=4)
    max_rows: int = Field(default=100, ge=1, le=1000)
    max_lag_seconds: float = Field(default=60, gt=0)
    columns: dict[Name, Column] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        if missing := [name for name in self.key if name not in self.columns]:
            raise ValueError(f"key: '{missing[0]}' is no column of the view")
        return self

    def __hash__(self) -> int:
        return hash(self.view)

    def open_to(self, caller: Caller) -> bool:
        """Whether the caller may read it."""
        return not self.groups or bool(set(self.groups) & set(caller.groups))


class Views(_Strict):
    """All views; ``replica: required`` refuses to read from a server that is none."""

    replica: Literal["required", "preferred"] = "required"
    views: tuple[View, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [one.view for one in self.views]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"views: two are named '{twice[0]}'")
        return self

    @classmethod
    def load(cls, catalogue: str | Path) -> "Views":
        """Read ``data.yaml``; raises :class:`DataError`."""
        import yaml

        path = Path(catalogue) / "data.yaml"
        try:
            return cls.model_validate(yaml.safe_load(path.read_bytes()) or {})
        except (yaml.YAMLError, ValidationError) as error:
            raise DataError(f"{path.name}: {error}") from error

    def of(self, caller: Caller) -> list[View]:
        """The views that the caller may read, by name."""
        return sorted((one for one in self.views if one.open_to(caller)), key=lambda one: one.view)

    def named(self, name: str) -> View | None:
        """The view of this name, whoever may read it."""
        return next((one for one in self.views if one.view == name), None)

    def find(self, caller: Caller, name: str) -> View:
        """A view; raises :class:`NotFound` where there is none for this caller."""
        found = next((one for one in self.of(caller) if one.view == name), None)
        if found is None:
            none = "" if self.views else " An operator lists views in catalogue/data.yaml; this deployment has none."
            raise NotFound(f"There is no view '{name[:48]}'.{none}", param="view", code="view_not_found")
        return found


def described(view: View) -> dict[str, Any]:
    """A view as callers are told of it."""
    columns: Mapping[str, Column] = view.columns
    return {
        "object": "data.view",
        "id": view.view,
        "description": view.description.model_dump(),
        "key": list(view.key),
        "data_class": view.data_class,
        "max_rows": view.max_rows,
        "columns": [
            {
                "name": name,
                "type": one.type,
                "filter": one.filter,
                "sort": one.sort,
                "values": list(one.values),
                "description": one.description.model_dump() if one.description else None,
            }
            for name, one in columns.items()
        ],
    }
