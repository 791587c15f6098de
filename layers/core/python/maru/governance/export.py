"""A tenant's data as lines of JSON: every document with its text, every conversation, and every row that any table has of it."""

import json
import zlib
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

from maru.agents.messages import read
from maru.agents.sessions import public_session
from maru.dynamo import Item
from maru.governance.holdings import HELD, PLACES, Held, Holdings, below_run
from maru.governance.keeping import Keeping
from maru.governance.person import BY_THEIR_RUNS, Person
from maru.governance.withholding import OF_RUNS, Withholding
from maru.knowledge.blobs import Blobs
from maru.knowledge.files import file_object
from maru.knowledge.paging import Cursor
from maru.knowledge.vector_stores import vector_store_object

#: What a row has for the table's sake alone.
_UNTOLD = {"tenant", "expires_at", "purge_at", "kept_until", "listed", "open", "due"}


def lines(keeping: Keeping, tenant: str) -> Iterator[str]:
    """One line an object, each with its ``object``.

    What the guard hid in sessions stays hidden, hashes of secrets and what is sealed under KMS are left out, and the bytes of a
    document are those of ``GET /v1/files/{id}/content``. What sessions and runs hold of documents that are gone is withheld.
    """
    seen = Withholding(keeping, tenant)
    for one in chain(_objects(keeping, tenant, seen), _rows(keeping.holdings, tenant, seen), _values(keeping.library.blobs, tenant, seen)):
        yield json.dumps(one, ensure_ascii=False, default=_plain) + "\n"


def lines_of(person: Person) -> Iterator[str]:
    """The same of one person: their conversations, what they put into them, and the rows of every table that are theirs."""
    seen = Withholding(person.keeping, person.tenant, person)
    for one in chain(_talks(person, seen), _own(person, seen)):
        yield json.dumps(one, ensure_ascii=False, default=_plain) + "\n"


def _talks(person: Person, seen: Withholding) -> Iterator[Item]:
    for file in person.files():
        yield _document(person.keeping, file)
    for head in person.sessions():
        yield from _session(person.keeping, head, seen)


def _own(person: Person, seen: Withholding) -> Iterator[Item]:
    holdings, blobs = person.keeping.holdings, person.keeping.library.blobs
    for held, row in person.rows():
        if held.named:
            yield _row(held, row, seen)
        if held.table == "runs":
            for below in (one for one in HELD if one.table in BY_THEIR_RUNS):
                yield from (_row(below, inner, seen) for inner in below_run(holdings.table(below.table), row["run_id"]))
            for key, content in blobs.under(f"runs/{person.tenant}/{row['run_id']}/"):
                yield {"object": "run.value", "key": key, "content": seen.value(key, _plain(content))}
    for prefix in person.prefixes:
        for key, content in blobs.under(prefix):
            yield {"object": "stored.completion.body", "key": key, "content": _plain(content)}


def _objects(keeping: Keeping, tenant: str, seen: Withholding) -> Iterator[Item]:
    library = keeping.library
    for store in library.stores.list(tenant, Cursor(10_000)).rows:
        yield vector_store_object(store)
    for source in library.sources.list(tenant, Cursor(10_000)).rows:
        yield {"object": "source", **{name: source[name] for name in ("id", "kind", "vector_store_id", "settings", "rights", "created_at")}}
    for file in keeping.files(tenant):
        yield _document(keeping, file)
    for head in keeping.sessions.of_tenant(tenant):
        yield from _session(keeping, head, seen)


def _document(keeping: Keeping, file: Item) -> Item:
    document = keeping.library.renderings.load(file["tenant"], file["id"], file["version"])
    return {**file_object(file), "content": file["content"], "text": document.text if document else None}


def _session(keeping: Keeping, head: Item, seen: Withholding) -> Iterator[Item]:
    yield {**public_session(head), "user": head["user"], "data_class": head.get("data_class")}
    yield from (_message(row, seen) for row in keeping.sessions.rows_of(head))


def _rows(holdings: Holdings, tenant: str, seen: Withholding) -> Iterator[Item]:
    for held in HELD:
        if held.named:
            yield from (_row(held, row, seen) for row in holdings.rows(held, tenant))


def _row(held: Held, row: Item, seen: Withholding) -> Item:
    row = seen.row(row) if held.table in OF_RUNS else row
    untold = (_UNTOLD - set(held.key)) | held.hidden
    return {"object": held.named, **{name: value for name, value in row.items() if name not in untold}}


def _values(blobs: Blobs, tenant: str, seen: Withholding) -> Iterator[Item]:
    for prefix, named in PLACES.items():
        for key, content in blobs.under(prefix.format(tenant)) if named else ():
            told = _plain(content)
            yield {"object": named, "key": key, "content": seen.value(key, told) if named == "run.value" else told}


def _plain(value: Any) -> Any:
    """What JSON has no form for: packed texts are told in words, sets as lists; bytes that are no text are vectors and the like."""
    if isinstance(value, bytes):
        return _words(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return float(value) if isinstance(value, Decimal) else str(value)


def _words(value: bytes) -> Any:
    try:
        text = (zlib.decompress(value) if value[:1] == b"x" else value).decode()
        return json.loads(text)
    except (ValueError, zlib.error):
        return None


def _message(row: Item, seen: Withholding) -> Item:
    message = read(row)
    shown: dict[str, Any] = message.public(seen.readable(message.sources()))
    return shown
