"""What every table and every place of objects holds of a tenant: how it is found, what an export calls it, when an erasure takes it.

A test holds this list against the stack: a table, bucket or prefix that is neither here nor among the exceptions fails it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from maru.chains.steps import calls_of, documents_of
from maru.dynamo import Item, Table, TableSpec
from maru.ledger.usage import UsageStore

type Open = Callable[[str], Table]
type Find = Callable[[Open, str], Iterator[Item]]

#: None of the ledger's rows is older: they expire.
_LEDGER_DAYS = 800


@dataclass(frozen=True)
class Held:
    """Rows of one table that are a tenant's.

    ``named`` is their ``object`` in an export; ``hidden`` are attributes that no export tells: hashes of secrets and what is sealed
    under KMS. They are erased at once, or as the ``last``, when the work on them is done, or never; ``why`` says the reason of
    whatever is not exported or not erased at once.
    """

    table: str
    key: tuple[str, ...]
    find: Find
    named: str | None = None
    hidden: frozenset[str] = frozenset()
    erased: Literal["now", "last", "never"] = "now"
    why: str = ""


def _partition(table: str) -> Find:
    return lambda open_, tenant: open_(table).query("tenant = :tenant", {":tenant": tenant})


def _index(table: str) -> Find:
    return lambda open_, tenant: open_(table).query("tenant = :tenant", {":tenant": tenant}, index="by_tenant")


def _scan(table: str, where: str = "tenant = :value", value: str = "{}", **names: str) -> Find:
    """For tables that have no other way to a tenant's rows: exports and erasures are rare enough to read a whole table."""
    found = {f"#{name}": attribute for name, attribute in names.items()}
    return lambda open_, tenant: open_(table).scan(where, {":value": value.format(tenant)}, names=found)


def _of_runs(table: str) -> Find:
    def find(open_: Open, tenant: str) -> Iterator[Item]:
        for run in _index("runs")(open_, tenant):
            yield from below_run(open_(table), run["run_id"])

    return find


def below_run(table: Table, run_id: str) -> Iterator[Item]:
    """What a table of steps or events holds of a run: its rows, which documents its steps found, and what models answered."""
    for partition in (run_id, documents_of(run_id), calls_of(run_id)):
        yield from table.query("run_id = :run", {":run": partition})


def _tenant(open_: Open, tenant: str) -> Iterator[Item]:
    return open_("tenants").query("id = :tenant", {":tenant": tenant})


def _upload_parts(open_: Open, tenant: str) -> Iterator[Item]:
    for upload in list(_scan("uploads")(open_, tenant)):
        yield from open_("uploads").query("id = :id", {":id": upload["id"]})


def _ledger(open_: Open, tenant: str) -> Iterator[Item]:
    made, now = open_("tenants").get({"id": tenant}) or {}, datetime.now(UTC)
    began = max(datetime.fromtimestamp(made.get("created_at", 0), UTC), now - timedelta(days=_LEDGER_DAYS))
    return (row for _, row in UsageStore(open_("usage")).between(tenant, began, now + timedelta(seconds=1)))


def _own(table: str, sort: str, named: str, *hidden: str) -> Held:
    return Held(table, ("tenant", sort), _partition(table), named, frozenset(hidden))


def _remains(table: str, *key: str) -> Held:
    find = _scan(table, "tenant = :value AND attribute_not_exists(#open)", open="open")
    return Held(table, key, find, erased="last", why="what is left of what was told and deleted with documents, stores and sources")


