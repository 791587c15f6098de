"""Feedback: what people thought of an answer, for those who improve it."""

import time
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import ConfigDict, Field

from maru.agents.messages import Message
from maru.dynamo import Item, Table, TableSpec
from maru.exact import Exact
from maru.identity import Caller


class Feedback(Exact):
    """A like or dislike of a message, with a comment or the answer that would have been right."""

    model_config = ConfigDict(str_strip_whitespace=True)

    message_id: str = Field(min_length=1, max_length=128)
    session_id: str | None = Field(default=None, min_length=1, max_length=128)
    rating: Literal["like", "dislike"]
    comment: str | None = Field(default=None, max_length=5_000)
    correction: str | None = Field(default=None, max_length=20_000)


class FeedbackStore:
    """The table of feedback, by tenant and message; a second opinion of the same user replaces the first."""

    SPEC = TableSpec("feedback", key="tenant", sort="message_id")

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_tenant(self, tenant: str) -> Iterable[Item]:
        """All feedback of a tenant."""
        return self._table.query("tenant = :tenant", {":tenant": tenant})

    def remove(self, row: Item) -> None:
        """Forget one."""
        self._table.delete({"tenant": row["tenant"], "message_id": row["message_id"]})

    def give(self, caller: Caller, message: Message, feedback: Feedback, *, data_class: str | None = None) -> dict[str, Any]:
        """Keep the caller's feedback on a message of their own; gives it as they see it. ``data_class`` is its session's."""
        row: Item = {
            "tenant": caller.tenant,
            "message_id": message.id,
            "user": caller.user,
            "session_id": message.session_id,
            "agent": message.agent,
            "rating": feedback.rating,
            "comment": feedback.comment,
            "correction": feedback.correction,
            "created_at": int(time.time()),
            "data_class": data_class,
        }
        self._table.put({name: value for name, value in row.items() if value is not None})
        return {"id": f"feedback-{message.id}", "object": "feedback"} | {
            name: row[name] for name in row if name not in {"tenant", "user", "data_class"}
        }
