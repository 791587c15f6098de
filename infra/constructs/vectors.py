"""The vector bucket of a stage that searches with Amazon S3 Vectors: it costs what it holds and is asked, and nothing while it waits."""

import aws_cdk as cdk
from aws_cdk import aws_s3vectors as s3vectors
from constructs import Construct

#: What the adapter asks of the service; it makes indexes itself, one a tenant and length of vectors.
ACTIONS = (
    "s3vectors:GetVectorBucket",
    "s3vectors:ListIndexes",
    "s3vectors:CreateIndex",
    "s3vectors:PutVectors",
    "s3vectors:GetVectors",
    "s3vectors:ListVectors",
    "s3vectors:DeleteVectors",
    "s3vectors:QueryVectors",
)


class Vectors(Construct):
    """One vector bucket, encrypted with S3's own keys."""

    def __init__(self, scope: Construct, id_: str, *, name: str, keep: bool) -> None:
        super().__init__(scope, id_)
        #: Names of vector buckets need be unique in an account's region alone.
        self.name = name
        encryption = s3vectors.CfnVectorBucket.EncryptionConfigurationProperty(sse_type="AES256")
        self.bucket = s3vectors.CfnVectorBucket(self, "Bucket", vector_bucket_name=name, encryption_configuration=encryption)
        self.bucket.apply_removal_policy(cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY)
