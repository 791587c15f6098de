"""The first operator key of a stage: kept in its secret, made once."""

import boto3
import pytest

from maru.identity.directory import TenantStore
from maru.identity.keys import KeyStore
from scripts import cdk, operator_key
from tests.conftest import MakeTable


def test_the_key_opens_everything_and_is_made_once(make_table: MakeTable) -> None:
    keys, tenants = make_table(KeyStore.SPEC), make_table(TenantStore.SPEC)
    session = boto3.Session()
    secret = session.client("secretsmanager").create_secret(Name="operator", SecretString="random")["ARN"]
    outputs = {"OperatorKeySecret": secret, "KeysTable": keys.name, "TenantsTable": tenants.name}
    key = operator_key.create(session, outputs, tenant="platform", user="operator")
    verified = KeyStore(keys).verify(key)
    assert verified is not None
    assert "operator" in verified[0].scopes
    assert session.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"] == key
    with pytest.raises(operator_key.Exists):
        operator_key.create(session, outputs, tenant="platform", user="operator")


def test_what_a_destroyed_stack_keeps_is_named() -> None:
    template = {"Resources": {"Keys": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain"}, "Queue": {"Type": "AWS::SQS::Queue"}}}
    assert cdk.kept(template) == ["AWS::DynamoDB::Table Keys"]
