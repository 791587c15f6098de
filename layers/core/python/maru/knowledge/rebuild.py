"""A vector store's rows built anew beside those that are searched: with another embedding model, on another engine, in another mapping.

The store's row is the alias: it names engine, embedding and the building (`generation`) that searches read, and one conditional write
moves all three. Documents go on coming, going and changing their rights meanwhile. A document is noted as built under the version,
revision and rights it had; rounds go on until one finds nothing left, and the swap holds only if no document went live since that round
began. What ingestion writes into the old building after the swap does not go live either: it is written again into the new one.
"""

import json
import time
from typing import Any

from maru.dynamo import Item
from maru.errors import NotFound
from maru.identity import Caller
from maru.ids import new_id
from maru.knowledge.ingest.pipeline import Pipeline
from maru.knowledge.library import Library, Place
from maru.knowledge.memberships import ALIVE, key_of
from maru.knowledge.vector_stores import generation_of, rows_key
from maru.transactions import TransactionFailed, change, transact

#: How long one step works before it lets itself be called again; a function has ten minutes.
STEP_SECONDS = 240
#: Documents between two notes of progress.
_NOTED = 20
_TRIES = 5


class Machine:
    """The state machine that calls the worker step by step."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn

    def start(self, building: Item, store_id: str) -> None:
        """Begin a run; its name makes the call safe to repeat."""
        given = {"vector_store_id": store_id, "rebuild_id": building["id"]}
        self._client.start_execution(stateMachineArn=self._arn, name=building["id"], input=json.dumps(given))


def begin(library: Library, caller: Caller, store_id: str, *, embedding: str | None, engine: str | None, machine: Machine) -> Item:
    """Begin to build a store's rows anew; returns the store's row. Raises NotFound, BadRequest, or Conflict while one is under way."""
    store = library.stores.get(caller.tenant, store_id)
    library.engines.of(store)
    building = {
        "id": new_id("vsr_"),
        "generation": generation_of(store) + 1 + int(store.get("abandoned", 0)),
        "embedding": library.embedding(embedding) if embedding else store["embedding"],
        "engine": library.engines.choose(engine or store["engine"]),
        "started_at": int(time.time()),
        "done": 0,
        "total": sum(store[f"n_{status}"] for status in ("in_progress", "completed", "failed", "cancelled")),
    }
    row = library.stores.build(store, building)
    try:
        machine.start(building, store["id"])
    except Exception:
        library.stores.rebuilding(store["id"], building, _ended(building, "failed", "The run could not be started."))
        raise
    return row


def rebuild_object(store: Item) -> dict[str, Any]:
    """How far the store's rebuild is, or how the last one ended. Raises NotFound where there was none."""
    building, ended = store.get("building"), store.get("rebuild")
    found = building or ended
    if not found:
        raise NotFound("This vector store has not been rebuilt.", param="vector_store_id")
    return {
        "id": found["id"],
        "object": "vector_store.rebuild",
        "vector_store_id": store["id"],
        "status": "in_progress" if building else found["status"],
        "started_at": found["started_at"],
        "ended_at": found.get("ended_at"),
        "embedding_model": found["embedding"],
        "engine": found["engine"],
        "files": {"done": found["done"], "total": max(found["total"], found["done"])},
        "last_error": found.get("error"),
    }


