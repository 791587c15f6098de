"""The guard around agents, on the in-memory KMS."""

import io
from typing import Any

import boto3

from maru.agents.guarding import Guards
from maru.agents.tools.approvals import ToolApprovals
from maru.agents.tools.carrying_out import CarryingOut
from maru.agents.tools.store import ToolStore
from maru.agents.tools.tool import Offering
from maru.agents.tools.toolbox import Tools
from maru.dynamo import Table
from maru.guard.engine import Guard
from maru.guard.incidents import IncidentStore
from maru.guard.journal import Journal
from maru.guard.moderation.images import ImageModeration
from maru.guard.policies import PolicyStore
from maru.guard.policy import load
from maru.guard.providers.paid import PaidModels
from maru.guard.sealing import Sealer
from maru.http import HttpServices
from maru.ledger.meter import Meter
from maru.models import Catalogue, KeyRing, ModelClient
from maru.structured.reader import DataReader
from maru.structured.views import Views
from maru.telemetry import Telemetry
from maru.topic import Topic
from tests.conftest import MakeTable
from tests.ledger import meter_on
from tests.patience import PATIENT


def guards_on(policies: PolicyStore, guard: Guard | None = None) -> Guards:
    """Guards with a key of their own."""
    kms = boto3.client("kms")
    return Guards(guard or Guard(), policies, Sealer(kms, kms.create_key()["KeyMetadata"]["Arn"]))


def tools_on(make_table: MakeTable, log: Telemetry, carrying_out: CarryingOut | None = None) -> Tools:
    """The catalogue's tools over fresh tables; a tool that nobody carries out fails."""
    offering = carrying_out.offering if carrying_out else Offering.load("catalogue")
    functions = carrying_out.functions if carrying_out else {"weather": "weather"}
    data = carrying_out.data if carrying_out else NO_DATA
    store = ToolStore(make_table(ToolStore.SPEC), offering, frozenset(functions), data.views)
    kms = boto3.client("kms")
    approvals = ToolApprovals(make_table(ToolApprovals.SPEC), Sealer(kms, kms.create_key()["KeyMetadata"]["Arn"]))
    return Tools(store, carrying_out or CarryingOut(offering, {}, data=data, key=_no_key), approvals, log)


class Untold:
    """An audit that keeps nothing."""

    def write(self, row: dict[str, Any]) -> None:
        """Keep nothing."""


#: Structured data of a deployment that has none.
NO_DATA = DataReader(Views(), None, trail=Untold(), log=Telemetry("test"))


async def _no_key(_: str) -> str | None:
    return None


def seeing(services: HttpServices, base_url: str = "", meter: Meter | None = None) -> ImageModeration:
    """Moderation of images by a model at ``base_url``; without one nobody sees."""
    alias = {"alias": "image-moderation", "kind": "chat", "abilities": ["vision"], "targets": [{"model": "up", "base_url": base_url}]}
    catalogue = Catalogue({"models": [alias] if base_url else []}, {})
    models = ModelClient(catalogue, KeyRing({}), PATIENT)
    return ImageModeration(PaidModels(models, meter or meter_on(boto3.client("dynamodb"), tenants=services.tenants), services.log))


def incidents_on(client: Any, log: Telemetry, sealer: Sealer | None = None) -> IncidentStore:
    """Incidents, over a table that is made where it is missing."""
    name = IncidentStore.SPEC.name
    if name not in client.list_tables()["TableNames"]:
        IncidentStore.SPEC.create(client, name)
    kms = boto3.client("kms")
    sealer = sealer or Sealer(kms, kms.create_key()["KeyMetadata"]["Arn"])
    return IncidentStore(Table(client, name, IncidentStore.SPEC), sealer, log)


def untold() -> Journal:
    """A journal over incidents and an audit that keeps nothing."""
    log = Telemetry("test", stream=io.StringIO())
    return Journal(incidents_on(boto3.client("dynamodb"), log), Untold(), None, log)


def journal_on(services: HttpServices, topic: Topic | None = None, incidents: IncidentStore | None = None) -> Journal:
    """A journal over incidents and the audit of the services."""
    return Journal(incidents or incidents_on(boto3.client("dynamodb"), services.log), services.audit, topic, services.log)


def policies_on(client: Any) -> PolicyStore:
    """The catalogue's policies, over a table that is made where it is missing."""
    name = PolicyStore.SPEC.name
    if name not in client.list_tables()["TableNames"]:
        PolicyStore.SPEC.create(client, name)
    return PolicyStore(Table(client, name, PolicyStore.SPEC), load("catalogue"))
