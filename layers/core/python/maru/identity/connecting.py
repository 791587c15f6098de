"""Who calls, wired from settings."""

from maru import aws
from maru.dynamo import Table
from maru.identity.authenticator import Authenticator
from maru.identity.directory import IdentityStore, TenantStore
from maru.identity.keys import KeyStore
from maru.identity.tokens import Issuer, TokenVerifier
from maru.settings import Settings


class CallerSettings(Settings):
    """What a function must be told that authenticates callers; the three ``token_*`` settings belong together, all or none."""

    keys_table: str
    tenants_table: str
    identities_table: str
    token_issuer: str | None = None
    token_jwks_url: str | None = None
    token_audience: str | None = None
    tenant_claim: str | None = None
    groups_claim: str | None = None


def authenticator(settings: CallerSettings) -> Authenticator:
    """On the tables and the issuer that the settings name; makes no call."""
    dynamodb = aws.client("dynamodb")
    keys = KeyStore(Table(dynamodb, settings.keys_table, KeyStore.SPEC))
    if not (settings.token_issuer and settings.token_jwks_url and settings.token_audience):
        return Authenticator(keys)
    tenants = TenantStore(Table(dynamodb, settings.tenants_table, TenantStore.SPEC))
    identities = IdentityStore(Table(dynamodb, settings.identities_table, IdentityStore.SPEC))
    issuer = Issuer(settings.token_issuer, settings.token_jwks_url, settings.token_audience, settings.tenant_claim, settings.groups_claim)
    return Authenticator(keys, TokenVerifier(issuer, identities=identities, tenants=tenants))
