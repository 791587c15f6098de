"""Retention: what has had its time by its tenant's rules goes; erasure of documents, stores, sources and conversations."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from maru.agents.feedback import FeedbackStore
from maru.agents.sessions import SessionStore
from maru.dynamo import Item
from maru.errors import NotFound
from maru.governance.holdings import Holdings
from maru.governance.runs import RunKeeping
from maru.knowledge import jobs
from maru.knowledge.documents import delete_file
from maru.knowledge.library import Library
from maru.knowledge.paging import Cursor
from maru.knowledge.retention import RetentionStore, before
from maru.telemetry import Telemetry


@dataclass(frozen=True)
class Keeping:
    """What holds data of people, and the rules about it."""

    library: Library
    sessions: SessionStore
    feedback: FeedbackStore
    rules: RetentionStore
    log: Telemetry
    holdings: Holdings

    def apply(self, tenant: str, now: float | None = None) -> dict[str, int]:
        """Remove what has had its time; returns how much of each kind. May be cut off and called again at any time."""
        rules, now = self.rules.get(tenant), now or time.time()
        if not rules["days"]:
            return {}
        gone = {"documents": 0, "sessions": 0, "feedback": 0, "runs": RunKeeping(self.holdings, self.library.blobs).apply(rules, now)}
        for file in list(self.files(tenant)):
            if _over(rules, "documents", file["data_class"], file["created_at"], now):
                gone["documents"] += self.delete(file)
        for head in list(self.sessions.of_tenant(tenant)):
            if _over(rules, "sessions", head.get("data_class", "internal"), int(head["updated"]) / 1_000_000, now):
                self.sessions.remove(head)
                gone["sessions"] += 1
        for row in list(self.feedback.of_tenant(tenant)):
            if _over(rules, "feedback", row.get("data_class", "internal"), row["created_at"], now):
                self.feedback.remove(row)
                gone["feedback"] += 1
        self.log.metric({"part": "retention"}, gone, tenant=tenant)
        return gone

    def erase(self, tenant: str) -> None:
        """Remove a tenant's documents, stores, sources, sessions and feedback. The audit stays, as its own time says."""
        library = self.library
        for source in library.sources.list(tenant, Cursor(10_000)).rows:
            library.sources.bury(source)
            library.queue.send([jobs.purge_source(source["id"])])
        for file in list(self.files(tenant)):
            self.delete(file)
        for store in library.stores.list(tenant, Cursor(10_000)).rows:
            library.stores.bury(store)
            library.queue.send([jobs.purge_store(store["id"])])
        for head in list(self.sessions.of_tenant(tenant)):
            self.sessions.remove(head)
        for row in list(self.feedback.of_tenant(tenant)):
            self.feedback.remove(row)

    def files(self, tenant: str) -> Iterator[Item]:
        """Every file of the tenant, whoever may see it."""
        yield from self.library.files.table.query("tenant = :tenant", {":tenant": tenant}, index="by_tenant")

    def delete(self, file: Item) -> int:
        """Delete a document, whoever's it is; gives how many that were, 0 where somebody was quicker."""
        try:
            delete_file(self.library, file)
        except NotFound:
            return 0  # somebody was quicker
        return 1


def _over(rules: Item, kind: str, data_class: str, since: float, now: float) -> bool:
    limit = before(rules, kind, data_class, now)
    return limit is not None and since < limit
