"""A bucket as all of Maru's are: encrypted, closed to the public, without ACLs, over TLS only."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct


class PrivateBucket(s3.Bucket):
    """`keep` keeps it when its stack goes; `emptied` lets a stack that does not keep it take the objects along.

    Accesses are written to ``logs`` under ``{log_folder}/``, where there is such a bucket.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        keep: bool,
        lifecycle_rules: list[s3.LifecycleRule],
        logs: s3.IBucket | None,
        log_folder: str,
        versioned: bool = False,
        emptied: bool = False,
        cors: list[s3.CorsRule] | None = None,
    ) -> None:
        super().__init__(
            scope,
            id_,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=versioned or None,
            cors=cors,
            lifecycle_rules=lifecycle_rules,
            server_access_logs_bucket=logs,
            server_access_logs_prefix=f"{log_folder}/" if logs else None,
            removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=(emptied and not keep) or None,
        )
