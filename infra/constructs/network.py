"""The organisation's own network: the functions that search or read databases stand in it, and so does the search domain.

AWS's services are reached by endpoints in the same network, what they are for being told by the stage. Whatever else functions ask (a
model server, a wiki, the keys of an identity provider) needs the network's own way there: Lambda gives them no public address.
"""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.constructs.function import MaruFunction
from infra.constructs.native import native
from infra.networks import Network

#: What Lambda does with a function's role to bring the function into a network; these actions know no resources.
#: Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
_ATTACH = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
#: Services with endpoints in the routes of subnets, which cost nothing.
_GATEWAYS = ("s3", "dynamodb")
_HTTPS = 443


class Private(Construct):
    """Security groups in a network that is there already, and endpoints of services where the network has none."""

    def __init__(self, scope: Construct, id_: str, *, network: Network, region: str, services: Sequence[str]) -> None:
        super().__init__(scope, id_)
        self._network, self._region = network, region
        self.functions = self._group("Functions", "Functions of Maru: whoever they are to reach lets this group in")
        self.search = self._group("Search", "Search domain of Maru", self.functions)
        if network.endpoints:
            self._endpoints(services)

    def admit(self, function: MaruFunction) -> None:
        """Let a function stand in the network."""
        function.role.add_to_policy(iam.PolicyStatement(actions=list(_ATTACH), resources=["*"]))
        native(function.function, lambda_.CfnFunction).vpc_config = lambda_.CfnFunction.VpcConfigProperty(
            subnet_ids=list(self._network.subnets), security_group_ids=[self.functions.attr_group_id]
        )

    def options(self, *, zones: int) -> opensearch.CfnDomain.VPCOptionsProperty:
        """Where a search domain in so many zones stands."""
        return opensearch.CfnDomain.VPCOptionsProperty(
            subnet_ids=list(self._network.subnets[:zones]), security_group_ids=[self.search.attr_group_id]
        )

    def _endpoints(self, services: Sequence[str]) -> None:
        group = self._group("Endpoints", "Endpoints of AWS services for the functions of Maru", self.functions)
        for service in _GATEWAYS:
            ec2.CfnVPCEndpoint(
                self,
                service.title(),
                vpc_id=self._network.vpc,
                service_name=f"com.amazonaws.{self._region}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=list(self._network.route_tables),
            )
        for service in services:
            ec2.CfnVPCEndpoint(
                self,
                "".join(part.title() for part in service.replace(".", "-").split("-")),
                vpc_id=self._network.vpc,
                service_name=f"com.amazonaws.{self._region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=list(self._network.subnets),
                security_group_ids=[group.attr_group_id],
                private_dns_enabled=True,
            )

    def _group(self, name: str, what: str, let_in: ec2.CfnSecurityGroup | None = None) -> ec2.CfnSecurityGroup:
        """A group that lets in another one's HTTPS, or nobody; EC2 takes no apostrophe in what describes it."""
        rule = let_in and ec2.CfnSecurityGroup.IngressProperty(
            ip_protocol="tcp",
            from_port=_HTTPS,
            to_port=_HTTPS,
            source_security_group_id=let_in.attr_group_id,
            description="HTTPS of the functions of Maru",
        )
        return ec2.CfnSecurityGroup(
            self, name, group_description=what, vpc_id=self._network.vpc, security_group_ingress=[rule] if rule else None
        )
