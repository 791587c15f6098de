"""Buckets: what Maru keeps for itself, and the door through which documents come in."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.native import native
from infra.constructs.private_bucket import PrivateBucket


class Storage(Construct):
    """`own` holds bodies, renderings and large answers; `door` is where data owners drop files; `logs` has both's accesses."""

    def __init__(self, scope: Construct, id_: str, *, keep: bool, log_days: int, cors_origins: Sequence[str], emptied: bool) -> None:
        super().__init__(scope, id_)
        aged = [s3.LifecycleRule(expiration=cdk.Duration.days(log_days))]
        self.logs = PrivateBucket(self, "Logs", keep=keep, emptied=emptied, lifecycle_rules=aged, logs=None, log_folder="")
        kept = _lifecycle(("idempotency/", 2), ("uploads/", 7), ("completions/", 31), ("runs/", 460))
        put = _browser_put(cors_origins)

        def bucket(name: str, rules: list[s3.LifecycleRule]) -> s3.Bucket:
            folder = name.lower()
            return PrivateBucket(
                self, name, keep=keep, emptied=emptied, versioned=True, cors=put, lifecycle_rules=rules, logs=self.logs, log_folder=folder
            )

        self.own, self.door = bucket("Own", kept), bucket("Door", _lifecycle())
        # The bucket's own property: CDK's switch for it deploys a function with rights on every bucket.
        cfn = native(self.door, s3.CfnBucket)
        events = s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        cfn.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(event_bridge_configuration=events)


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
