"""Whose turn it is: tenants with waiting documents are served in a round, however many documents each of them has.

A message on the ingest queue is worth one document of work, and names one. While only one tenant waits, the named document is
what is done. While several wait, whoever was served longest ago has the next of its documents done first, and the named one is done when
the message of that other document comes round. So a tenant that brings 100,000 documents at once holds up a tenant with a single
one by no more than the documents that are being read at that moment; no message is lost by it and no worker idles.
"""

import time
from collections.abc import Iterator

from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.knowledge.memberships import MembershipStore

#: How long a tenant that has nothing waiting stays in the round: the index that tells so may lag behind what it just brought.
_LINGER_SECONDS = 120
#: Tenants looked at for one message, and documents of each: others may be quicker at some.
_TENANTS, _DOCUMENTS = 4, 3


class Turns:
    """The table of the round: a row for each tenant that waits, or did lately."""

    SPEC = TableSpec(
        "ingest_turns",
        key="tenant",
        ttl="purge_at",
        indexes=(IndexSpec("by_turn", "round", "served"),),
        numeric=frozenset({"served"}),
    )
    _ROUND = "ingest"

    def __init__(self, table: Table, members: MembershipStore) -> None:
        self._table, self._members = table, members

    def join(self, tenant: str) -> None:
        """A tenant has documents waiting; who comes anew comes first."""
        now = int(time.time())
        self._table.update(
            {"tenant": tenant},
            "SET #round = :round, joined = :now, purge_at = :later, served = if_not_exists(served, :never)",
            values={":round": self._ROUND, ":now": now, ":later": now + 86_400, ":never": 0},
            names={"#round": "round"},
        )

    def before(self, tenant: str) -> Iterator[Item]:
        """Waiting documents of tenants whose turn it is before this one's next, best first; notes each tenant's turn as it is taken."""
        rows = self._first()
        if [row["tenant"] for row in rows] in ([], [tenant]):
            return
        for row in rows:
            if row["tenant"] == tenant:
                self._take(row)
                return
            waiting = list(self._members.waiting(row["tenant"], _DOCUMENTS))
            if not waiting:
                self._leave(row)
            elif self._take(row):
                yield from waiting

    def any_waiting(self) -> Iterator[Item]:
        """Waiting documents of whoever has the turn: for a message whose own document was done in another's place."""
        for row in self._first():
            yield from self._members.waiting(row["tenant"], _DOCUMENTS)

    def _first(self) -> list[Item]:
        names = {"#round": "round"}
        return list(self._table.query("#round = :round", {":round": self._ROUND}, index="by_turn", names=names, limit=_TENANTS))

    def _take(self, row: Item) -> bool:
        """Have the tenant's turn be now; False where another worker had it so."""
        try:
            served = time.time_ns() // 1000
            self._table.set({"tenant": row["tenant"]}, {"served": served}, condition="served = :was", values={":was": row["served"]})
        except ConditionFailed:
            return False
        return True

    def _leave(self, row: Item) -> None:
        if row["joined"] > time.time() - _LINGER_SECONDS:
            self._take(row)
            return
        try:
            self._table.set({"tenant": row["tenant"]}, {"round": None}, condition="joined = :was", values={":was": row["joined"]})
        except ConditionFailed:
            return
