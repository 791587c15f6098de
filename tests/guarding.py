"""The guard around agents, on the in-memory KMS."""

from typing import Any

import boto3

from maru.agents.guarding import Guards
from maru.dynamo import Table
from maru.guard.engine import Guard
from maru.guard.policies import PolicyStore
from maru.guard.policy import load
from maru.guard.sealing import Sealer


def guards_on(policies: PolicyStore, guard: Guard | None = None) -> Guards:
    """Guards with a key of their own."""
    kms = boto3.client("kms")
    return Guards(guard or Guard(), policies, Sealer(kms, kms.create_key()["KeyMetadata"]["Arn"]))


def policies_on(client: Any) -> PolicyStore:
    """The catalogue's policies, over a table that is made where it is missing."""
    name = PolicyStore.SPEC.name
    if name not in client.list_tables()["TableNames"]:
        PolicyStore.SPEC.create(client, name)
    return PolicyStore(Table(client, name, PolicyStore.SPEC), load("catalogue"))
