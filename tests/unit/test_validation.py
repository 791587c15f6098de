"""Mistakes in callers' data as callers read them: plain words, whatever pydantic calls them."""

import enum
import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError, create_model

from maru import validation
from maru.errors import BadRequest
from maru.validation import number_words, refusal, spelled
from scripts import openapi
from tests.processes import ROOT


class Kind(enum.StrEnum):
    A = "a"
    B = "b"


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


CODE = spelled("^[A-Z]{3}$", "three capital letters, such as 'KRW'")


@pytest.mark.parametrize(
    ("declared", "value", "told"),
    [
        (str, 5, "must be a string."),
        (int, "many", "must be a whole number."),
        (int, 1.5, "must be a whole number."),
        (float, "x", "must be a number."),
        (bool, "perhaps", "must be true or false."),
        (list[int], "x", "must be a list."),
        (tuple[int, ...], {}, "must be a list."),
        (dict[str, int], [], "must be an object."),
        (Cat, "x", "must be an object."),
        (datetime, "yesterday", "must be a time, such as 2026-11-28T09:00:00Z."),
        (date, "yesterday", "must be a date, such as 2026-11-28."),
        (Literal["json", "csv"], "xml", "must be 'json' or 'csv'."),
        (Kind, "c", "must be 'a' or 'b'."),
        (str | list[str], 5, "must be a string or a list."),
        (int | None, "x", "must be a whole number."),
        (Annotated[int, Field(ge=1)], 0, "must be 1 or more."),
        (Annotated[int, Field(lt=7)], 7, "must be less than 7."),
        (Annotated[str, Field(min_length=1)], "", "must not be empty."),
        (Annotated[str, Field(max_length=3)], "long", "has more than 3 characters."),
        (Annotated[list[int], Field(min_length=2)], [1], "has fewer than 2 entries."),
        (Annotated[str, Field(pattern=CODE)], "won", "must be three capital letters, such as 'KRW'."),
        (Annotated[str, Field(pattern="^[x]+$")], "y", "must be in another form: see its description at /docs."),
        (Annotated[Cat | Dog, Field(discriminator="kind")], {"kind": "cow"}, "'kind' must be one of 'cat', 'dog'."),
    ],
)
def test_a_mistake_is_told_in_plain_words(declared: Any, value: object, told: str) -> None:
    model: type[BaseModel] = create_model("Sent", field=(declared, ...))
    with pytest.raises(ValidationError) as caught:
        model.model_validate({"field": value})
    error = refusal(caught.value)
    assert (error.message, error.param) == (f"'field': {told}", "field")


@pytest.mark.parametrize("value", ["m" * 5_000, "m m " * 1_250], ids=["one word", "words"])
def test_a_long_value_is_told_by_its_beginning(value: str) -> None:
    error = BadRequest(f"'model': there is no model '{value}'. GET /v1/models lists them.", param="a." + "m" * 5_000)
    assert error.message == f"'model': there is no model '{value[:63]}…'. GET /v1/models lists them."
    assert error.param == "a." + "m" * 62 + "…"


def test_what_we_say_ourselves_is_told_in_full() -> None:
    told = "'messages.0.content[]': the server's own words don't end at its users' names, nor at 'b', " + "and so on " * 15
    assert BadRequest(told).message == told
    assert len(BadRequest("x y " * 1_000).message) == 2_001


def test_what_is_missing_or_unknown_is_told_by_its_name() -> None:
    class Strict(BaseModel, extra="forbid"):
        name: str

    with pytest.raises(ValidationError) as caught:
        Strict.model_validate({})
    assert refusal(caught.value).message == "'name': is required."
    with pytest.raises(ValidationError) as caught:
        Strict.model_validate({"name": "a", "nmae": "b"})
    assert refusal(caught.value).message == "'nmae': there is no such field here."


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"pets": [{"kind": "cat", "lives": "nine"}]}, "pets.0.lives"),
        ({"pets": [{"kind": "cat", "lives": 9}, {"kind": "dog"}]}, "pets.1.tricks"),
        ({"pets": [{"kind": "cow"}]}, "pets.0"),
        ({"pets": [5]}, "pets.0"),
    ],
)
def test_the_field_of_one_kind_of_several_is_told_as_it_was_sent(given: Any, field: str) -> None:
    class Lively(Cat):
        lives: int

    class Trained(Dog):
        tricks: list[str]

    class Shop(BaseModel):
        pets: list[Annotated[Lively | Trained, Field(discriminator="kind")]]

    with pytest.raises(ValidationError) as caught:
        Shop.model_validate(given)
    assert refusal(caught.value, given=given).param == field


def test_numbers_are_told_with_their_bounds_and_an_example() -> None:
    assert number_words(1, 100, 20) == "must be a whole number from 1 to 100, such as 20"
    assert number_words(0, None, 7) == "must be a whole number, 0 or more, such as 7"
    assert number_words(None, None, None) == "must be a whole number"


def test_every_pattern_of_the_api_has_words_that_show_a_right_value() -> None:
    patterns = set(re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', openapi.text()))
    known = validation._SPELLINGS
    assert len(patterns) > 5
    for pattern in patterns:
        words = known.get(pattern.replace("\\\\", "\\"))
        assert words is not None, f"{pattern}: give it words by maru.validation.spelled"
        assert not re.search(r"[\\^*+?|]|\{\d", words.replace("'?'", "")), words


def test_nothing_tells_pydantics_own_words() -> None:
    told = re.compile(r"""\w\[["']msg["']\]""")
    folders = ("functions", "infra", "layers/core/python/maru")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py") if told.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in found if path.name != "from_msg.py"] == ["validation.py"]
