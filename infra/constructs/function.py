"""One Lambda function: its code, its settings as environment, its log group and the alias that everything calls."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

#: The Lambda Web Adapter 1.0; AWS publishes it in every region under this account.
_ADAPTER = {"arm64": "LambdaAdapterLayerArm64:27", "x86_64": "LambdaAdapterLayerX86:27"}
_ADAPTER_ACCOUNT = "753240598075"

#: How the web adapter runs an HTTP function. The underscore in `response_stream` matters: misspelt, answers are buffered silently.
ADAPTER_ENVIRONMENT = {
    "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
    "AWS_LWA_INVOKE_MODE": "response_stream",
    "AWS_LWA_PORT": "8080",
    "AWS_LWA_READINESS_CHECK_PATH": "/healthz",
    "AWS_LWA_READINESS_CHECK_HEALTHY_STATUS": "200-399",
    "PYTHONPATH": "/var/task:/opt/python",
}


class MaruFunction(Construct):
    """A function with a log group of its own and the alias `live`; it may do nothing until the stack grants it something."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        code: lambda_.Code,
        handler: str,
        environment: Mapping[str, str],
        layers: Sequence[lambda_.ILayerVersion],
        architecture: str,
        memory_mib: int,
        timeout_s: int,
        log_days: int,
    ) -> None:
        super().__init__(scope, id_)
        log_group = logs.LogGroup(self, "Logs", retention=retention(log_days), removal_policy=cdk.RemovalPolicy.DESTROY)
        # CDK's default role may write every log group of the account; this one is given its own and nothing else.
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64 if architecture == "arm64" else lambda_.Architecture.X86_64,
            code=code,
            handler=handler,
            environment=dict(environment),
            layers=list(layers),
            role=self.role,
            memory_size=memory_mib,
            timeout=cdk.Duration.seconds(timeout_s),
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group,
        )
        self.live = lambda_.Alias(self, "Live", alias_name="live", version=self.function.current_version)


def adapter_layer(scope: Construct, region: str, architecture: str) -> lambda_.ILayerVersion:
    """AWS's own build of the web adapter, at a pinned version."""
    arn = f"arn:{cdk.Aws.PARTITION}:lambda:{region}:{_ADAPTER_ACCOUNT}:layer:{_ADAPTER[architecture]}"
    return lambda_.LayerVersion.from_layer_version_arn(scope, "WebAdapter", arn)


def retention(days: int) -> logs.RetentionDays:
    """CloudWatch's retention of exactly so many days; raises :class:`KeyError` for a number it does not offer."""
    offered = {
        7: logs.RetentionDays.ONE_WEEK,
        14: logs.RetentionDays.TWO_WEEKS,
        30: logs.RetentionDays.ONE_MONTH,
        90: logs.RetentionDays.THREE_MONTHS,
        365: logs.RetentionDays.ONE_YEAR,
    }
    return offered[days]
