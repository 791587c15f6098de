"""Access tokens (JWT) of one OpenID Connect issuer."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from maru.identity.caller import Caller
from maru.identity.directory import IdentityStore, TenantStore

_ALGORITHMS = ["RS256", "ES256"]
_SCOPE_PREFIX = "maru/"
#: Claims that only ID tokens carry (OpenID Connect Core 1.0, sections 2 and 3.1.3.6).
_ID_TOKEN_CLAIMS = {"nonce", "at_hash", "c_hash"}
_REFRESH_SECONDS = 10


@dataclass(frozen=True)
class Issuer:
    """Where tokens come from and what they must say; ``*_claim`` name signed claims of user tokens.

    ``audience`` holds one or several, by spaces: programs and the console are different clients.
    """

    issuer: str
    jwks_url: str
    audience: str
    tenant_claim: str | None = None
    groups_claim: str | None = None


class TokenVerifier:
    """Turns a bearer token into a :class:`Caller`, or into None: the reason is nobody's business."""

    def __init__(self, issuer: Issuer, *, identities: IdentityStore, tenants: TenantStore) -> None:
        self._issuer, self._identities, self._tenants = issuer, identities, tenants
        self._keys: dict[str, Any] = {}
        self._fetched = 0.0
        self._fetching = threading.Lock()

    def verify(self, token: str) -> tuple[Caller, float] | None:
        """The caller and the token's expiry (seconds since the epoch)."""
        claims = self._claims(token)
        if claims is None or claims.get("token_use") == "id" or _ID_TOKEN_CLAIMS & claims.keys():
            return None
        if not self._for_us(claims):
            return None
        caller = self._mapped(claims) or self._claimed(claims)
        return (caller, float(claims["exp"])) if caller else None

    def _claims(self, token: str) -> dict[str, Any] | None:
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            key = self._key(str(header.get("kid", "")))
            if key is None:
                return None
            options: Any = {"require": ["exp", "iss"], "verify_aud": False}
            return jwt.decode(token, key, algorithms=_ALGORITHMS, issuer=self._issuer.issuer, options=options)
        except jwt.PyJWTError:
            return None

    def _key(self, kid: str) -> Any:
        if kid not in self._keys:
            # A page asks several things at once: who comes second waits for the keys instead of being refused.
            with self._fetching:
                self._fetch(kid)
        return self._keys.get(kid)

    def _fetch(self, kid: str) -> None:
        """Ask the issuer for its keys; an unknown key id makes a request to it, so at most one is made in ten seconds."""
        from jwt import PyJWKClient

        if kid in self._keys or time.monotonic() - self._fetched <= _REFRESH_SECONDS:
            return
        self._fetched = time.monotonic()
        keys = PyJWKClient(self._issuer.jwks_url, cache_jwk_set=False, timeout=5).get_signing_keys()
        self._keys = {key.key_id: key for key in keys if key.key_id}

    def _for_us(self, claims: dict[str, Any]) -> bool:
        # Cognito's access tokens have no `aud`; their `client_id` stands for it.
        named = claims.get("client_id") if claims.get("token_use") == "access" else claims.get("aud")
        wanted = self._issuer.audience.split()
        return any(one in wanted for one in (named if isinstance(named, list) else [named]))

    def _mapped(self, claims: dict[str, Any]) -> Caller | None:
        for claim in ("client_id", "sub"):
            row = self._identities.find(self._issuer.issuer, str(claims[claim])) if claims.get(claim) else None
            if row:
                scopes = _scopes(claims) & frozenset(row["scopes"])
                return Caller(row["tenant"], row["user"], tuple(row["groups"]), scopes, f"jwt:{row['subject']}")
        return None

    def _claimed(self, claims: dict[str, Any]) -> Caller | None:
        tenant = claims.get(self._issuer.tenant_claim or "")
        subject = claims.get("sub")
        if not isinstance(tenant, str) or not isinstance(subject, str) or not self._tenants.exists(tenant):
            return None
        groups = claims.get(self._issuer.groups_claim or "") or []
        names = tuple(str(name) for name in groups) if isinstance(groups, list) else (str(groups),)
        # The platform's own scope needs a row of its own: no tenant's directory can give it away.
        return Caller(tenant, subject, names, _scopes(claims) - {"operator"}, f"jwt:{subject}")


def _scopes(claims: dict[str, Any]) -> frozenset[str]:
    scope = claims.get("scope", "")
    names = scope if isinstance(scope, list) else str(scope).split()
    return frozenset(str(name).removeprefix(_SCOPE_PREFIX) for name in names)
