"""The OpenSearch domain: an endpoint, public or in a network, that answers signed requests of the roles it is told about alone."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_opensearchservice as opensearch
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.native import native
from infra.constructs.network import Private
from infra.constructs.private_bucket import PrivateBucket

#: What the adapter asks of the engine.
ACTIONS = ("es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut", "es:ESHttpDelete", "es:ESHttpHead")
#: Snapshots that the service itself takes every hour are kept two weeks and cannot be moved; those in the bucket are the stage's own.
_SNAPSHOT_DAYS = 35

#: Of the alarms that AWS recommends for a domain, those that somebody must act on: name, metric, statistic, threshold, over or under,
#: minutes, what to do. Source: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cloudwatch-alarms.html
_ALARMS: tuple[tuple[str, str, str, float, str, int, str], ...] = (
    (
        "Red",
        "ClusterStatus.red",
        "Maximum",
        1,
        "over",
        1,
        "an index lacks a primary shard: restore a snapshot, or rebuild its stores.",
    ),
    (
        "Blocked",
        "ClusterIndexWritesBlocked",
        "Maximum",
        1,
        "over",
        5,
        "nothing can be indexed: free space or memory.",
    ),
    (
        "Space",
        "FreeStorageSpace",
        "Minimum",
        4096,
        "under",
        1,
        "less than 4 GiB are free on a node: enlarge search_volume_gib.",
    ),
    ("Memory", "JVMMemoryPressure", "Maximum", 85, "over", 15, "the nodes' heap is full: take a larger instance, or quantise the vectors."),
    ("Processor", "CPUUtilization", "Average", 80, "over", 45, "the nodes are busy all the time: take larger ones, or lower ingestion."),
    ("Snapshot", "AutomatedSnapshotFailure", "Maximum", 1, "over", 1, "a snapshot failed: see the domain's health and the day before's."),
    ("Refused", "ThreadpoolWriteRejected", "Sum", 1, "over", 5, "writes are put off: the worker tries again; lower ingest_concurrency."),
)


class Search(Construct):
    """One domain, encrypted everywhere; two nodes or more span two zones."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        nodes: int,
        instance: str,
        volume_gib: int,
        keep: bool,
        access_logs: s3.Bucket,
        alarm_topic_arn: str | None,
        network: Private | None = None,
    ) -> None:
        super().__init__(scope, id_)
        spread = nodes > 1
        removal = cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY
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
            removal_policy=removal,
        )
        # Signed requests of this account's roles, and of those only the ones whose own policy names the domain. The
        # property itself: CDK's way to set it deploys a function with rights of its own.
        arn = cdk.Stack.of(self).format_arn(service="es", resource="domain", resource_name=f"{name}/*")
        signed = iam.PolicyStatement(principals=[iam.AccountRootPrincipal()], actions=list(ACTIONS), resources=[arn])
        domain = native(self.domain, opensearch.CfnDomain)
        domain.access_policies = iam.PolicyDocument(statements=[signed])
        if network:
            domain.vpc_options = network.options(zones=2 if spread else 1)
        # Snapshots share files with each other: only the engine may say which are old.
        unfinished = [s3.LifecycleRule(abort_incomplete_multipart_upload_after=cdk.Duration.days(7))]
        self.snapshots = PrivateBucket(self, "Snapshots", keep=True, lifecycle_rules=unfinished, logs=access_logs, log_folder="snapshots")
        self.snapshot_role = self._role()
        self._alarms(name, alarm_topic_arn)

    def care(self) -> dict[str, Any]:
        """The settings with which the worker puts the domain's own policies in force."""
        return {
            "snapshot_bucket": self.snapshots.bucket_name,
            "snapshot_role": self.snapshot_role.role_arn,
            "snapshot_days": _SNAPSHOT_DAYS,
        }

    def _role(self) -> iam.Role:
        """The role with which the domain reads and writes its snapshots; only this account's domains may take it."""
        account = {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
        role = iam.Role(self, "SnapshotRole", assumed_by=iam.ServicePrincipal("es.amazonaws.com", conditions=account))
        role.add_to_policy(iam.PolicyStatement(actions=["s3:ListBucket"], resources=[self.snapshots.bucket_arn]))
        objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
        role.add_to_policy(iam.PolicyStatement(actions=objects, resources=[f"{self.snapshots.bucket_arn}/*"]))
        return role

    def _alarms(self, name: str, topic_arn: str | None) -> None:
        alarms = Alarms(self, topic_arn)
        over = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        under = cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
        for id_, metric, statistic, threshold, side, minutes, runbook in _ALARMS:
            measured = cloudwatch.Metric(
                namespace="AWS/ES",
                metric_name=metric,
                dimensions_map={"DomainName": name, "ClientId": cdk.Aws.ACCOUNT_ID},
                statistic=statistic,
                period=cdk.Duration.minutes(min(minutes, 5)),
            )
            told, periods = f"The search domain: {metric}. Runbook: {runbook}", max(1, minutes // 5)
            alarms.past(id_, measured, threshold, told, comparison=over if side == "over" else under, periods=periods)
