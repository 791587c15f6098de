"""Buckets: what Maru keeps for itself, and the door through which documents come in."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.native import native


class Storage(Construct):
    """`own` holds bodies, renderings and large answers; `door` is where data owners drop files; `logs` has both's accesses."""

    def __init__(self, scope: Construct, id_: str, *, keep: bool, log_days: int, cors_origins: Sequence[str], emptied: bool) -> None:
        super().__init__(scope, id_)
        self._keep, self._empty = keep, emptied and not keep
        self.logs = self._bucket(
            "Logs", versioned=False, lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(log_days))]
        )  # fmt: skip
        kept = _lifecycle(("idempotency/", 2), ("uploads/", 7), ("completions/", 31), ("runs/", 460))
        self.own = self._bucket("Own", lifecycle_rules=kept, cors=_browser_put(cors_origins))
        self.door = self._bucket("Door", lifecycle_rules=_lifecycle(), cors=_browser_put(cors_origins))
        # The bucket's own property: CDK's switch for it deploys a function with rights on every bucket.
        cfn = native(self.door, s3.CfnBucket)
        events = s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        cfn.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(event_bridge_configuration=events)

    def _bucket(
        self, name: str, *, lifecycle_rules: list[s3.LifecycleRule], versioned: bool = True, cors: list[s3.CorsRule] | None = None
    ) -> s3.Bucket:
        return s3.Bucket(
            self,
            name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=versioned,
            cors=cors,
            lifecycle_rules=lifecycle_rules,
            server_access_logs_bucket=getattr(self, "logs", None),
            server_access_logs_prefix=f"{name.lower()}/" if hasattr(self, "logs") else None,
            removal_policy=cdk.RemovalPolicy.RETAIN if self._keep else cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=self._empty or None,
        )


def _lifecycle(*expiring: tuple[str, int]) -> list[s3.LifecycleRule]:
    old = s3.LifecycleRule(
        noncurrent_version_expiration=cdk.Duration.days(30),
        abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
        expired_object_delete_marker=True,
    )
    return [old, *(s3.LifecycleRule(prefix=prefix, expiration=cdk.Duration.days(days)) for prefix, days in expiring)]


def _browser_put(origins: Sequence[str]) -> list[s3.CorsRule] | None:
    """Browsers may send files to presigned addresses from the same origins that may call the API."""
    if not origins:
        return None
    return [
        s3.CorsRule(allowed_methods=[s3.HttpMethods.PUT], allowed_origins=list(origins), allowed_headers=["*"], exposed_headers=["ETag"])
    ]
