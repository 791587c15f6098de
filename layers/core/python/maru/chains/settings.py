"""What functions that keep, start or serve runs must be told."""

from functools import cache

from maru.settings import Settings


class ChainSettings(Settings):
    """Tables of runs and what belongs to them; ``bucket`` holds their large values."""

    bucket: str
    runs_table: str
    run_steps_table: str
    run_events_table: str
    approvals_table: str
    chain_programs_table: str


class NotifySettings(Settings):
    """Where notifications may go: the stage's topic, and webhooks on these hosts (``host`` or ``host:port``), signed under a secret."""

    notify_topic_arn: str | None = None
    webhook_hosts: tuple[str, ...] = ()
    webhook_secret_arn: str

    def webhook_secret(self) -> str:
        """The secret that all signatures come from."""
        return _read(self.webhook_secret_arn)


@cache
def _read(arn: str) -> str:
    from maru import aws

    return str(aws.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
