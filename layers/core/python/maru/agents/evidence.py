"""Rows of structured data as evidence of answers, beside passages of documents: cited, and shown again to whoever may read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maru.identity import Caller
from maru.knowledge.passages import Passage
from maru.knowledge.rights import FileVersion
from maru.structured.reader import DataReader
from maru.structured.rows import PREFIX, evidence_id, parted, reference, text_of, version_of
from maru.structured.views import View

if TYPE_CHECKING:
    from maru.agents.answer import Search

#: Characters of a value that other rows may have in the place of this row's.
_LONGEST_VALUE = 60


@dataclass(frozen=True)
class Row:
    """A row as a passage, and ``others``: values that its columns may have and that it has not."""

    passage: Passage
    others: frozenset[str]


def rows_of(view: View, page: Mapping[str, Any]) -> list[Row]:
    """The rows of a page as the API tells it."""
    rows = [one["row"] for one in page["data"]]
    known = {name: set(column.values) for name, column in view.columns.items() if column.type == "text" and column.filter}
    for row in rows:
        for name, values in known.items():
            if isinstance(row.get(name), str) and len(row[name]) <= _LONGEST_VALUE:
                values.add(row[name])
    return [Row(_passage(view, row), frozenset(_others(row, known))) for row in rows]


def _others(row: Mapping[str, Any], known: Mapping[str, set[str]]) -> Iterable[str]:
    return (value for name, values in known.items() for value in values if name in row and value != row[name])


def _passage(view: View, row: Mapping[str, Any]) -> Passage:
    text, id_ = text_of(view, row), evidence_id(view, row)
    return Passage(
        file_id=id_,
        version=version_of(text),
        chunk_id=f"{id_}_chunk_0",
        vector_store_id="",
        source=reference(view, row),
        page=None,
        text=text,
        file_start=0,
        file_end=len(text),
        score=1.0,
        data_class=view.data_class,
        pages=(),
        attributes={},
        heading="",
    )


class Evidence:
    """Search in documents; what may be seen of them and of rows."""

    def __init__(self, search: "Search", data: DataReader) -> None:
        self._search, self._data = search, data
        #: The best passages that a caller may see.
        self.search = search.search

    def visible(self, caller: Caller, versions: Iterable[FileVersion]) -> set[FileVersion]:
        """Those file versions and rows that the caller may read now; blocks."""
        rows, files = _parted(versions)
        seen = self._data.visible(caller, {id_ for id_, _ in rows}) if rows else set()
        return {one for one in rows if one[0] in seen} | (self._search.visible(caller, files) if files else set())

    def classes(self, caller: Caller, versions: Iterable[FileVersion]) -> set[str]:
        """The data classes of the files, and of the views of the rows; blocks."""
        rows, files = _parted(versions)
        views = [self._data.views.named(parted(id_)[0]) for id_, _ in rows]
        # A view that is gone may have been of any class.
        own: set[str] = {view.data_class if view else "restricted" for view in views}
        return own | (self._search.classes(caller, files) if files else set())


def _parted(versions: Iterable[FileVersion]) -> tuple[set[FileVersion], set[FileVersion]]:
    every = set(versions)
    rows = {one for one in every if one[0].startswith(PREFIX)}
    return rows, every - rows
