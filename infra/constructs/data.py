"""The GraphQL API of structured data: AppSync with the schema of the allow-list, let in and answered by Maru's own code."""

from collections.abc import Sequence

from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from maru.structured.graphql import MOST_FIELDS, schema_text
from maru.structured.views import View

#: Levels of a document: a view, its rows, their columns.
_DEPTH = 4
#: What AppSync runs before and after it asks the function.
RESOLVER = """import { util } from "@aws-appsync/utils";

export function request(ctx) {
  const caller = ctx.identity.resolverContext.caller;
  return { operation: "Invoke", payload: { field: ctx.info.fieldName, arguments: ctx.args, caller: caller } };
}

export function response(ctx) {
  if (ctx.error) util.error("The field could not be answered.", "internal_error");
  if (ctx.result.error) util.error(ctx.result.error.message, ctx.result.error.code);
  return ctx.result.data;
}
"""


class DataApi(Construct):
    """One field for each view; nobody is told the schema, which names views of groups that a caller may not be in."""

    def __init__(self, scope: Construct, id_: str, *, name: str, views: Sequence[View], answerer: lambda_.Alias) -> None:
        super().__init__(scope, id_)
        invoker = iam.Role(self, "Invoker", assumed_by=iam.ServicePrincipal("appsync.amazonaws.com"))
        invoker.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[answerer.function_arn]))
        self.logger = iam.Role(self, "Logger", assumed_by=iam.ServicePrincipal("appsync.amazonaws.com"))
        self.api = appsync.CfnGraphQLApi(
            self,
            "Api",
            name=f"{name}-data",
            authentication_type="AWS_LAMBDA",
            lambda_authorizer_config=appsync.CfnGraphQLApi.LambdaAuthorizerConfigProperty(
                authorizer_uri=answerer.function_arn,
                authorizer_result_ttl_in_seconds=0,  # a key that is revoked opens nothing more than elsewhere
            ),
            log_config=appsync.CfnGraphQLApi.LogConfigProperty(
                cloud_watch_logs_role_arn=self.logger.role_arn,
                field_log_level="ERROR",
                exclude_verbose_content=True,  # documents and rows are nobody's log
            ),
            xray_enabled=True,
            introspection_config="DISABLED",
            query_depth_limit=_DEPTH,
            resolver_count_limit=MOST_FIELDS,
        )
        region, account = self.api.stack.region, self.api.stack.account
        log = f"arn:{self.api.stack.partition}:logs:{region}:{account}:log-group:/aws/appsync/apis/{self.api.attr_api_id}"
        actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
        writing = iam.Policy(self, "Writing", statements=[iam.PolicyStatement(actions=actions, resources=[log, f"{log}:*"])])
        writing.attach_to_role(self.logger)
        lambda_.CfnPermission(
            self,
            "Asked",
            action="lambda:InvokeFunction",
            function_name=answerer.function_arn,
            principal="appsync.amazonaws.com",
            source_arn=self.api.attr_arn,
        )
        schema = appsync.CfnGraphQLSchema(self, "Schema", api_id=self.api.attr_api_id, definition=schema_text(views))
        source = appsync.CfnDataSource(
            self,
            "Source",
            api_id=self.api.attr_api_id,
            name="maru",
            type="AWS_LAMBDA",
            service_role_arn=invoker.role_arn,
            lambda_config=appsync.CfnDataSource.LambdaConfigProperty(lambda_function_arn=answerer.function_arn),
        )
        for view in views:
            resolver = appsync.CfnResolver(
                self,
                f"Of{view.view}",
                api_id=self.api.attr_api_id,
                type_name="Query",
                field_name=view.view,
                kind="UNIT",
                data_source_name=source.attr_name,
                runtime=appsync.CfnResolver.AppSyncRuntimeProperty(name="APPSYNC_JS", runtime_version="1.0.0"),
                code=RESOLVER,
            )
            resolver.node.add_dependency(schema)
