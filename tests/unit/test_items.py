"""What a row holds, and what has no place in one: through the tables, as a store uses them."""

from collections.abc import Callable
from typing import Any

import pytest

from maru.dynamo import ConditionFailed, IndexSpec, Table, TableSpec
from maru.errors import BadRequest
from maru.items import can_be, marshal, unmarshal
from maru.transactions import put, transact
from tests.conftest import MakeTable

SPEC = TableSpec("rows", key="tenant", sort="name", indexes=(IndexSpec("by_owner", "owner"),))
LONG = "가" * 342  # 1,026 bytes
NO_KEYS = pytest.mark.parametrize("name", ["", LONG, "x" * 1025], ids=["empty", "bytes", "long"])


@pytest.fixture
def table(make_table: MakeTable) -> Table:
    return make_table(SPEC)


@NO_KEYS
def test_nothing_lies_under_a_key_that_cannot_be(table: Table, name: str) -> None:
    key = {"tenant": "acme", "name": name}
    assert table.get(key) is None
    assert table.batch_get([key]) == []
    assert table.delete(key) is None
    assert list(table.query("tenant = :t AND #n > :n", {":t": "acme", ":n": name}, names={"#n": "name"})) == []
    with pytest.raises(ConditionFailed):
        table.delete(key, condition="attribute_exists(tenant)")
    with pytest.raises(ConditionFailed):
        table.set(key, {"size": 1}, condition="attribute_exists(tenant)")


@NO_KEYS
def test_writing_under_such_a_key_is_the_callers_mistake(table: Table, name: str) -> None:
    key = {"tenant": "acme", "name": name}
    attempts: list[Callable[[], object]] = [
        lambda: table.put(key),
        lambda: table.set(key, {"size": 1}),
        lambda: transact(table, [put(table, key)]),
    ]
    for attempt in attempts:
        with pytest.raises(BadRequest, match="'name' is empty, or longer than 1024 bytes") as refused:
            attempt()
        assert refused.value.param == "name"
    with pytest.raises(BadRequest, match="'owner'"):
        table.put({"tenant": "acme", "name": "a", "owner": name})
    with pytest.raises(BadRequest, match="'owner'"):
        table.set({"tenant": "acme", "name": "a"}, {"owner": name})


def test_the_longest_key_is_one(table: Table) -> None:
    key = {"tenant": "acme", "name": "가" * 341 + "x"}
    table.put(key)
    assert table.get(key) == key
    assert can_be({"n": 1, "none": None})


@pytest.mark.parametrize("value", [0, -1, 10**38 - 1, 1.5, 1e47, -1e125, 1e-130, 123456789012345.6, True, None, "", [], {"a": [{"b": 1}]}])
def test_values_come_back_as_they_were(table: Table, value: Any) -> None:
    table.put({"tenant": "acme", "name": "a", "value": value})
    assert table.get({"tenant": "acme", "name": "a"}) == {"tenant": "acme", "name": "a", "value": value}


def test_minus_zero_is_zero() -> None:
    assert marshal({"a": -0.0, "b": [0.0]}) == {"a": {"N": "0"}, "b": {"L": [{"N": "0"}]}}


def test_a_number_that_is_written_out_comes_back_as_a_float() -> None:
    assert unmarshal({"a": {"N": "1" + "0" * 47}, "b": {"N": "1e200"}}) == {"a": 1e47, "b": 1e200}


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("value", [10**38, -(10**40), 1e126, 1e-131, float("inf"), float("nan"), [{"a": 1e200}], _nested(33)], ids=str)
def test_what_no_row_holds_is_refused_by_name(value: Any) -> None:
    with pytest.raises(BadRequest, match=r"'value' (holds a number|is nested)") as refused:
        marshal({"fine": _nested(32), "value": value})
    assert refused.value.param == "value"