#: In the order in which they are told and erased: who may do anything first, rows before those by which they are found.
HELD = (
    Held("tenants", ("id",), _tenant, "tenant"),
    Held("keys", ("id",), _index("keys"), "key", frozenset({"secret_hash"})),
    Held("identities", ("id",), _index("identities"), "identity"),
    _own("chain_triggers", "sk", "chain.trigger"),
    _own("agents", "name", "agent"),
    _own("prompts", "sk", "prompt"),
    _own("chains", "sk", "chain"),
    _own("tools", "name", "tool"),
    _own("tool_approvals", "id", "tool.approval", "sealed"),
    _own("policies", "sk", "guard.policy"),
    _own("incidents", "id", "guard.incident", "samples"),
    _own("approvals", "id", "approval"),
    Held("run_events", ("run_id", "seq"), _of_runs("run_events"), "run.event"),
    Held("run_steps", ("run_id", "path"), _of_runs("run_steps"), "run.step"),
    Held("runs", ("run_id",), _index("runs"), "run"),
    Held("runs", ("run_id",), _scan("runs", "begins_with(run_id, :value)", "slots#{}#"), why="counters of runs under way"),
    _own("budgets", "sk", "budget"),
    Held("retention", ("tenant",), _partition("retention"), "retention"),
    _own("feedback", "message_id", "feedback"),
    Held("questions", ("vector_store_id", "place"), _scan("questions"), "vector_store.question"),
    Held("lineage", ("file_id", "place"), _scan("lineage"), "lineage.answer"),
    Held("completions", ("owner", "id"), _scan("completions", "begins_with(#owner, :value)", "{}#", owner="owner"), "stored.completion"),
    _own("cache", "id", "cache.entry"),
    Held("idempotency", ("id",), _scan("idempotency"), why="answers that were given already, kept for a day for who asks twice"),
    Held("file_batches", ("id",), _scan("file_batches"), "vector_store.files_batch"),
    Held("imports", ("id",), _scan("imports"), "vector_store.import"),
    Held("uploads", ("id", "part"), _upload_parts, "upload"),
    Held(
        "rejections",
        ("list", "at"),
        _scan("rejections", "begins_with(#key, :value)", "{}/", key="key"),
        "ingestion.failure",
    ),
    Held("usage", ("day", "at"), _ledger, "usage", erased="never", why="the accounts of what was spent stay their 800 days, as books do"),
    Held("ingest_turns", ("tenant",), _partition("ingest_turns"), why="a place in the queue of documents"),
    Held(
        "vector_store_files",
        ("vector_store_id", "file_id"),
        _scan("vector_store_files", "tenant = :value AND attribute_not_exists(deleted)"),
        "vector_store.file",
        erased="never",
        why="deleted with its store, and the row that stays as a cursor at last",
    ),
    _remains("vector_store_files", "vector_store_id", "file_id"),
    _remains("files", "id"),
    _remains("vector_stores", "id"),
    _remains("sources", "id"),
)

#: Tables that documents and conversations are told from and deleted with, by rules of their own (`keeping`, `export`).
BY_THEIR_OWN_RULES = {
    "files": "told with its text, deleted with every version, part and rendering",
    "vector_stores": "told, and deleted with its rows in the index",
    "sources": "told, and deleted with what was found in them",
    "source_items": "what is known of a source's pages, each of which is a document that is told; deleted with the source",
    "renderings": "the text that is told with its file, and deleted with it",
    "embeddings": "vectors of that text, deleted with the file that they came with",
    "sessions": "told message by message, and deleted",
}

#: Tables that hold nothing that could be given to a tenant or that is to be erased for one.
EXEMPT = {
    "audit": "kept by rule for the time that the stage says; it has an export of its own and never holds a text",
    "health": "how models answer, of no tenant",
    "rates": "counters of requests, gone after an hour",
    "chain_programs": "told as chains; deleted with them where no other tenant's chain reads alike",
}

#: Where in Maru's own bucket a tenant's objects lie, and what an export calls them.
PLACES: dict[str, str | None] = {
    "runs/{}/": "run.value",
    "completions/{}#": "stored.completion.body",
    "files/{}/": None,
    "renderings/{}/": None,
}

#: Prefixes and buckets that are told and erased otherwise, or not.
OTHER_PREFIXES = {
    "uploads": "parts of uploads, deleted with their rows",
    "idempotency": "large answers to an Idempotency-Key, deleted with their rows",
}
BUCKETS = {
    "own": "by its prefixes",
    "door": "documents that are told with their text; everything below the tenant's name is deleted",
    "logs": "accesses to buckets, kept for the stage's log days",
    "snapshots": "the index as it was, for the stage's days of snapshots",
    "console": "the console's own files, of no tenant",
}

_OTHER_KEYS = {"chain_programs": ("checksum",)}


class Holdings:
    """The stack's tables as an export and an erasure see them; ``called`` is a table's name with `{}` for its store's."""

    def __init__(self, dynamodb: Any, called: str) -> None:
        self._dynamodb, self._called = dynamodb, called

    def table(self, name: str) -> Table:
        """A table by its store's name, with the key that is written here."""
        key = next((held.key for held in HELD if held.table == name), _OTHER_KEYS.get(name, ("id",)))
        return Table(self._dynamodb, self._called.format(name), TableSpec(name, key[0], key[1] if len(key) > 1 else None))

    def rows(self, held: Held, tenant: str) -> Iterator[Item]:
        """What it holds of the tenant."""
        return held.find(self.table, tenant)

    def any(self, tenant: str) -> bool:
        """Whether anything is held of the tenant that an erasure takes; one that there is not costs a look at every table."""
        return any(True for held in HELD if held.erased != "never" for _ in self.rows(held, tenant))

    def erase(self, tenant: str, *, last: bool) -> None:
        """Remove the rows that go now, and with ``last`` those that go at last; may be cut off and called again."""
        for held in HELD:
            if held.erased == "now" or (last and held.erased == "last"):
                for row in list(self.rows(held, tenant)):
                    self.table(held.table).delete({name: row[name] for name in held.key})
