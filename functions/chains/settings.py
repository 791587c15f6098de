"""What the chains function needs beyond the common settings."""

from maru.http import HttpSettings
from maru.ledger.settings import LedgerSettings
from maru.models import ModelSettings


class Settings(HttpSettings, ModelSettings, LedgerSettings):
    """Settings of the chains function; ``catalogue`` also holds ``prompts/`` and ``policies/``."""

    prompts_table: str
    policies_table: str
