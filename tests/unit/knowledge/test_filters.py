"""OpenAI's filter grammar: what is read, what is refused, and that the encoding sorts like the values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maru.errors import BadRequest
from maru.knowledge.stores.filters import (
    AttributeValue,
    Comparison,
    Compound,
    attribute_terms,
    check_attributes,
    matches,
    parse_filter,
)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e307, max_value=1e307)
STRINGS = st.text(max_size=20).filter(lambda text: "\0" not in text and text.isprintable())


def test_a_filter_becomes_a_typed_structure() -> None:
    body = {
        "type": "and",
        "filters": [
            {"type": "eq", "key": "region", "value": "서울"},
            {"type": "or", "filters": [{"type": "gte", "key": "year", "value": 2024}, {"type": "in", "key": "kind", "value": ["a", True]}]},
        ],
    }
    assert parse_filter(body) == Compound(
        "and",
        (
            Comparison("eq", "region", ("서울",)),
            Compound("or", (Comparison("gte", "year", (2024.0,)), Comparison("in", "kind", ("a", True)))),
        ),
    )


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (None, "filters"),
        ([], "filters"),
        ({}, "filters.type"),
        ({"type": "like", "key": "a", "value": "b"}, "filters.type"),
        ({"type": "eq", "value": 1}, "filters.key"),
        ({"type": "eq", "key": "", "value": 1}, "filters.key"),
        ({"type": "eq", "key": "a\x1fs", "value": 1}, "filters.key"),
        ({"type": "eq", "key": "a" * 65, "value": 1}, "filters.key"),
        ({"type": "eq", "key": "a"}, "filters.value"),
        ({"type": "eq", "key": "a", "value": 1, "filters": []}, "filters.filters"),
        ({"type": "or", "filters": [{"type": "ne", "key": "a", "value": 1, "values": [2]}]}, "filters.filters[0].values"),
        ({"type": "eq", "key": "a", "value": None}, "filters.value"),
        ({"type": "eq", "key": "a", "value": [1]}, "filters.value"),
        ({"type": "eq", "key": "a", "value": float("nan")}, "filters.value"),
        ({"type": "eq", "key": "a", "value": 10**400}, "filters.value"),
        ({"type": "eq", "key": "a", "value": "\ud800"}, "filters.value"),
        ({"type": "gt", "key": "a", "value": True}, "filters.value"),
        ({"type": "in", "key": "a", "value": "abc"}, "filters.value"),
        ({"type": "nin", "key": "a", "value": [{}]}, "filters.value"),
        ({"type": "and"}, "filters.filters"),
        ({"type": "or", "filters": []}, "filters.filters"),
        ({"type": "or", "filters": "ab"}, "filters.filters"),
        ({"type": "or", "filters": [{"type": "eq", "key": "a", "value": 1}, 7]}, "filters.filters[1]"),
        ({"type": "in", "key": "a", "value": list(range(65))}, "filters"),
    ],
)
def test_what_is_no_filter_is_refused_by_name(body: Any, param: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_filter(body)
    assert refused.value.param == param


def test_a_filter_cannot_be_a_bomb() -> None:
    body: dict[str, Any] = {"type": "eq", "key": "a", "value": 1}
    for _ in range(10_000):
        body = {"type": "and", "filters": [body]}
    with pytest.raises(BadRequest, match="nested"):
        parse_filter(body)


@given(NUMBERS, NUMBERS)
def test_numbers_compare_as_numbers(one: float, other: float) -> None:
    _compares(one, other)


@given(STRINGS, STRINGS)
def test_strings_compare_by_code_point(one: str, other: str) -> None:
    _compares(one, other)


def _compares(one: AttributeValue, other: AttributeValue) -> None:
    def holds(operator: Any) -> bool:
        return matches(Comparison(operator, "k", (other,)), {"k": one})

    expected = (one == other, one != other, one > other, one >= other, one < other, one <= other)  # type: ignore[operator]
    assert tuple(map(holds, ("eq", "ne", "gt", "gte", "lt", "lte"))) == expected


@given(STRINGS, STRINGS)
def test_terms_sort_in_utf8_as_they_do_here(one: str, other: str) -> None:
    terms = [attribute_terms({"k": value})[0] for value in (one, other)]
    assert sorted(terms) == sorted(terms, key=str.encode)


def test_types_and_keys_never_mix() -> None:
    values: list[AttributeValue] = ["1", 1.0, True, "true", "", 0.0, False]
    terms = [attribute_terms({"k": value})[0] for value in values]
    assert len(set(terms)) == len(values)
    assert attribute_terms({"k": -0.0}) == attribute_terms({"k": 0.0})
    assert not set(attribute_terms({"ab": "c"})) & set(attribute_terms({"a": "bc"}))


def test_attributes_are_held_to_openais_limits() -> None:
    assert check_attributes({"a": "x" * 512, "b": 3, "c": False}) == {"a": "x" * 512, "b": 3.0, "c": False}
    refused: list[dict[str, Any]] = [{"a": "x" * 513}, {"a": None}, {"a": []}, {"": 1}, {f"k{number}": 1 for number in range(17)}]
    for attributes in refused:
        with pytest.raises(BadRequest):
            check_attributes(attributes)