class Rebuilder:
    """The worker's part of a rebuild: steps that may be repeated, each bounded in time."""

    def __init__(self, library: Library, pipeline: Pipeline, *, seconds: float = STEP_SECONDS) -> None:
        self._library, self._pipeline, self._seconds = library, pipeline, seconds

    def step(self, store_id: str, rebuild_id: str) -> str:
        """Work on it for a while: ``more`` is left, ``swapped``, or ``over`` where it is not under way (any more)."""
        store = self._library.stores.row(store_id)
        building = store.get("building") if store else None
        if store is None or "deleted" in store or not building or building["id"] != rebuild_id:
            return "swapped" if store and (store.get("retired") or {}).get("rebuild_id") == rebuild_id else "over"
        engine = self._library.engines.of(building)
        place = Place(engine, rows_key(store_id, int(building["generation"])))
        if self._round(store, building, place):
            return "more"
        changes = {
            **_ended(building, "completed", None),
            "generation": building["generation"],
            "embedding": building["embedding"],
            "engine": building["engine"],
            "abandoned": None,
            "retired": {"engine": store["engine"], "key": rows_key(store_id, generation_of(store)), "rebuild_id": rebuild_id},
        }
        swapped = self._library.stores.rebuilding(store_id, building, changes, published=int(store.get("published", 0)))
        return "swapped" if swapped else "more"

    def clear(self, store_id: str) -> None:
        """Remove the rows that searches read before the swap, or those of a rebuild that failed."""
        store = self._library.stores.row(store_id)
        retired = store.get("retired") if store else None
        if store is None or not retired:
            return
        engine = self._library.engines.find(retired["engine"])
        if engine is not None:
            engine.delete_store(store["tenant"], retired["key"])
        self._library.stores.cleared(store_id)

    def fail(self, store_id: str, rebuild_id: str) -> None:
        """Give a rebuild up: searches go on as they were, and what was built goes."""
        store = self._library.stores.row(store_id)
        building = store.get("building") if store else None
        if store is None or not building or building["id"] != rebuild_id:
            return
        told = "The rebuild failed; the index before it stays in use. Try again, and tell the operators its id if it goes on."
        left = {"engine": building["engine"], "key": rows_key(store_id, int(building["generation"])), "rebuild_id": ""}
        number = int(building["generation"]) - generation_of(store)
        changes = _ended(building, "failed", told) | {"retired": left, "abandoned": number}
        if self._library.stores.rebuilding(store_id, building, changes):
            self.clear(store_id)

    def _round(self, store: Item, building: Item, place: Place) -> bool:
        """Build what is not built yet; whether something was, or is, left to do."""
        until, worked, built = time.monotonic() + self._seconds, 0, 0
        for member in self._library.members.of_store(store["id"]):
            if "deleted" in member:
                if str(member.get("built", "")).startswith(_begun(building)):  # it went while a worker that died was writing it
                    place.engine.delete(member["tenant"], place.key, member["file_id"])
                continue
            if member.get("live_version") is None:
                continue
            if member.get("built") == _mark(building, member):
                built += 1
                continue
            if time.monotonic() > until:
                break
            worked += 1
            self._build(store | building | {"id": store["id"]}, member, place)
            if worked % _NOTED == 0:
                self._note(store["id"], building, built + worked)
        self._note(store["id"], building, built + worked)
        return worked > 0

    def _note(self, store_id: str, building: Item, done: int) -> None:
        self._library.stores.rebuilding(store_id, building, {"building": building | {"done": done}})

    def _build(self, store: Item, member: Item, place: Place) -> None:
        """Write a document's rows and note that they are there, under the rights that hold at that moment. That they are being written
        is noted before: should the worker die and the document go meanwhile, the next round knows of what it left.
        """
        library = self._library
        where = (member["tenant"], place.key, member["file_id"])
        file = library.files.find(member["tenant"], member["file_id"])
        begun = file is not None and library.members.building(member, _begun(store))
        if file is None or not begun or not self._pipeline.index_into(place, store, member, file):
            place.engine.delete(*where)
            return
        built = {"built": _mark(store, member)}
        values = {":revision": member["revision"], ":live": member["live_version"]}
        condition = f"{ALIVE} AND revision = :revision AND live_version = :live"
        for _ in range(_TRIES):
            noted = change(library.members.table, key_of(member), built, condition=condition, values=values)
            try:
                transact(library.members.table, [noted, library.files.unchanged(file)])
            except TransactionFailed as failed:
                present = library.files.find(member["tenant"], member["file_id"])
                if 0 in failed.failed or present is None:
                    break
                file = present
                place.engine.set_acl(*where, file["acl"])
            else:
                return
        # The document went, or is another by now: a later round sees to it.
        place.engine.delete(*where)


def _begun(building: Item) -> str:
    return f"{building['generation']}/"


def _mark(building: Item, member: Item) -> str:
    return f"{_begun(building)}{member['live_version']}/{member['revision']}"


def _ended(building: Item, status: str, error: str | None) -> Item:
    told = {"code": "server_error", "message": error} if error else None
    return {"building": None, "rebuild": building | {"status": status, "ended_at": int(time.time()), "error": told}}
