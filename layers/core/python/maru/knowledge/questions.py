"""Questions that a store left open: those that no passage of it answered, and those whose answer somebody disliked."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from maru.dynamo import Item, Table, TableSpec

Kind = Literal["unanswered", "disliked"]
_KEEP_SECONDS = 90 * 86_400
#: Questions that a report counts at most.
_COUNTED = 2000


class QuestionStore:
    """The table of open questions, by vector store; a question's text is there only where the tenant lets it be used for improvement."""

    SPEC = TableSpec("questions", key="vector_store_id", sort="place", ttl="purge_at")

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, store_ids: Sequence[str], kind: Kind, *, tenant: str, agent: str, message_id: str, text: str | None) -> None:
        """Note a question once for each store that was searched for it."""
        now = int(time.time())
        row: Item = {"tenant": tenant, "kind": kind, "agent": agent, "message_id": message_id, "created_at": now}
        row |= {"purge_at": now + _KEEP_SECONDS, "place": f"{now:012d}#{kind}#{message_id}", **({"question": text} if text else {})}
        for store_id in store_ids:
            self._table.put({**row, "vector_store_id": store_id})

    def withdraw(self, tenant: str) -> None:
        """Remove the texts of a tenant's questions: they may be used no more. Reads the whole table; may be called again at any time."""
        for row in self._table.scan("tenant = :tenant AND attribute_exists(question)", {":tenant": tenant}):
            self._table.set({"vector_store_id": row["vector_store_id"], "place": row["place"]}, {"question": None})

    def report(self, store_id: str, *, kind: Kind | None, limit: int) -> tuple[dict[str, int], list[Item]]:
        """How many of each kind there are (up to 2,000 looked at), and the latest of the wanted ones."""
        rows = list(self._table.query("vector_store_id = :store", {":store": store_id}, forward=False, limit=_COUNTED))
        counted = Counter(str(row["kind"]) for row in rows)
        wanted = [row for row in rows if kind in (None, row["kind"])][:limit]
        return {name: counted.get(name, 0) for name in ("unanswered", "disliked")}, wanted


def question_object(row: Item, *, text: bool) -> Item:
    """An open question as a store's keeper sees it, with its text where that may be used."""
    told = {name: row.get(name) for name in ("kind", "question", "agent", "message_id", "created_at")}
    return {"object": "vector_store.question", **told, **({} if text else {"question": None})}
