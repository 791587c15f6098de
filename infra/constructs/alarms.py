"""Alarms that each say what to do, told to the organisation's own topic where the stage names one."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

_OVER = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD


class Alarms:
    """The alarms of one construct, `all` of them in the order in which they were added."""

    def __init__(self, scope: Construct, topic_arn: str | None) -> None:
        self._scope = scope
        self._topic = sns.Topic.from_topic_arn(scope, "Topic", topic_arn) if topic_arn else None
        self.all: list[cloudwatch.IAlarm] = []

    def add(self, alarm: cloudwatch.AlarmBase) -> None:
        """Have an alarm told."""
        if self._topic:
            alarm.add_alarm_action(actions.SnsAction(self._topic))
        self.all.append(alarm)

    def past(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        threshold: float,
        runbook: str,
        *,
        comparison: cloudwatch.ComparisonOperator = _OVER,
        periods: int = 1,
    ) -> None:
        """An alarm for a metric that has been past ``threshold`` for so many of its periods; silence is no alarm."""
        self.add(
            cloudwatch.Alarm(
                self._scope,
                name,
                metric=metric,
                threshold=threshold,
                evaluation_periods=periods,
                comparison_operator=comparison,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
                alarm_description=runbook,
            )
        )
