"""What every HTTP function needs: its common settings, and the stores behind identity, audit and idempotency."""

from dataclasses import dataclass
from typing import Self

from maru import aws
from maru.dynamo import Table
from maru.http.audit import AuditStore
from maru.http.idempotency import IdempotencyStore
from maru.identity.authenticator import Authenticator
from maru.identity.directory import IdentityStore, TenantStore
from maru.identity.keys import KeyStore
from maru.identity.tokens import Issuer, TokenVerifier
from maru.settings import Settings
from maru.telemetry import Telemetry


class HttpSettings(Settings):
    """Settings common to all HTTP functions; the three ``token_*`` settings belong together, all or none."""

    function: str
    stage: str
    bucket: str
    keys_table: str
    tenants_table: str
    identities_table: str
    audit_table: str
    idempotency_table: str
    audit_retention_days: int = 400
    cors_origins: tuple[str, ...] = ()
    token_issuer: str | None = None
    token_jwks_url: str | None = None
    token_audience: str | None = None
    tenant_claim: str | None = None
    groups_claim: str | None = None


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
            authenticator=Authenticator(keys, _verifier(settings, identities, tenants)),
            audit=AuditStore(Table(dynamodb, settings.audit_table, AuditStore.SPEC), retention_days=settings.audit_retention_days),
            idempotency=IdempotencyStore(idempotency_table, s3=aws.client("s3"), bucket=settings.bucket),
            keys=keys,
            tenants=tenants,
            identities=identities,
        )


def _verifier(settings: HttpSettings, identities: IdentityStore, tenants: TenantStore) -> TokenVerifier | None:
    if not (settings.token_issuer and settings.token_jwks_url and settings.token_audience):
        return None
    issuer = Issuer(settings.token_issuer, settings.token_jwks_url, settings.token_audience, settings.tenant_claim, settings.groups_claim)
    return TokenVerifier(issuer, identities=identities, tenants=tenants)
