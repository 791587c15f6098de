"""What the moderation function needs beyond the common settings."""

from maru.http import HttpSettings
from maru.ledger.settings import LedgerSettings
from maru.models.settings import ModelSettings


class Settings(HttpSettings, ModelSettings, LedgerSettings):
    """Settings of the moderation function; ``catalogue`` holds ``policies/``, ``guard_key`` opens samples of incidents.

    The tables of agents and chains tell who uses a policy, that of files who may read what samples came of.
    """

    policies_table: str
    agents_table: str
    chains_table: str
    incidents_table: str
    files_table: str
    guard_key: str
