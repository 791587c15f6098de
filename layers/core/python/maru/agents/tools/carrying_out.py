"""Carries a call out: over HTTPS to a host of the allow-list, by a Lambda function, or on a view of structured data. Nothing private
is ever reached."""

import asyncio
import ipaddress
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast
from urllib.parse import quote, urlencode, urljoin, urlsplit

import anyio.to_thread

from maru.agents.tools.tool import DataTarget, HostRule, HttpTarget, LambdaTarget, Offering, Tool, host_of
from maru.errors import MaruError
from maru.identity import Caller
from maru.structured import asking
from maru.structured.reader import DataReader

#: Bytes of an answer that are read.
LARGEST = 256_000
_REDIRECTS = 3
_REDIRECT = frozenset({301, 302, 303, 307, 308})
#: NAT64 (RFC 6052) and 6to4 (RFC 3056) hold an IPv4 address that is reached in the end.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

type Key = Callable[[str], Awaitable[str | None]]
type Public = Callable[[str], bool]


class CallFailed(Exception):
    """A tool gave nothing that can be used; the message is for the model and for the caller, and quotes nothing."""


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, also where it is wrapped in one of IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


class CarryingOut:
    """``functions`` maps names to Lambda functions, ``data`` reads views, ``key`` gives credentials by name, ``public`` decides what may
    be reached."""

    def __init__(
        self,
        offering: Offering,
        functions: Mapping[str, str],
        *,
        data: DataReader,
        key: Key,
        invoke: Any = None,
        public: Public = is_public,
        ssl: Any = True,
    ) -> None:
        self.offering, self.functions, self.data = offering, functions, data
        self._key = key
        self._invoke, self._public, self._ssl = invoke, public, ssl

    async def call(self, tool: Tool, arguments: Mapping[str, Any], caller: Caller) -> Any:
        """What the tool gives: JSON, or text. Raises :class:`CallFailed`."""
        try:
            async with asyncio.timeout(tool.timeout_ms / 1000):
                if isinstance(tool.target, HttpTarget):
                    return await self._http(tool.target, dict(arguments))
                if isinstance(tool.target, DataTarget):
                    return await anyio.to_thread.run_sync(self._read, tool.target, arguments, caller, abandon_on_cancel=True)
                return await self._lambda(tool.target, tool, arguments, caller)
        except TimeoutError as error:
            raise CallFailed("The tool did not answer in time.") from error

    def _read(self, target: DataTarget, arguments: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
        """A page of a view, as the API tells it."""
        fields = ",".join(target.fields) if target.fields else None
        try:
            view = self.data.views.find(caller, target.view)
            asked = asking.asked(view, arguments, fields=fields, sort=target.sort, limit=min(target.limit, view.max_rows))
            return self.data.read(caller, view, asked).told()
        except MaruError as error:
            raise CallFailed(error.message) from error

    async def _http(self, target: HttpTarget, arguments: dict[str, Any]) -> Any:
        import aiohttp

        url, rest = _filled(target.url, arguments)
        method, body = target.method, None
        if method in {"GET", "DELETE"}:
            url += "?" + urlencode({name: _plain(value) for name, value in rest.items()}) if rest else ""
        else:
            body = rest
        # No cache of names and no connection kept: what is asked is what is connected to, every time.
        connector = aiohttp.TCPConnector(
            resolver=cast("Any", PublicNames(self._public)), use_dns_cache=False, ssl=self._ssl, force_close=True
        )
        try:
            async with aiohttp.ClientSession(connector=connector, trust_env=False, auto_decompress=True) as session:
                return await self._followed(session, method, url, body)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise CallFailed("The tool's server could not be reached.") from error

    async def _followed(self, session: Any, method: str, url: str, body: Any) -> Any:
        for _ in range(_REDIRECTS + 1):
            rule = self._reachable(url)
            headers = {"accept": "application/json", "user-agent": "maru-tools"}
            if rule.key:
                secret = await self._key(rule.key)
                if secret is None:
                    raise CallFailed("The tool's credential is missing.")
                headers[rule.header] = rule.prefix + secret
            async with session.request(method, url, json=body, headers=headers, allow_redirects=False) as answer:
                if answer.status not in _REDIRECT:
                    return await _read(answer)
                # Each step is checked as the first was; a body goes on only where the protocol says so (RFC 9110, 15.4).
                url = urljoin(url, answer.headers.get("location", ""))
                if answer.status in {301, 302, 303} and method != "GET":
                    method, body = "GET", None
        raise CallFailed("The tool's server sends from address to address.")

    def _reachable(self, url: str) -> HostRule:
        parts = urlsplit(url)
        rule = self.offering.host(host_of(url)) if parts.scheme == "https" and not parts.username else None
        if rule is None:
            raise CallFailed("The tool leads to a host that is not allowed.")
        try:
            literal = ipaddress.ip_address(parts.hostname or "")
        except ValueError:
            return rule  # a name: its addresses are looked at where it is resolved
        if not self._public(str(literal)):
            raise CallFailed("The tool leads to a host that is not allowed.")
        return rule

    async def _lambda(self, target: LambdaTarget, tool: Tool, arguments: Mapping[str, Any], caller: Caller) -> Any:
        function = self.functions.get(target.function)
        if function is None:
            raise CallFailed("The tool's function is not offered here.")
        event = {"tool": tool.name, "arguments": dict(arguments), "tenant": caller.tenant, "user": caller.user}
        return await anyio.to_thread.run_sync(self._invoked, function, json.dumps(event, ensure_ascii=False), abandon_on_cancel=True)

    def _invoked(self, function: str, payload: str) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        from maru import aws

        client = self._invoke or aws.client("lambda")
        try:
            answer = client.invoke(FunctionName=function, InvocationType="RequestResponse", Payload=payload.encode())
            body = answer["Payload"].read(LARGEST + 1)
        except (BotoCoreError, ClientError) as error:
            raise CallFailed("The tool's function could not be called.") from error
        if answer.get("FunctionError"):
            raise CallFailed("The tool's function failed.")
        return _parsed(body, json_expected=True)


async def _read(answer: Any) -> Any:
    if answer.status >= 400:
        raise CallFailed(f"The tool's server answered {answer.status}.")
    body = bytearray()
    async for part in answer.content.iter_chunked(16_384):
        body += part
        if len(body) > LARGEST:
            break
    return _parsed(bytes(body), json_expected="json" in answer.content_type)


def _parsed(body: bytes, *, json_expected: bool) -> Any:
    if len(body) > LARGEST:
        raise CallFailed("The tool's answer is too large.")
    try:
        text = body.decode()
        return json.loads(text) if json_expected and text else text
    except ValueError as error:
        raise CallFailed("The tool's answer cannot be read.") from error


def _filled(url: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The address with its path's arguments, and the arguments that are left; none may leave its place in the path."""
    rest = dict(arguments)
    for name, value in arguments.items():
        if "{" + name + "}" in url:
            plain = _plain(value)
            if plain in {"", ".", ".."}:
                raise CallFailed(f"The argument '{name}' cannot stand in an address.")
            url = url.replace("{" + name + "}", quote(plain, safe=""))
            del rest[name]
    if "{" in url:
        raise CallFailed("An argument of the tool's address is missing.")
    return url, rest


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class PublicNames:
    """aiohttp's resolver that knows no name with a private address among its own: rebinding finds nothing to change."""

    def __init__(self, public: Public) -> None:
        self._public = public

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[dict[str, Any]]:  # noqa: ARG002 - aiohttp's
        """The addresses to connect to; raises OSError where one of them is private."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=socket.AF_UNSPEC)
        addresses = list(dict.fromkeys((kind, str(where[0])) for kind, _, _, _, where in found))
        if not addresses or not all(self._public(address) for _, address in addresses):
            raise OSError("the name leads to a private address")
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [{"hostname": host, "host": one, "port": port, "family": kind, "proto": 0, "flags": flags} for kind, one in addresses]

    async def close(self) -> None:
        """Nothing is held."""
