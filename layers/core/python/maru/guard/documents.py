"""Documents as they are stored: what a policy hides in them goes before anything is cut, embedded, indexed or shown.

The policy is the tenant's `ingestion-CLASS` for documents of that data class, else `ingestion`; its rules for passages hold. Without one
documents are stored as they are. What is hidden here is gone from Maru: only the uploaded file itself still has it.
"""

import asyncio
from dataclasses import replace

from maru.errors import NotFound, Unavailable
from maru.guard.engine import Guard
from maru.guard.long_texts import Changes, Moved, changed
from maru.guard.masking import Vault
from maru.guard.policies import PolicyStore
from maru.guard.policy import Policy
from maru.knowledge.parse.model import Heading, PageSpan, ParsedDocument, ParseFailed, TableSpan

_NAME = "ingestion"


class DocumentMasking:
    """Applies policies to renderings."""

    def __init__(self, guard: Guard, policies: PolicyStore) -> None:
        self._guard, self._policies = guard, policies

    def masked(self, tenant: str, data_class: str, document: ParsedDocument) -> ParsedDocument:
        """The rendering as it may be stored, its offsets those of its new text; blocks.

        Raises ParseFailed where the policy blocks the document, and Unavailable where a check gave no answer under a closed policy.
        """
        policy = self._policy(tenant, data_class)
        if policy is None or not policy.active("passage"):
            return document
        vault = Vault()
        found, title = asyncio.run(self._read(document, policy, vault))
        if found.unanswered or title.unanswered:
            message = "The document could not be checked against the policy of its tenant at present."
            raise Unavailable(message, code="guard_unavailable")
        if found.blocked or title.blocked:
            raise ParseFailed("unsupported", "The policy of documents does not take this one. Remove what it forbids and upload it anew.")
        document = replace(document, title=title.made(document.title or "")) if title.changes else document
        if unchecked := sorted(found.unchecked | title.unchecked):
            told = f"These checks of the policy gave no answer, and the document was stored without them: {', '.join(unchecked)}."
            document = replace(document, warnings=(*document.warnings, told))
        return _rewritten(document, found, vault) if found.changes else document

    async def _read(self, document: ParsedDocument, policy: Policy, vault: Vault) -> tuple[Changes, Changes]:
        """What changes in the text, and in the title, which may say what the text does not."""
        found = await changed(self._guard, document.text, "passage", policy, vault)
        title = document.title or ""
        return found, await changed(self._guard, "" if title in document.text else title, "passage", policy, vault)

    def _policy(self, tenant: str, data_class: str) -> Policy | None:
        for name in (f"{_NAME}-{data_class}", _NAME):
            try:
                return self._policies.find(tenant, name)
            except NotFound:
                continue
        return None


def _rewritten(document: ParsedDocument, found: Changes, vault: Vault) -> ParsedDocument:
    moved = Moved(found.changes)
    return replace(
        document,
        text=found.made(document.text),
        title=document.title and vault.hide(document.title),
        pages=tuple(PageSpan(one.number, moved(one.start), moved(one.end)) for one in document.pages),
        headings=tuple(Heading(one.level, moved(one.start), moved(one.end), vault.hide(one.title)) for one in document.headings),
        tables=tuple(TableSpan(moved(one.start), moved(one.end)) for one in document.tables),
    )
