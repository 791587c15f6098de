"""What functions that are no API must be told, so that what the guard decides in them stands in the audit and in incidents."""

from maru.http.audit import AuditSettings


class TrailSettings(AuditSettings):
    """The audit, incidents, the key of their samples, and the topic of alerts."""

    incidents_table: str
    guard_key: str
    alert_topic_arn: str | None = None
