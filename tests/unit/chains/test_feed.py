"""Events of a run: numbered without gaps and written once, whoever writes at the same time or dies while writing."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from maru.chains.feed import EventStore
from maru.dynamo import ConditionFailed, Item, Table
from tests.conftest import MakeTable

RUN: Item = {"run_id": "run_1", "expires_at": 9_000_000_000}


@pytest.fixture
def table(make_table: MakeTable) -> Table:
    return make_table(EventStore.SPEC)


def _told(store: EventStore) -> list[tuple[int, str]]:
    return [(row["seq"], event["type"]) for row in store.after("run_1", 0) for event in row["events"]]


def test_writers_at_once_leave_no_gap_and_lose_nothing(table: Table) -> None:
    stores = [EventStore(table) for _ in range(4)]  # as many workers, each with its own idea of the last number
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: stores[number % 4].write(RUN, [{"type": f"e{number}"}]), range(40)))
    told = _told(stores[0])
    assert [seq for seq, _ in told] == list(range(1, 41))
    assert {name for _, name in told} == {f"e{number}" for number in range(40)}


def test_a_writer_that_dies_leaves_neither_a_hole_nor_half_a_row(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    store = EventStore(table)
    store.write(RUN, [{"type": "first"}])

    def dies(*_: Any, **__: Any) -> None:
        raise SystemExit("killed before the write was done")

    with monkeypatch.context() as broken:
        broken.setattr(table, "put", dies)  # the last moment before the write
        with pytest.raises(SystemExit):
            store.write(RUN, [{"type": "lost"}])
    EventStore(table).write(RUN, [{"type": "second"}])
    assert _told(store) == [(1, "first"), (2, "second")]


def test_a_write_whose_answer_was_lost_is_not_made_again(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    store, put = EventStore(table), table.put

    def twice(item: Item, **how: Any) -> None:
        put(item, **how)
        put(item, **how)  # what the client does when the connection breaks before the answer

    with monkeypatch.context() as broken:
        broken.setattr(table, "put", twice)
        store.write(RUN, [{"type": "once"}])
    store.write(RUN, [{"type": "next"}])
    assert _told(store) == [(1, "once"), (2, "next")]


def test_a_row_of_somebody_else_is_told_apart_from_ones_own(table: Table) -> None:
    EventStore(table).write(RUN, [{"type": "theirs"}])
    with pytest.raises(ConditionFailed) as failed:
        table.put({**RUN, "seq": 1, "write": "mine"}, condition="attribute_not_exists(run_id)", tell=True)
    assert failed.value.row is not None
    assert failed.value.row["events"] == [{"type": "theirs"}]
