"""A private certificate authority and an outbound proxy, each for one target."""

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from maru.errors import Unavailable
from tests.fakes.openai_server import OpenAIServer
from tests.unit.models.conftest import client_of, entry

HELLO = {"messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that signs itself, with its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "model")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "model.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


async def test_a_private_authority_is_trusted_for_its_target_alone(certificate: Path) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    async with OpenAIServer(tls=tls) as server:
        assert (await client_of(entry(server.base_url, ca=str(certificate))).complete("default", HELLO)).text
        with pytest.raises(Unavailable):
            await client_of(entry(server.base_url)).complete("default", HELLO)


async def test_a_proxy_is_asked_instead(server: OpenAIServer) -> None:
    proxy = server.base_url.removesuffix("/v1")
    answer = await client_of(entry("http://model.invalid/v1", proxy=proxy)).complete("default", HELLO)
    assert answer.text
    assert server.seen_headers[0]["host"] == "model.invalid"
