"""What searches found, kept for a while in the process: under the version of the knowledge and the rights of who asked.

Every change of what a store's searches may find raises its ``knowledge_version`` (documents that come, go or are called otherwise,
and every change of rights), so an entry made before it is never asked for again. Rights are part of the key, and what comes
out goes through the tables' check like every hit: an entry can be too old to be found, never too generous.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from maru.dynamo import Item
from maru.knowledge.stores.port import Hit, SearchScope

#: Searches kept, and for how long: an embedding or an answer of an engine is not kept for ever on one machine.
ENTRIES = 256
SECONDS = 300.0
#: Hits of one entry: deeper searches are rare, and an entry holds their texts.
_MOST = 120


@dataclass
class Recent[T]:
    """The values of the last ``size`` keys that are not older than ``seconds``; safe among threads."""

    size: int = ENTRIES
    seconds: float = SECONDS
    clock: Callable[[], float] = time.monotonic
    _held: OrderedDict[Hashable, tuple[float, T]] = field(default_factory=OrderedDict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable) -> T | None:
        """The value, None where it is not held (any more)."""
        with self._turn:
            found = self._held.get(key)
            if found is None or found[0] < self.clock():
                self._held.pop(key, None)
                return None
            self._held.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, value: T) -> None:
        """Hold a value; those whose time is over go, for nobody may ask for them again."""
        with self._turn:
            now = self.clock()
            for old in [one for one, (until, _) in self._held.items() if until < now]:
                del self._held[old]
            self._held[key] = (now + self.seconds, value)
            self._held.move_to_end(key)
            while len(self._held) > self.size:
                self._held.popitem(last=False)


class SearchCache:
    """Hits by question, and vectors by text."""

    def __init__(self) -> None:
        self.hits: Recent[list[Hit]] = Recent()
        self.vectors: Recent[list[float]] = Recent()

    def keep(self, key: Hashable, hits: list[Hit]) -> None:
        """Hold the hits of a search, unless they are too many."""
        if len(hits) <= _MOST:
            self.hits.put(key, hits)


def key_of(scope: SearchScope, stores: list[Item], query: str) -> Hashable:
    """What decides over a search's hits: the tenant, the rights, the stores as they are now, the filter, the text."""
    versions = tuple(sorted((store["id"], int(store.get("knowledge_version", 0)), store["embedding"]) for store in stores))
    return (scope.tenant, tuple(sorted(scope.principals)), scope.vector_store_ids, versions, scope.filters, query)
