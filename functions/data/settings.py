"""What the data function needs: who calls, where the views are read, and the audit."""

from maru.http.audit import AuditSettings
from maru.identity.connecting import CallerSettings
from maru.structured.settings import DataSettings


class Settings(CallerSettings, DataSettings, AuditSettings):
    """Settings of the data function."""

    function: str
