"""What the knowledge function needs beyond the common settings: the document side."""

from maru.guard.settings import TrailSettings
from maru.http import HttpSettings
from maru.knowledge.library import LibrarySettings
from maru.ledger.settings import LedgerSettings
from maru.structured.settings import DataSettings


class Settings(HttpSettings, LibrarySettings, LedgerSettings, DataSettings, TrailSettings):
    """Settings of the knowledge function.

    ``rebuild_machine_arn`` is the state machine that builds vector stores' rows anew; ``held_tables`` says how the tables are called
    that an export reads, `{}` standing for a store's name.
    """

    policies_table: str
    lineage_table: str
    questions_table: str
    retention_table: str
    rebuild_machine_arn: str
    sessions_table: str
    feedback_table: str
    held_tables: str
