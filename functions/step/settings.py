"""What the step function needs: models and documents, the tables of runs, and the ways to tell the outside."""

from maru.chains.settings import ChainSettings, NotifySettings
from maru.guard.settings import TrailSettings
from maru.knowledge.library import SearchSettings
from maru.ledger.settings import LedgerSettings


class Settings(SearchSettings, LedgerSettings, ChainSettings, NotifySettings, TrailSettings):
    """Settings of the step function."""

    function: str
    stage: str
    tenants_table: str
    policies_table: str
    prompts_table: str
    lineage_table: str
