"""What the tests of sources share: a source, a whole sync of it, what can be found then."""

from typing import Any

from maru.dynamo import Item
from tests.fakes.documents import DocumentSide, caller

ME = caller()


def source(side: DocumentSide, store: Item, kind: str, url: str, **settings: Any) -> Item:
    given = {"url": url, "max_pages": 100, "max_depth": 5, **settings}
    rights = {"acl": ["public"], "data_class": "internal", "attributes": {"from": kind}}
    return side.library.sources.create(
        tenant="acme", user="minji", store_id=store["id"], kind=kind, settings=given, rights=rights, minutes=None
    )


def run(side: DocumentSide, row: Item) -> Item:
    """A whole sync, and everything that follows from it."""
    side.deliver([{"task": "sync", "source_id": row["id"]}])
    side.work()
    return side.library.sources.get("acme", row["id"])


async def found(side: DocumentSide, store: Item, query: str) -> list[str]:
    hits = await side.retriever.search(ME, store_ids_or_names=[store["id"]], query=query, k=20)
    return sorted({(one.origin or {}).get("path") or (one.origin or {})["url"] for one in hits})


def states(side: DocumentSide, row: Item, base: str = "") -> dict[str, str]:
    return {item["item"].removeprefix(base): item["status"] for item in side.library.source_items.of(row["id"])}
