"""The state machine that builds a vector store's rows anew: the worker's step again and again, then the change-over, then the clearing."""

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

#: Searches that began before the change-over still read the rows of before: they are left so long.
_LINGER_SECONDS = 120
#: A step runs four minutes: this is some days of them, far under the 25,000 events that a run's history holds.
_LONGEST = cdk.Duration.days(7)


class Rebuild(Construct):
    """One machine for all stores; a run is one rebuild, and a step that keeps failing ends it with the rows of before in use."""

    def __init__(self, scope: Construct, id_: str, *, worker: lambda_.Alias, log_days: logs.RetentionDays, local: bool) -> None:
        super().__init__(scope, id_)
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[worker.function_arn]))
        log_group = logs.LogGroup(self, "Logs", retention=log_days, removal_policy=cdk.RemovalPolicy.DESTROY)
        watched: dict[str, Any] = {"logs": sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL), "tracing_enabled": True}
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            definition_body=sfn.DefinitionBody.from_string(json.dumps(definition(worker.function_arn))),
            role=role,
            timeout=_LONGEST,
            **({} if local else watched),
        )


def definition(worker_arn: str) -> dict[str, Any]:
    """The machine in Amazon States Language; ``worker_arn`` may be a token."""
    return {
        "StartAt": "Step",
        "States": {
            "Step": _call(
                worker_arn,
                "rebuild_step",
                {"ResultSelector": {"state.$": "$.Payload.state"}, "ResultPath": "$.step", "Next": "HowFar"},
                failing="Fail",
            ),
            "HowFar": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.step.state", "StringEquals": "more", "Next": "Step"},
                    {"Variable": "$.step.state", "StringEquals": "swapped", "Next": "Linger"},
                ],
                "Default": "Over",
            },
            "Linger": {"Type": "Wait", "Seconds": _LINGER_SECONDS, "Next": "Clear"},
            "Clear": _call(worker_arn, "rebuild_clear", {"ResultPath": None, "Next": "Over"}),
            "Fail": _call(worker_arn, "rebuild_fail", {"ResultPath": None, "Next": "Failed"}),
            "Failed": {"Type": "Fail", "Error": "RebuildFailed", "Cause": "A step failed again and again; the rows of before stay in use."},
            "Over": {"Type": "Succeed"},
        },
    }


def _call(worker_arn: str, task: str, then: dict[str, Any], *, failing: str | None = None) -> dict[str, Any]:
    payload = {"task": task, "vector_store_id.$": "$.vector_store_id", "rebuild_id.$": "$.rebuild_id"}
    parameters = {"FunctionName": worker_arn, "Payload": payload}
    retried = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxAttempts": 4, "BackoffRate": 3}
    caught = {"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": failing}]} if failing else {}
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": parameters, "Retry": [retried], **caught, **then}
