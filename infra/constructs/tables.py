"""DynamoDB tables from the specifications that the stores own."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from maru.dynamo import TableSpec

_KINDS = {"S": dynamodb.AttributeType.STRING, "N": dynamodb.AttributeType.NUMBER}


class Tables(Construct):
    """One table a store: on demand, encrypted, with point-in-time recovery, and TTL where rows expire."""

    def __init__(self, scope: Construct, id_: str, *, prefix: str, specs: Mapping[str, TableSpec], keep: bool) -> None:
        super().__init__(scope, id_)
        # Called by their stores: functions are told the one prefix where each generated name would be a variable of its own.
        self.names = {name: prefix + name for name in specs}
        self.by_name = {name: self._table(spec, keep=keep) for name, spec in specs.items()}

    def _table(self, spec: TableSpec, *, keep: bool) -> dynamodb.Table:
        kinds = spec.key_attributes()

        def attribute(name: str | None) -> dynamodb.Attribute | None:
            return dynamodb.Attribute(name=name, type=_KINDS[kinds[name]]) if name else None

        table = dynamodb.Table(
            self,
            spec.name.title().replace("_", ""),
            table_name=self.names[spec.name],
            partition_key=attribute(spec.key),
            sort_key=attribute(spec.sort),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True),
            time_to_live_attribute=spec.ttl,
            deletion_protection=keep,
            removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
        )
        for index in spec.indexes:
            table.add_global_secondary_index(
                index_name=index.name, partition_key=attribute(index.key), sort_key=attribute(index.sort)
            )  # fmt: skip
        return table
