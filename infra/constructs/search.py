"""The OpenSearch domain: a public endpoint that answers signed requests of the roles it is told about, and nobody else."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.constructs.native import native

#: What the adapter asks of the engine.
ACTIONS = ("es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut", "es:ESHttpDelete", "es:ESHttpHead")


class Search(Construct):
    """One domain, encrypted everywhere; two nodes or more span two zones."""

    def __init__(self, scope: Construct, id_: str, *, name: str, nodes: int, instance: str, volume_gib: int, keep: bool) -> None:
        super().__init__(scope, id_)
        spread = nodes > 1
        self.domain = opensearch.Domain(
            self,
            "Domain",
            domain_name=name,
            version=opensearch.EngineVersion.OPENSEARCH_2_19,
            capacity=opensearch.CapacityConfig(data_nodes=nodes, data_node_instance_type=instance, multi_az_with_standby_enabled=False),
            zone_awareness=opensearch.ZoneAwarenessConfig(enabled=spread, availability_zone_count=2 if spread else None),
            ebs=opensearch.EbsOptions(volume_size=volume_gib, volume_type=ec2.EbsDeviceVolumeType.GP3),
            encryption_at_rest=opensearch.EncryptionAtRestOptions(enabled=True),
            node_to_node_encryption=True,
            enforce_https=True,
            tls_security_policy=opensearch.TLSSecurityPolicy.TLS_1_2,
            removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
        )
        # Signed requests of this account's roles, and of those only the ones whose own policy names the domain. The
        # property itself: CDK's way to set it deploys a function with rights of its own.
        arn = cdk.Stack.of(self).format_arn(service="es", resource="domain", resource_name=f"{name}/*")
        signed = iam.PolicyStatement(principals=[iam.AccountRootPrincipal()], actions=list(ACTIONS), resources=[arn])
        domain = native(self.domain, opensearch.CfnDomain)
        domain.access_policies = iam.PolicyDocument(statements=[signed])
