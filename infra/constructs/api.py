"""The public API: a regional REST API whose every integration streams."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from maru.errors import BadRequest, MaruError, NotFound, RateLimited, Unavailable

#: A regional API lets a streamed answer take so long; an idle one is cut after five minutes.
_LONGEST = cdk.Duration.minutes(15)

#: The one stage of the API, which its own addresses begin with.
STAGE_NAME = "api"

_ACCESS_LOG = {
    "request_id": "$context.requestId",
    "route": "$context.resourcePath",
    "method": "$context.httpMethod",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_ms": "$context.integration.latency",
    "error": "$context.error.responseType",
}


#: What the gateway refuses by itself, the status where it is one alone, and whose error it is among ours.
_REFUSALS: tuple[tuple[apigateway.ResponseType, str | None, type[MaruError]], ...] = (
    (apigateway.ResponseType.DEFAULT_4_XX, None, BadRequest),
    (apigateway.ResponseType.DEFAULT_5_XX, None, Unavailable),
    # So it calls a path that it does not know.
    (apigateway.ResponseType.MISSING_AUTHENTICATION_TOKEN, "404", NotFound),
    (apigateway.ResponseType.THROTTLED, "429", RateLimited),
)


class Api(Construct):
    """Routes map a prefix of the path (`/v1/files`) to the function that answers everything below it."""

    def __init__(
        self, scope: Construct, id_: str, *, name: str, requests_per_second: int, burst: int, logs_kept: logs.RetentionDays
    ) -> None:
        super().__init__(scope, id_)
        access = logs.LogGroup(self, "Access", retention=logs_kept, removal_policy=cdk.RemovalPolicy.DESTROY)
        self.rest = apigateway.RestApi(
            self,
            "Rest",
            rest_api_name=name,
            endpoint_types=[apigateway.EndpointType.REGIONAL],  # edge-optimised ones cut an idle stream after 30 s
            binary_media_types=["multipart/form-data", "application/octet-stream"],
            cloud_watch_role=True,
            cloud_watch_role_removal_policy=cdk.RemovalPolicy.DESTROY,
            deploy_options=apigateway.StageOptions(
                stage_name=STAGE_NAME,
                tracing_enabled=True,
                metrics_enabled=True,
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,  # it would write prompts and answers into the log
                throttling_rate_limit=requests_per_second,
                throttling_burst_limit=burst,
                access_log_destination=apigateway.LogGroupLogDestination(access),
                access_log_format=apigateway.AccessLogFormat.custom(_json(_ACCESS_LOG)),
            ),
        )

    def refuse_as_functions_do(self) -> None:
        """Errors of the gateway's own in the shape of the functions' errors, and readable for pages of every origin: they tell nothing.

        The embedded AWS has no such resources.
        """
        for kind, status, error in _REFUSALS:
            headers = {"Access-Control-Allow-Origin": "'*'"} | ({"Retry-After": "'1'"} if status == "429" else {})
            # A message of the context comes with its quotes.
            message = '"Unknown request URL."' if status == "404" else "$context.error.messageString"
            body = f'{{"error": {{"message": {message}, "type": "{error.type}", "param": null, "code": "{error.default_code}"}}}}'
            self.rest.add_gateway_response(
                kind.response_type, type=kind, status_code=status, response_headers=headers, templates={"application/json": body}
            )

    def route(self, prefix: str, alias: lambda_.Alias) -> None:
        """Send every method of this prefix, and of all below it, to the function."""
        integration = apigateway.LambdaIntegration(
            alias,
            proxy=True,
            response_transfer_mode=apigateway.ResponseTransferMode.STREAM,
            timeout=_LONGEST,
            scope_permission_to_method=False,
        )
        resource = self.rest.root.resource_for_path(prefix)
        resource.add_method("ANY", integration)
        if prefix.startswith("/v1/"):
            resource.add_resource("{proxy+}").add_method("ANY", integration)


def _json(fields: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": "{value}"' for name, value in fields.items()) + "}"
