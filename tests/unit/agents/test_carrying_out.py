"""Calls over HTTPS: only to allowed hosts, never to a private address, however it is named, redirected to or rebound."""

import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from maru.agents.tools.carrying_out import CallFailed, CarryingOut, is_public
from maru.agents.tools.schemas import checked_pattern
from maru.agents.tools.tool import HostRule, Offering, Tool
from maru.identity import Caller
from tests.certificates import self_signed
from tests.guarding import NO_DATA

CALLER = Caller("acme", "minji", (), frozenset(), "key")
type Ask = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls") / "tool.pem", "localhost")


class Service:
    """A server on this machine: it echoes, redirects, is slow or too long."""

    def __init__(self, port: int, ssl_context: ssl.SSLContext) -> None:
        self.port, self.trust = port, ssl_context
        self.seen: list[web.Request] = []


@pytest.fixture
async def service(certificate: Path) -> AsyncIterator[Service]:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    seen: list[Any] = []

    async def echo(request: web.Request) -> web.Response:
        seen.append(request)
        told = {"path": request.rel_url.raw_path, "query": dict(request.query), "key": request.headers.get("x-key")}
        return web.json_response(told | {"method": request.method, "body": await request.text()})

    async def away(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"location": request.query["to"]})

    async def long(_: web.Request) -> web.Response:
        return web.Response(text="x" * 300_000)

    async def broken(_: web.Request) -> web.Response:
        return web.Response(text="{", content_type="application/json")

    async def down(_: web.Request) -> web.Response:
        return web.Response(status=503)

    app = web.Application()
    app.router.add_get("/away", away)
    app.router.add_get("/long", long)
    app.router.add_get("/broken", broken)
    app.router.add_get("/down", down)
    app.router.add_route("*", "/{tail:.*}", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    yield Service(runner.addresses[0][1], ssl.create_default_context(cafile=str(certificate)))
    await runner.cleanup()


def made(service: Service, *, everywhere: bool = True) -> CarryingOut:
    """Carrying out with this machine allowed by name, and reachable or not."""
    names = (f"localhost:{service.port}", f"127.0.0.1:{service.port}")
    hosts = tuple(HostRule(host=name, key="KEY", header="x-key", prefix="k ") for name in names)

    async def key(name: str) -> str | None:
        return {"KEY": "secret"}.get(name)

    public = (lambda _: True) if everywhere else is_public
    return CarryingOut(Offering(hosts=hosts), {}, data=NO_DATA, key=key, public=public, ssl=service.trust)


def tool(url: str, method: str = "GET", timeout_ms: int = 5_000) -> Tool:
    target = {"kind": "http", "url": url, "method": method}
    return Tool.model_validate({"name": "t", "description": "d", "target": target, "timeout_ms": timeout_ms})


async def test_arguments_fill_the_path_the_query_or_the_body(service: Service) -> None:
    base = f"https://localhost:{service.port}/orders/{{id}}"
    got = await made(service).call(tool(base), {"id": "../a b/ㄱ", "n": 2, "q": "x&y"}, CALLER)
    assert (got["path"], got["query"]) == ("/orders/..%2Fa%20b%2F%E3%84%B1", {"n": "2", "q": "x&y"})
    assert got["key"] == "k secret"
    posted = await made(service).call(tool(base, "POST"), {"id": "1", "n": [2]}, CALLER)
    assert (posted["method"], json.loads(posted["body"])) == ("POST", {"n": [2]})


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
async def test_private_addresses_are_never_reached(service: Service, name: str) -> None:
    with pytest.raises(CallFailed):
        await made(service, everywhere=False).call(tool(f"https://{name}:{service.port}/x"), {}, CALLER)


async def test_a_name_that_changes_its_address_finds_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: the name is public when it is looked at first, and private from then on."""
    import asyncio

    loop, asked = asyncio.get_running_loop(), []

    async def rebound(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(2, 1, 6, "", (address, port))]

    monkeypatch.setattr(loop, "getaddrinfo", rebound)
    carrying_out = made(service, everywhere=False)
    for _ in range(2):  # the first connects to the address that was checked (nothing answers there), the second is refused
        with pytest.raises(CallFailed):
            await carrying_out.call(tool(f"https://localhost:{service.port}/x", timeout_ms=300), {}, CALLER)
    assert asked == ["localhost", "localhost"]


@pytest.mark.parametrize(
    ("to", "follows"),
    [
        ("/there?a=1", True),
        ("https://evil.example/x", False),
        ("http://localhost:{port}/x", False),
        ("https://user@localhost:{port}/x", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("/away?to=/x", True),
    ],
)
async def test_every_step_of_a_redirect_is_checked(service: Service, to: str, follows: bool) -> None:
    call = made(service).call(tool(f"https://localhost:{service.port}/away"), {"to": to.format(port=service.port)}, CALLER)
    if follows:
        assert (await call)["method"] == "GET"
    else:
        with pytest.raises(CallFailed):
            await call


@pytest.mark.parametrize("path", ["long", "broken", "down"])
async def test_answers_that_cannot_be_used_fail(service: Service, path: str) -> None:
    with pytest.raises(CallFailed):
        await made(service).call(tool(f"https://localhost:{service.port}/{path}"), {}, CALLER)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "172.16.0.1", "100.64.0.1", "0.0.0.1", "224.0.0.1", "::1",
        "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:0a00:0001::1", "::",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_public_internet(address: str) -> None:
    assert not is_public(address)


def test_addresses_of_the_public_internet() -> None:
    assert all(map(is_public, ("93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8", "64:ff9b::808:808")))


@pytest.mark.parametrize("pattern", ["(a+)+", "(a|a)*", "(.*)*x", "(?:a{1,99}){1,99}", "(a", r"(x+x+)+y"])
def test_patterns_that_could_take_forever_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|regular expression"):
        checked_pattern(pattern)


@pytest.mark.parametrize("pattern", [r"A-\d{4}", "(?:KR|US)-[a-z]+", r"[가-힣]{2,10}", r"(\d{3}-){2}\d{4}"])
def test_patterns_of_everyday_are_taken(pattern: str) -> None:
    assert checked_pattern(pattern) == pattern
