"""What a deployment prints, for commands and people."""

from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from infra.stack import MaruStack


def write(stack: "MaruStack") -> None:
    """Give the stack its outputs."""
    token_host = stack.parameters["AwsEndpoint"].value_as_string if stack.parameters else stack.identity.domain.base_url()
    outputs = {
        "ApiUrl": stack.api.rest.url,
        "TokenUrl": f"{token_host}/oauth2/token",
        "UserPoolId": stack.identity.pool.user_pool_id,
        "ClientId": stack.identity.client.user_pool_client_id,
        "DoorBucket": stack.storage.door.bucket_name,
        "OperatorKeySecret": stack.operator_key.secret_arn,
        "KeysTable": stack.tables["keys"].table_name,
        "TenantsTable": stack.tables["tenants"].table_name,
        **{f"{name.title()}Function": one.function.function_name for name, one in stack.functions.items()},
    }
    if stack.data:
        outputs["DataGraphqlUrl"] = stack.data.api.attr_graph_ql_url
    if stack.network:
        outputs["FunctionsSecurityGroup"] = stack.network.functions.attr_group_id
    if stack.console:
        outputs |= {
            "ConsoleUrl": stack.console.url,
            "ConsoleBucket": stack.console.bucket.bucket_name,
            "ConsoleDistribution": stack.console.distribution.distribution_id,
            "ConsoleClientId": stack.console_client.user_pool_client_id,
            "ConsoleScopes": " ".join(scope.scope_name for scope in stack.identity.scopes),
        }
    for name, value in outputs.items():
        cdk.CfnOutput(stack, name, value=value)
