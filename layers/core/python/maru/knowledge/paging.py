"""Lists as OpenAI pages them: newest or oldest first, by cursors that are objects' ids."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from maru.dynamo import Item, Table
from maru.errors import BadRequest

Order = Literal["asc", "desc"]
#: How long a deleted object's row stays, so that a client that deletes while it lists finds its cursor again.
TOMBSTONE_SECONDS = 30 * 86_400


@dataclass(frozen=True)
class Cursor:
    """What a client asks of a list; ``after`` and ``before`` are ids of objects that a page gave."""

    limit: int = 20
    order: Order = "desc"
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class Page:
    """Rows of one page, and whether more follow in its direction."""

    rows: list[Item]
    has_more: bool


def stamp(object_id: str) -> str:
    """The sort key of a new row: microseconds since the epoch, then the id, so that no two are equal."""
    return f"{time.time_ns() // 1000:020d}#{object_id}"


def page(
    table: Table,
    index: str,
    partition: tuple[str, str],
    cursor: Cursor,
    *,
    find: Callable[[str], Item | None],
    keep: Callable[[list[Item]], list[Item]],
) -> Page:
    """Rows of a partition of ``index`` (sorted by ``listed``) that ``keep`` lets through, asked some rows at a time.

    ``find`` gives the row of a cursor's id, deleted ones included. Raises BadRequest for a cursor of no object.
    """
    after, before = (_place(find, name, getattr(cursor, name)) for name in ("after", "before"))
    # Before a cursor alone means the page that ends at it: read backwards from it, then turned round.
    backwards = before is not None and after is None
    forward = (cursor.order == "asc") != backwards
    start, stop = (before, None) if backwards else (after, before)
    found: list[Item] = []
    for rows in _steps(table, index, partition, start=start, forward=forward, size=cursor.limit + 1):
        inside = [row for row in rows if stop is None or not _passed(row["listed"], stop, forward)]
        found += keep(inside)
        if len(found) > cursor.limit or len(inside) < len(rows):
            break
    rows = found[: cursor.limit]
    return Page(rows[::-1] if backwards else rows, len(found) > cursor.limit)


def overdue(table: Table, before: float) -> list[Item]:
    """Rows of the index ``open`` whose work should have ended by then, whoever they belong to."""
    return list(table.query("#o = :open AND due < :now", {":open": "open", ":now": int(before)}, index="open", names={"#o": "open"}))


def listing(page: Page, shape: Callable[[Item], dict[str, Any]]) -> dict[str, Any]:
    """OpenAI's list object."""
    data = [shape(row) for row in page.rows]
    first, last = (data[0]["id"], data[-1]["id"]) if data else (None, None)
    return {"object": "list", "data": data, "first_id": first, "last_id": last, "has_more": page.has_more}


def _place(find: Callable[[str], Item | None], name: str, object_id: str | None) -> str | None:
    if not object_id:
        return None
    row = find(object_id)
    if row is None:
        raise BadRequest(f"'{name}' names no object of this list: give the `first_id` or `last_id` of a page that you have.", param=name)
    return str(row["created"])


def _passed(place: str, stop: str, forward: bool) -> bool:
    return place >= stop if forward else place <= stop


def _steps(table: Table, index: str, partition: tuple[str, str], *, start: str | None, forward: bool, size: int) -> Iterator[list[Item]]:
    name, value = partition
    while True:
        condition, values = "#p = :p", {":p": value}
        if start is not None:
            condition += f" AND listed {'>' if forward else '<'} :start"
            values[":start"] = start
        rows = list(table.query(condition, values, index=index, names={"#p": name}, forward=forward, limit=size))
        yield rows
        if len(rows) < size:
            return
        # Rows that are passed over make a page longer: read on in larger steps.
        start, size = rows[-1]["listed"], max(size, 200)
