"""From an engine's hits to passages: what the authoritative tables let through, in the shape in which everything above reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from maru.dynamo import Item
from maru.identity import Caller
from maru.knowledge.acl import permits
from maru.knowledge.files import FileStore
from maru.knowledge.memberships import MembershipStore
from maru.knowledge.parse.model import PageSpan
from maru.knowledge.question import Question
from maru.knowledge.ranking import Ranking, distinct, joined
from maru.knowledge.renderings import PageMap, RenderingStore
from maru.knowledge.stores.filters import Filter, matches
from maru.knowledge.stores.port import MAX_HITS, Hit
from maru.knowledge.vector_stores import store_of


@dataclass(frozen=True)
class Passage:
    """A chunk that was found: ``rendering[file_start:file_end] == text``.

    ``page`` (1-based, None without pages) holds its start; ``pages`` are the pages it touches, as spans within ``text``.
    ``score`` lies in [0, 1] for a hybrid search and in [-1, 1] for a vector search, and is ``rerank_score`` where a model ranked.
    The legs' own scores are those of the port's `Hit`; None where that leg did not bring the passage. ``origin`` says where a
    document that was not uploaded comes from.
    """

    file_id: str
    version: int
    chunk_id: str
    vector_store_id: str
    source: str
    page: int | None
    text: str
    file_start: int
    file_end: int
    score: float
    data_class: str
    pages: tuple[PageSpan, ...]
    attributes: Mapping[str, Any]
    heading: str
    vector_score: float | None = None
    text_score: float | None = None
    rerank_score: float | None = None
    origin: Mapping[str, Any] | None = None

    def page_at(self, offset: int) -> int | None:
        """The page that holds ``text[offset]``."""
        return next((page.number for page in self.pages if page.start <= offset < page.end), self.page)


class Sighting(NamedTuple):
    """A hit with the rows of the tables that let the caller see it."""

    hit: Hit
    file: Item
    member: Item


class Sightings:
    """The tables behind an index: who may see what it finds at this moment, and what is to be told of it."""

    def __init__(self, files: FileStore, members: MembershipStore, renderings: RenderingStore) -> None:
        self._files, self._members, self._renderings = files, members, renderings

    def passages(self, caller: Caller, ask: Question, k: int, cutoff: float | None, ranking: Ranking) -> list[Passage]:
        """Ask for more than ``k`` until the check of rights leaves enough, or nothing more is found."""
        wanted = ranking.depth(k)
        size = min(2 * wanted + 10, MAX_HITS)
        while True:
            hits = ask.hits(size)
            checked = self._checked(caller, hits, ask.scope.filters)
            good = [one for one in checked if cutoff is None or one.hit.score >= cutoff]
            exhausted = len(hits) < size or size == MAX_HITS or len(good) < len(checked)
            if ranking.distinct:
                good = [good[place] for place in distinct([one.hit.chunk.text for one in good[: 2 * wanted]])]
            if len(good) >= wanted or exhausted:
                return self._shaped(good[:wanted], ranking, caller.tenant)
            size = min(size * 4, MAX_HITS)

    def _checked(self, caller: Caller, hits: Sequence[Hit], filters: Filter | None) -> list[Sighting]:
        """The hits that the authoritative tables let through, each text once."""
        files = self._files.seen_among(caller, {hit.chunk.file_id for hit in hits})
        members = self._members.among({(store_of(hit.chunk.vector_store_id), hit.chunk.file_id) for hit in hits})
        kept: dict[tuple[str, int, int], Sighting] = {}
        for hit in hits:
            chunk = hit.chunk
            file, member = files.get(chunk.file_id), members.get((store_of(chunk.vector_store_id), chunk.file_id))
            if file is None or member is None or member.get("live_version") != chunk.version:
                continue
            if permits(file["acl"], caller.principals) and (filters is None or matches(filters, member["attributes"])):
                kept.setdefault((chunk.file_id, chunk.version, chunk.file_start), Sighting(hit, file, member))
        return list(kept.values())

    def _shaped(self, found: Sequence[Sighting], ranking: Ranking, tenant: str) -> list[Passage]:
        rows = {one.hit.chunk.key: one for one in found}
        hits = [one.hit for one in found]
        if ranking.joined:
            hits = joined(hits, self._renderings.parts(tenant))
        maps = self._renderings.pages({(hit.chunk.file_id, hit.chunk.version) for hit in hits if hit.chunk.page})
        return [_passage(rows[hit.chunk.key]._replace(hit=hit), maps) for hit in hits]


def _passage(seen: Sighting, maps: Mapping[tuple[str, int], PageMap]) -> Passage:
    hit, file, member = seen
    chunk = hit.chunk
    pages = maps.get((chunk.file_id, chunk.version), PageMap()).between(chunk.file_start, chunk.file_end)
    return Passage(
        file_id=chunk.file_id,
        version=chunk.version,
        chunk_id=chunk.chunk_id,
        vector_store_id=store_of(chunk.vector_store_id),
        source=file["filename"],
        page=chunk.page,
        text=chunk.text,
        file_start=chunk.file_start,
        file_end=chunk.file_end,
        score=hit.score,
        data_class=file["data_class"],
        pages=tuple(PageSpan(*span) for span in pages),
        attributes=member["attributes"],
        heading=chunk.heading,
        vector_score=hit.vector_score,
        text_score=hit.text_score,
        origin=file.get("origin"),
    )
