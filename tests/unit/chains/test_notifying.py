"""Notifications: bodies as services take them, signatures that can be checked, nothing private ever reached."""

import hashlib
import hmac
import json
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from maru.chains.failures import DeliveryFailed, InvalidRequest
from maru.chains.kinds import Jira, Notify
from maru.chains.notifying import SIGNATURE, Notifier, body_of, message_of
from maru.chains.templates import refused_address


def _notifier(**options: Any) -> Notifier:
    return Notifier(topic_arn=None, hosts=frozenset({"hooks.example", "localhost:8443"}), secret=lambda: "secret", **options)


def test_bodies_are_those_of_their_services() -> None:
    jira = Notify(id="a", type="notify", channel="jira", url="https://hooks.example/", jira=Jira(project="SEC", priority="High"))
    message = message_of(jira, {"subject": "경보", "text": "t", "jira": {"priority": "High", "labels": ["x"]}})
    fields = body_of(message)["fields"]
    assert fields["project"] == {"key": "SEC"}
    assert (fields["issuetype"], fields["summary"], fields["description"]) == ({"name": "Task"}, "경보", "t")
    assert (fields["priority"], fields["labels"]) == ({"name": "High"}, ["x"])
    assert body_of({"channel": "slack", "subject": "s", "text": "t"}) == {"text": "*s*\nt"}
    assert body_of({"channel": "webhook", "body": {"any": 1}}) == {"any": 1}
    assert body_of({"channel": "webhook", "subject": "s", "text": "t"}) == {"subject": "s", "text": "t"}


def test_a_signature_is_checked_with_the_tenants_own_key() -> None:
    notifier, body = _notifier(), b"{}"
    stamp, _, signed = notifier.signature("acme", body, 7).partition(",v1=")
    assert stamp == "t=7"
    assert signed == hmac.new(notifier.key("acme").encode(), b"7." + body, hashlib.sha256).hexdigest()
    assert notifier.key("acme") != notifier.key("other")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x",
        "https://user:pass@hooks.example/x",
        "https://hooks.example.evil/x",
        "https://hooks.example:444/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https:///x",
        "ftp://hooks.example/x",
        "https://hooks.example:99999999/x",
    ],
)
def test_addresses_that_are_not_on_the_list_are_refused(url: str) -> None:
    assert refused_address(url, frozenset({"hooks.example"}))


async def test_a_name_that_leads_to_a_private_address_is_not_reached() -> None:
    with pytest.raises(DeliveryFailed):
        await _notifier().send("acme", {"channel": "webhook", "url": "https://localhost:8443/x", "text": "t"}, delivery="d")


async def test_a_delivery_is_signed_and_a_refusal_is_told(tmp_path: Path) -> None:
    seen: list[web.BaseRequest] = []
    bodies: list[bytes] = []
    statuses = iter([200, 503, 404, 302])

    async def take(request: web.BaseRequest) -> web.Response:
        seen.append(request)
        bodies.append(await request.read())
        return web.Response(status=next(statuses), headers={"location": "https://hooks.example/"})

    runner = web.ServerRunner(web.Server(take))
    await runner.setup()
    server, trusted = _certificate(tmp_path)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server)
    await site.start()
    port = runner.addresses[0][1]
    notifier = Notifier(topic_arn=None, hosts=frozenset({f"localhost:{port}"}), secret=lambda: "secret", public=lambda _: True, ssl=trusted)
    message = {"channel": "webhook", "url": f"https://localhost:{port}/x", "body": {"한글": 1}}
    try:
        assert await notifier.send("acme", message, delivery="d") == {"delivered": True, "status": 200}
        with pytest.raises(DeliveryFailed, match="503"):
            await notifier.send("acme", message, delivery="d")
        for status in ("404", "302"):
            with pytest.raises(InvalidRequest, match=status):
                await notifier.send("acme", message, delivery="d")
    finally:
        await runner.cleanup()
    stamp, _, signed = seen[0].headers[SIGNATURE].partition(",v1=")
    made = hmac.new(notifier.key("acme").encode(), f"{stamp[2:]}.".encode() + bodies[0], hashlib.sha256).hexdigest()
    assert signed == made
    assert json.loads(bodies[0]) == {"한글": 1}
    assert len(seen) == 4, "a redirection is not followed"


def _certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for `localhost`, and a client's that trusts it."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(certificate + private)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "both.pem")
    return server, ssl.create_default_context(cadata=certificate.decode())
