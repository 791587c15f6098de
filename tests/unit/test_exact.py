"""What callers send is read as it is; every body of every route is."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, TypeAliasType, get_args

import pytest
from pydantic import BaseModel, Field, ValidationError

from infra import discovery
from maru.exact import Exact, Several


class Thing(Exact):
    """One field of each kind."""

    yes: bool = False
    count: int = 0
    share: float = 0
    names: Several[str] = Field(default=(), max_length=2)
    inner: "Thing | None" = None


@pytest.mark.parametrize(
    "wrong", [{"yes": "yes"}, {"yes": 1}, {"count": "5"}, {"count": True}, {"count": 5.5}, {"share": "1"}, {"names": [1]}]
)
def test_no_value_is_taken_for_one_of_another_type(wrong: dict[str, Any]) -> None:
    for given, place in ((wrong, ()), ({"inner": wrong}, ("inner",))):
        with pytest.raises(ValidationError) as refused:
            Thing.model_validate(given)
        assert refused.value.errors()[0]["loc"][: len(place) + 1] == (*place, *wrong)


def test_what_json_writes_in_two_ways_is_one() -> None:
    thing = Thing.model_validate({"count": 5.0, "share": 1, "names": ["a", "b"], "inner": {"count": 2.0}})
    assert (thing.count, thing.share, thing.names, thing.inner) == (5, 1.0, ("a", "b"), Thing(count=2))
    assert type(thing.count) is int


def test_every_body_of_every_route_is_read_so() -> None:
    bodies = {model for parameter in _bodies() for model in _models(parameter.field_info.annotation)}
    loose = [model for model in bodies if not model.model_config.get("strict") and _converts(model)]
    assert len(bodies) > 60
    assert loose == []


def _converts(model: type[BaseModel]) -> bool:
    """Whether a field takes what other types are taken for."""
    told = " ".join(str(field.annotation) for field in model.model_fields.values())
    return any(kind in told for kind in ("bool", "int", "float", "date", "Decimal"))


def _bodies() -> Iterator[Any]:
    for folder in discovery.functions():
        if folder.http:
            routers = import_module(f"functions.{folder.name}.app").ROUTERS
            for route in (route for router in routers for route in router.routes):
                yield from _below(route.dependant)


def _below(dependant: Any) -> Iterator[Any]:
    yield from dependant.body_params
    for one in dependant.dependencies:
        yield from _below(one)


def _models(annotation: Any, seen: frozenset[Any] = frozenset()) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, TypeAliasType):
        annotation = annotation.__value__
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            yield annotation
            for field in annotation.model_fields.values():
                yield from _models(field.annotation, seen | {annotation})
        return
    for part in get_args(annotation):
        yield from _models(part, seen)
