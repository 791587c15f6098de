"""A tenant's data as lines of JSON: every document with its text, every store, source, session, message and word of feedback."""

import json
from collections.abc import Iterator
from typing import Any

from maru.agents.messages import read
from maru.agents.sessions import public_session
from maru.dynamo import Item
from maru.governance.keeping import Keeping
from maru.knowledge.files import file_object
from maru.knowledge.paging import Cursor
from maru.knowledge.vector_stores import vector_store_object


def lines(keeping: Keeping, tenant: str) -> Iterator[str]:
    """One line an object, each with its ``object``. What the guard hid in sessions stays hidden."""
    for one in _objects(keeping, tenant):
        yield json.dumps(one, ensure_ascii=False, default=str) + "\n"


def _objects(keeping: Keeping, tenant: str) -> Iterator[Item]:
    library = keeping.library
    for store in library.stores.list(tenant, Cursor(10_000)).rows:
        yield vector_store_object(store)
    for source in library.sources.list(tenant, Cursor(10_000)).rows:
        yield {"object": "source", **{name: source[name] for name in ("id", "kind", "vector_store_id", "settings", "rights", "created_at")}}
    for file in keeping.files(tenant):
        document = library.renderings.load(tenant, file["id"], file["version"])
        yield {**file_object(file), "content": file["content"], "text": document.text if document else None}
    for head in keeping.sessions.of_tenant(tenant):
        yield {**public_session(head), "user": head["user"], "data_class": head.get("data_class")}
        yield from (_message(row) for row in keeping.sessions.rows_of(head))
    for row in keeping.feedback.of_tenant(tenant):
        yield {"object": "feedback", **{name: value for name, value in row.items() if name != "tenant"}}


def _message(row: Item) -> Item:
    message = read(row)
    shown: dict[str, Any] = message.public(message.sources())
    return shown
