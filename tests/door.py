"""Through the door: an ASGI application called as a client would, and keys to call it with."""

from collections.abc import Iterable
from typing import Any

from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

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


async def left_midway(app: ASGIApp, key: str, path: str) -> list[Message]:
    """What an application sends a client that leaves in the middle of its JSON body."""
    coming: list[Message] = [{"type": "http.request", "body": b'{"a":', "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"authorization", f"Bearer {key}".encode()), (b"content-type", b"application/json")]
    await app({"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}, receive, send)
    return sent
