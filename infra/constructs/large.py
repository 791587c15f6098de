"""The state machine that brings very large documents in: read one, write its portions side by side, make it live."""

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

_LONGEST = cdk.Duration.days(2)
_FAILING = [
    {"ErrorEquals": ["States.ALL"], "Output": "{% $merge([$states.input, {'error': $states.errorOutput.Error}]) %}", "Next": "Fail"}
]


class Large(Construct):
    """One machine for all documents; a run is one document, and a step that keeps failing ends it with the document as failed."""

    def __init__(
        self, scope: Construct, id_: str, *, name: str, worker: lambda_.Alias, at_once: int, log_days: logs.RetentionDays, local: bool
    ) -> None:
        super().__init__(scope, id_)
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        log_group = logs.LogGroup(self, "Logs", retention=log_days, removal_policy=cdk.RemovalPolicy.DESTROY)
        watched: dict[str, Any] = {"logs": sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL), "tracing_enabled": True}
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            definition_body=sfn.DefinitionBody.from_string(json.dumps(definition(worker.function_arn, at_once=at_once))),
            role=role,
            timeout=_LONGEST,
            **({} if local else watched),
        )
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[worker.function_arn]))


def definition(worker_arn: str, *, at_once: int) -> dict[str, Any]:
    """The machine in Amazon States Language; ``worker_arn`` may be a token."""
    write = _call(worker_arn, "large_write", {"Output": "done", "End": True})
    read = "{% $merge([$states.input, {'portions': [$states.result.Payload.state]}]) %}"
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "Read",
        "States": {
            "Read": _call(worker_arn, "large_read", {"Output": read, "Catch": _FAILING, "Next": "Any"}),
            "Any": {
                "Type": "Choice",
                "Choices": [{"Condition": "{% $count($states.input.portions) > 0 %}", "Next": "Portions"}],
                "Default": "Over",
            },
            "Portions": {
                "Type": "Map",
                "Items": "{% [$states.input.portions] %}",
                "ItemSelector": "{% $merge([$states.input, {'portions': [], 'portion': $states.context.Map.Item.Value}]) %}",
                "MaxConcurrency": at_once,
                "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Write", "States": {"Write": write}},
                "Output": "{% $states.input %}",
                "Catch": _FAILING,
                "Next": "Publish",
            },
            "Publish": _call(worker_arn, "large_publish", {"Output": {}, "Catch": _FAILING, "Next": "Over"}),
            "Fail": _call(worker_arn, "large_fail", {"Output": {}, "Next": "Failed"}),
            "Failed": {"Type": "Fail", "Error": "LargeDocumentFailed", "Cause": "A step failed again and again; the document says so."},
            "Over": {"Type": "Succeed"},
        },
    }


def _call(worker_arn: str, task: str, then: dict[str, Any]) -> dict[str, Any]:
    payload = "{% $merge([$states.input, {'portions': [], 'task': '" + task + "'}]) %}"
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": worker_arn, "Payload": payload},
        "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxAttempts": 4, "BackoffRate": 3}],
        **then,
    }
