"""Through the door: an ASGI application called as a client would, and keys to call it with."""

from collections.abc import Iterable
from typing import Any

from starlette.testclient import TestClient
from starlette.types import ASGIApp

from maru.http import HttpServices
from maru.identity.caller import ROLES


def client(app: ASGIApp, key: str | None = None) -> TestClient:
    """A client of the application that sends ``key`` as its bearer."""
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return TestClient(app, headers=headers, raise_server_exceptions=True)


def key_for(
    services: HttpServices,
    *,
    tenant: str = "acme",
    user: str = "minji",
    groups: Iterable[str] = (),
    role: str = "builder",
    scopes: Iterable[str] | None = None,
) -> str:
    """A fresh API key of a user, with the scopes of a role or with these."""
    return services.keys.create(tenant=tenant, user=user, groups=groups, scopes=ROLES[role] if scopes is None else scopes).key


def answered(answer: Any, status: int = 200) -> Any:
    """The body of an answer that has this status."""
    assert answer.status_code == status, answer.text
    return answer.json()
