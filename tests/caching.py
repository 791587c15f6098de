"""The cache of answers on the in-memory AWS."""

from typing import Any

from maru.cache.entries import EntryStore
from maru.cache.responses import ResponseCache
from maru.cache.rules import Rules
from maru.cache.semantic import SemanticIndex
from maru.knowledge.engines import Engines
from maru.knowledge.stores.port import VectorStore
from maru.lean import ThreadedDynamo
from maru.ledger.meter import Meter
from maru.models import ModelClient
from maru.telemetry import Telemetry
from tests.fakes.memory_vector_store import MemoryVectorStore


def cache_on(
    client: Any, models: ModelClient, meter: Meter, log: Telemetry, *, rules: Rules | None = None, index: VectorStore | None = None
) -> ResponseCache:
    """A cache over a table that is made where it is missing."""
    rules, spec = rules or Rules.load("catalogue"), EntryStore.SPEC
    if spec.name not in client.list_tables()["TableNames"]:
        spec.create(client, spec.name)
    exact = rules.exact
    entries = EntryStore(ThreadedDynamo(client), spec.name, entries=exact.entries, ttl_seconds=exact.ttl_seconds)
    return ResponseCache(rules, entries, SemanticIndex(rules.semantic, Engines.single(index or MemoryVectorStore()), models, meter), log)
