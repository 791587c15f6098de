"""A private certificate authority and an outbound proxy, each for one target."""

import ssl
from pathlib import Path

import pytest

from maru.errors import Unavailable
from tests.certificates import self_signed
from tests.fakes.openai_server import OpenAIServer
from tests.unit.models.conftest import client_of, entry

HELLO = {"messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls") / "model.pem")


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
