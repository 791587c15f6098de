"""A search over passages written into the test, each visible to the principals of its own list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from maru.errors import NotFound
from maru.identity import Caller
from maru.knowledge.parse.model import PageSpan
from maru.knowledge.passages import Passage
from maru.knowledge.ranking import Ranking


def passage(text: str, *, file_id: str = "file-a", file_start: int = 100, score: float = 0.9, page: int | None = 3) -> Passage:
    """A passage on one page of a file."""
    pages = (PageSpan(page, 0, len(text)),) if page else ()
    return Passage(
        file_id=file_id,
        version=1,
        chunk_id=f"{file_id}_chunk_0",
        vector_store_id="vs_a",
        source=f"{file_id}.pdf",
        page=page,
        text=text,
        file_start=file_start,
        file_end=file_start + len(text),
        score=score,
        data_class="internal",
        pages=pages,
        attributes={},
        heading="",
    )


@dataclass
class Passages:
    """What stands in the store `store`; `acl` maps a file to who sees it (default: the whole tenant `acme`)."""

    held: list[Passage] = field(default_factory=list)
    acl: dict[str, set[str]] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    rankings: list[Ranking] = field(default_factory=list)
    private: list[bool] = field(default_factory=list)
    store: str = "hr"

    async def search(
        self,
        caller: Caller,
        *,
        store_ids_or_names: Sequence[str],
        query: str,
        k: int,
        cutoff: float | None = None,
        ranking: Ranking = Ranking(),  # noqa: B008 - frozen
        private: bool = False,
    ) -> list[Passage]:
        """Everything visible, in the order in which it was written down."""
        self.queries.append(query)
        self.rankings.append(ranking)
        self.private.append(private)
        if unknown := set(store_ids_or_names) - {self.store}:
            raise NotFound(f"No vector store '{min(unknown)}'.", param="vector_store_id")
        return [one for one in self.held if self._sees(caller, one.file_id) and one.score >= (cutoff or -1)][:k]

    def visible(self, caller: Caller, versions: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
        """Those that the caller sees now."""
        return {(file_id, version) for file_id, version in versions if self._sees(caller, file_id)}

    def classes(self, caller: Caller, versions: Iterable[tuple[str, int]]) -> set[str]:
        """Those of the passages' files."""
        wanted = {file_id for file_id, _ in versions}
        return {one.data_class for one in self.held if one.file_id in wanted}

    def _sees(self, caller: Caller, file_id: str) -> bool:
        return caller.tenant == "acme" and bool(self.acl.get(file_id, {"public"}) & set(caller.principals))
