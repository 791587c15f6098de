"""Sign-in at an OpenID Connect provider of one's own, in place of the embedded Cognito where the environment says so.

``MARU_OIDC_ISSUER`` and ``MARU_OIDC_CLIENT_ID`` are needed: the latter is a public client with ``URL/signed-in`` as its redirect address.
Beside them ``MARU_OIDC_AUDIENCE`` (the client's id where absent), ``MARU_OIDC_TENANT_CLAIM`` and ``MARU_OIDC_GROUPS_CLAIM`` (claims of
access tokens; without the former, identities are mapped by ``POST /v1/identities``), ``MARU_OIDC_SCOPES`` (by spaces).
"""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from maru.identity import SCOPES

#: What the console asks for where nothing else is said: every scope but the platform's own.
_SCOPES = " ".join(f"maru/{scope}" for scope in SCOPES if scope != "operator")


class NoProvider(Exception):
    """The provider cannot be used; the message names what is missing."""


@dataclass(frozen=True)
class SignIn:
    """A provider as its own description tells (OpenID Connect Discovery 1.0), and what the environment says of it."""

    described: Mapping[str, Any]
    client_id: str
    scopes: tuple[str, ...]
    audience: str
    tenant_claim: str | None = None
    groups_claim: str | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self | None:
        """None where the environment names no issuer. Raises :class:`NoProvider`."""
        issuer, client_id = environ.get("MARU_OIDC_ISSUER"), environ.get("MARU_OIDC_CLIENT_ID")
        if not issuer:
            return None
        if not client_id:
            raise NoProvider("MARU_OIDC_ISSUER is set: MARU_OIDC_CLIENT_ID must name the console's client there.")
        return cls(
            _description(issuer),
            client_id,
            tuple((environ.get("MARU_OIDC_SCOPES") or _SCOPES).split()),
            environ.get("MARU_OIDC_AUDIENCE") or client_id,
            environ.get("MARU_OIDC_TENANT_CLAIM") or None,
            environ.get("MARU_OIDC_GROUPS_CLAIM") or None,
        )

    def settings(self) -> dict[str, str]:
        """The environment of every HTTP function in place of Cognito's (`HttpSettings` has the fields)."""
        told = {
            "TOKEN_ISSUER": self.described["issuer"],
            "TOKEN_JWKS_URL": self.described["jwks_uri"],
            "TOKEN_AUDIENCE": self.audience,
            "TENANT_CLAIM": self.tenant_claim,
            "GROUPS_CLAIM": self.groups_claim,
        }
        return {name: str(value) for name, value in told.items() if value}

    def config(self) -> dict[str, Any]:
        """What the console is told; `console/src/app/oidc.ts` reads it."""
        service = {
            "authorize_url": self.described["authorization_endpoint"],
            "token_url": self.described["token_endpoint"],
            "client_id": self.client_id,
            "scopes": self.scopes,
        }
        return {"sign_in": service}


def origins(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom the console may ask for tokens, by what it is told."""
    if not config.get("sign_in"):
        return ()
    address = urlsplit(config["sign_in"]["token_url"])
    return (f"{address.scheme}://{address.netloc}",)


def _description(issuer: str) -> dict[str, Any]:
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
    except (OSError, ValueError) as error:
        raise NoProvider(f"MARU_OIDC_ISSUER: {address} does not answer with a provider's description.") from error
    lacking = [name for name in ("issuer", "jwks_uri", "authorization_endpoint", "token_endpoint") if not found.get(name)]
    if lacking or found["issuer"].rstrip("/") != issuer.rstrip("/"):
        raise NoProvider(f"MARU_OIDC_ISSUER: {address} describes another issuer, or lacks {', '.join(lacking) or 'nothing'}.")
    return found
