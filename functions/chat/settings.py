"""What the chat function needs beyond the common settings."""

from maru.agents.settings import AgentSettings
from maru.http import HttpSettings
from maru.ledger.settings import LedgerSettings


class Settings(HttpSettings, AgentSettings, LedgerSettings):
    """Settings of the chat function."""

    completions_table: str
    health_table: str
