"""Chains: the machines of those that Maru ships, the one role that all machines have, and the way to tell the outside."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.function import retention
from maru.chains import structure
from maru.chains.compiler import Worker, compile_program
from maru.chains.program import Program
from maru.chains.publishing import machine_name


class Notices(Construct):
    """`topic` takes what chains tell by SNS; `secret` is what the signatures of webhooks come from."""

    def __init__(self, scope: Construct, id_: str, *, keep: bool) -> None:
        super().__init__(scope, id_)
        key = kms.Alias.from_alias_name(self, "Key", "alias/aws/sns")
        self.topic = sns.Topic(self, "Topic", display_name="Maru", enforce_ssl=True, master_key=key)
        self.secret = secretsmanager.Secret(
            self,
            "WebhookSecret",
            description="What the signatures of Maru's webhooks come from; each tenant has a key derived from it",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=48, exclude_punctuation=True),
            removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
        )


class Machines(Construct):
    """One machine for each shipped chain, a published version under the alias of its label; all have `role`, which invokes the worker."""

    def __init__(
        self, scope: Construct, id_: str, *, stage: str, worker: lambda_.Alias, programs: Mapping[str, Program], log_days: int, local: bool
    ) -> None:
        super().__init__(scope, id_)
        self._stage, self._local = stage, local
        stack = cdk.Stack.of(self)
        self.prefix = stack.format_arn(
            service="states", resource="stateMachine", resource_name=f"maru-{stage}-", arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
        )
        self.executions = stack.format_arn(
            service="states", resource="execution", resource_name=f"maru-{stage}-*", arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
        )
        self.role = self._role(worker)
        self._logs = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/vendedlogs/states/maru-{stage}",
            retention=retention(log_days),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self._worker = Worker(worker.function_arn, cdk.Aws.PARTITION)
        #: Where executions of a shipped chain start: the very version that fits the catalogue beside it.
        self.versions = {name: self._machine(name, program) for name, program in programs.items()}

    def _role(self, worker: lambda_.Alias) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[worker.function_arn]))
        # The items of a large map are executions of their own.
        role.add_to_policy(iam.PolicyStatement(actions=["states:StartExecution"], resources=[f"{self.prefix}*"]))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"], resources=[f"{self.executions}:*"]
            )
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
                resources=["*"],
            )
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=[f"logs:{action}" for action in _DELIVERY],
                resources=["*"],
            )
        )
        return role

    def _machine(self, name: str, program: Program) -> str:
        definition = compile_program(program, self._worker)
        structure.demand(definition)
        destination = sfn.CfnStateMachine.LogDestinationProperty(
            cloud_watch_logs_log_group=sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(log_group_arn=self._logs.log_group_arn)
        )
        machine = sfn.CfnStateMachine(
            self,
            f"Chain{_id(name)}",
            role_arn=self.role.role_arn,
            state_machine_name=machine_name(self._stage, None, name),
            state_machine_type="STANDARD",
            definition_string=cdk.Stack.of(self).to_json_string(definition),
            # References alone travel, and even they stay out of the log.
            logging_configuration=sfn.CfnStateMachine.LoggingConfigurationProperty(
                destinations=[destination], include_execution_data=False, level="ALL"
            ),
            tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
        )
        machine.node.add_dependency(self.role)
        if self._local:  # the embedded AWS knows no published versions in templates
            return machine.ref
        # A version outlives the next deployment: runs of it go on, and no old one can be published anew.
        version = sfn.CfnStateMachineVersion(
            self,
            f"Chain{_id(name)}V{program.checksum[:8]}",
            state_machine_arn=machine.ref,
            state_machine_revision_id=machine.attr_state_machine_revision_id,
            description=program.checksum,
        )
        version.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        for label in program.chain.labels or ("live",):
            routing = sfn.CfnStateMachineAlias.RoutingConfigurationVersionProperty(state_machine_version_arn=version.ref, weight=100)
            sfn.CfnStateMachineAlias(self, f"Chain{_id(name)}{_id(label)}", name=label, routing_configuration=[routing])
        return version.ref


_DELIVERY = (
    "CreateLogDelivery",
    "GetLogDelivery",
    "UpdateLogDelivery",
    "DeleteLogDelivery",
    "ListLogDeliveries",
    "PutResourcePolicy",
    "DescribeResourcePolicies",
    "DescribeLogGroups",
)


def _id(name: str) -> str:
    return name.replace("-", "_").title().replace("_", "")
