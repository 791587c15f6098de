"""What a function that gives answers again must be told."""

from maru.knowledge.library import SearchSettings
from maru.ledger.settings import LedgerSettings


class CacheSettings(SearchSettings, LedgerSettings):
    """The cache's table; ``catalogue`` also holds ``cache.yaml``."""

    cache_table: str
