"""What the data function needs: who calls, where the views are read, and the audit."""

from maru.identity.connecting import CallerSettings
from maru.structured.settings import DataSettings


class Settings(CallerSettings, DataSettings):
    """Settings of the data function."""

    function: str
    audit_table: str
    audit_retention_days: int = 400
