"""The key under which sessions keep what the guard hid from models."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct


class Hiding(Construct):
    """`key` wraps the data keys of sealed originals; rotated every year by KMS."""

    def __init__(self, scope: Construct, id_: str, *, keep: bool) -> None:
        super().__init__(scope, id_)
        self.key = kms.Key(
            self,
            "Key",
            description="Originals of personal data that Maru's guard hid in sessions",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
        )
