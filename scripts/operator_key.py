"""Makes the first operator key of a stage: kept in Secrets Manager, shown once. `make operator-key STAGE=dev` runs it."""

import argparse
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from maru.dynamo import Table
from maru.errors import Conflict
from maru.identity import ROLES
from maru.identity.directory import TenantStore
from maru.identity.keys import KeyStore


class Exists(Exception):
    """The stage has an operator key already."""


def create(session: Any, outputs: Mapping[str, str], *, tenant: str, user: str) -> str:
    """Make the key with the stack's own tables and put it into the stack's secret; returns it.

    Raises :class:`Exists` where the secret holds one: further keys come from `POST /v1/keys`.
    """
    secrets = session.client("secretsmanager")
    if _kept(secrets, outputs["OperatorKeySecret"]):
        raise Exists("This stage has its operator key: read it from Secrets Manager, or make further ones with POST /v1/keys.")
    key = mint(session, outputs, tenant=tenant, user=user)
    secrets.put_secret_value(SecretId=outputs["OperatorKeySecret"], SecretString=key)
    return key


def mint(session: Any, outputs: Mapping[str, str], *, tenant: str, user: str) -> str:
    """An operator key straight into the table, with its tenant; keeps it nowhere else."""
    dynamodb = session.client("dynamodb")
    with suppress(Conflict):
        TenantStore(Table(dynamodb, outputs["TenantsTable"], TenantStore.SPEC)).create(tenant)
    keys = KeyStore(Table(dynamodb, outputs["KeysTable"], KeyStore.SPEC))
    return keys.create(tenant=tenant, user=user, groups=(), scopes=ROLES["operator"], created_by="deployment").key


def _kept(secrets: Any, secret: str) -> bool:
    # CDK fills a new secret with a random value; a key of ours is told by its prefix.
    return str(secrets.get_secret_value(SecretId=secret)["SecretString"]).startswith("mk_")


def main() -> None:
    """Find the stage's stack, make the key, print it."""
    import boto3

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--region")
    parser.add_argument("--tenant", default="platform", help="the operator's own tenant")
    parser.add_argument("--user", default="operator")
    arguments = parser.parse_args()
    session = boto3.Session(region_name=arguments.region)
    stack = session.client("cloudformation").describe_stacks(StackName=f"maru-{arguments.stage}")["Stacks"][0]
    outputs = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}
    try:
        key = create(session, outputs, tenant=arguments.tenant, user=arguments.user)
    except Exists as known:
        raise SystemExit(str(known)) from None
    print(f"Operator key of '{arguments.stage}', shown once and kept in the secret {outputs['OperatorKeySecret']}:\n{key}")


if __name__ == "__main__":
    main()
