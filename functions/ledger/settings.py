"""What the ledger's schedule needs."""

from maru.ledger.settings import LedgerSettings


class Settings(LedgerSettings):
    """Settings of the ledger function; alerts go to the topic, where there is one, and to the log."""

    function: str
    tenants_table: str
    alert_topic_arn: str | None = None
