"""What every HTTP function needs: its common settings, and the stores behind identity, audit and idempotency."""

from dataclasses import dataclass
from typing import Self

from maru import aws
from maru.cache.idempotent import IdempotencyStore
from maru.dynamo import Table
from maru.http.audit import AuditSettings, AuditStore
from maru.identity.authenticator import Authenticator
from maru.identity.connecting import CallerSettings, authenticator
from maru.identity.directory import IdentityStore, TenantStore
from maru.identity.keys import KeyStore
from maru.knowledge.blobs import Blobs
from maru.telemetry import Telemetry


class HttpSettings(CallerSettings, AuditSettings):
    """Settings common to all HTTP functions."""

    function: str
    stage: str
    bucket: str
    idempotency_table: str
    cors_origins: tuple[str, ...] = ()


@dataclass(frozen=True)
class HttpServices:
    """The collaborators of the HTTP layers, and the identity stores that the admin function shares."""

    log: Telemetry
    authenticator: Authenticator
    audit: AuditStore
    idempotency: IdempotencyStore
    keys: KeyStore
    tenants: TenantStore
    identities: IdentityStore

    @classmethod
    def connect(cls, settings: HttpSettings) -> Self:
        """Connect to the tables that the settings name; makes no call."""
        dynamodb = aws.client("dynamodb")
        keys = KeyStore(Table(dynamodb, settings.keys_table, KeyStore.SPEC))
        tenants = TenantStore(Table(dynamodb, settings.tenants_table, TenantStore.SPEC))
        identities = IdentityStore(Table(dynamodb, settings.identities_table, IdentityStore.SPEC))
        idempotency_table = Table(dynamodb, settings.idempotency_table, IdempotencyStore.SPEC)
        return cls(
            log=Telemetry(settings.function),
            authenticator=authenticator(settings),
            audit=AuditStore.connect(settings),
            idempotency=IdempotencyStore(idempotency_table, Blobs(aws.client("s3"), settings.bucket)),
            keys=keys,
            tenants=tenants,
            identities=identities,
        )
