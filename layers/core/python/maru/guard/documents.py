"""Documents as they are stored: what a policy hides in them goes before anything is cut, embedded, indexed or shown.

The policy is the tenant's `ingestion-CLASS` for documents of that data class, else `ingestion`; its rules for passages hold. Without one
documents are stored as they are. What is hidden here is gone from Maru: only the uploaded file itself still has it.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from maru.errors import NotFound, Unavailable
from maru.guard.decision import acted_on, replacements
from maru.guard.engine import Guard
from maru.guard.masking import Vault
from maru.guard.policies import PolicyStore
from maru.guard.policy import Policy
from maru.knowledge.parse.model import Heading, PageSpan, ParsedDocument, ParseFailed, TableSpan

_NAME = "ingestion"
#: Characters that are checked at once, cut at line ends.
_WINDOW = 4_000

type Change = tuple[int, int, str]


class DocumentMasking:
    """Applies policies to renderings."""

    def __init__(self, guard: Guard, policies: PolicyStore) -> None:
        self._guard, self._policies = guard, policies

    def masked(self, tenant: str, data_class: str, document: ParsedDocument) -> ParsedDocument:
        """The rendering as it may be stored, its offsets those of its new text; blocks.

        Raises ParseFailed where the policy blocks the document, and Unavailable where a check gave no answer under a closed policy.
        """
        policy = self._policy(tenant, data_class)
        if policy is None or not policy.acts("passage"):
            return document
        vault = Vault()
        changes = asyncio.run(self._changes(document.text, policy, vault))
        return _rewritten(document, changes, vault) if changes else document

    def _policy(self, tenant: str, data_class: str) -> Policy | None:
        for name in (f"{_NAME}-{data_class}", _NAME):
            try:
                return self._policies.find(tenant, name)
            except NotFound:
                continue
        return None

    async def _changes(self, text: str, policy: Policy, vault: Vault) -> list[Change]:
        changes: list[Change] = []
        for start, end in _windows(text):
            window = text[start:end]
            found = await self._guard.found(window, "passage", policy, policy.active("passage"))
            if any(not policy.fails_open(name) for name in found.failed):
                raise Unavailable(
                    "The document could not be checked against the policy of its tenant at present.", code="guard_unavailable"
                )
            acted = acted_on(found, "passage", policy)
            if any(one.action == "block" for one in acted):
                raise ParseFailed(
                    "unsupported", "The policy of documents does not take this one. Remove what it forbids and upload it anew."
                )
            changes += [(start + first, start + last, instead) for first, last, instead in replacements(window, policy, acted, vault)]
        return changes


def _windows(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(text):
        end = min(len(text), at + _WINDOW)
        if end < len(text) and (line := text.rfind("\n", at + 1, end)) > at:
            end = line + 1
        yield at, end
        at = end


def _rewritten(document: ParsedDocument, changes: Sequence[Change], vault: Vault) -> ParsedDocument:
    moved = _Moved(changes)
    pieces, at = [], 0
    for start, end, instead in changes:
        pieces += [document.text[at:start], instead]
        at = end
    return replace(
        document,
        text="".join((*pieces, document.text[at:])),
        title=document.title and vault.hide(document.title),
        pages=tuple(PageSpan(one.number, moved(one.start), moved(one.end)) for one in document.pages),
        headings=tuple(Heading(one.level, moved(one.start), moved(one.end), vault.hide(one.title)) for one in document.headings),
        tables=tuple(TableSpan(moved(one.start), moved(one.end)) for one in document.tables),
    )


class _Moved:
    """Where an offset of the old text lies in the new one; one inside something hidden lies behind what stands for it."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._starts = [start for start, _, _ in changes]
        self._changes, self._shifts, shift = changes, [0], 0
        for start, end, instead in changes:
            shift += len(instead) - (end - start)
            self._shifts.append(shift)

    def __call__(self, offset: int) -> int:
        """The new offset."""
        place = bisect_right(self._starts, offset - 1)
        if place and offset < self._changes[place - 1][1]:
            offset = self._changes[place - 1][1]
        return offset + self._shifts[place]
