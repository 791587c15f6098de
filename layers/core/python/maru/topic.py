"""Where alerts go: a topic of SNS, or whatever stands in for one."""

from typing import Any, Protocol


class Topic(Protocol):
    """Where alerts go."""

    def publish(self, subject: str, message: str) -> None:
        """Send one; blocks."""
        ...


class SnsTopic:
    """A topic of SNS."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn

    def publish(self, subject: str, message: str) -> None:
        """Send one; blocks."""
        self._client.publish(TopicArn=self._arn, Subject=subject, Message=message)
