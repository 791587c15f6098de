"""What the chains function needs beyond the common settings."""

from maru.chains.publishing import MachineSettings
from maru.chains.settings import ChainSettings, NotifySettings
from maru.http import HttpSettings
from maru.ledger.settings import LedgerSettings
from maru.models import ModelSettings


class Settings(HttpSettings, ModelSettings, LedgerSettings, ChainSettings, NotifySettings, MachineSettings):
    """Settings of the chains function; ``catalogue`` also holds ``prompts/``, ``policies/`` and ``chains/``."""

    prompts_table: str
    policies_table: str
    chains_table: str
    chain_triggers_table: str
    files_table: str
    cache_table: str
    start_queue_url: str
    start_dead_url: str
