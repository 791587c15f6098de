"""Through the door: an ASGI application called as a client would, and keys to call it with."""

from starlette.testclient import TestClient
from starlette.types import ASGIApp

from maru.http import HttpServices
from maru.identity.caller import ROLES


def client(app: ASGIApp, key: str | None = None) -> TestClient:
    """A client of the application that sends ``key`` as its bearer."""
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return TestClient(app, headers=headers, raise_server_exceptions=True)


def key_for(
    services: HttpServices, *, tenant: str = "acme", user: str = "minji", groups: tuple[str, ...] = (), role: str = "builder"
) -> str:
    """A fresh API key of a user."""
    return services.keys.create(tenant=tenant, user=user, groups=groups, scopes=ROLES[role]).key
