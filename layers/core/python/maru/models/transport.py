"""HTTP to model servers: connections, keys, signatures, time-outs, and failures in Maru's terms."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any, Self

import anyio.to_thread

from maru.errors import MaruError
from maru.models import failures, limits
from maru.models.catalogue import Target
from maru.models.keys import KeyRing
from maru.models.settings import Timeouts

if TYPE_CHECKING:
    import aiohttp

# Shorter than what servers keep (uvicorn: 5 s), so that a connection is not taken up as it is being closed.
_KEEP_ALIVE_SECONDS = 4.0
#: After the last event the connection is given this long to end, so that it can be used again.
_DRAIN_SECONDS = 0.05


@dataclass(frozen=True)
class Manners:
    """How a provider wants to be approached: headers, the one that takes the key, the name under which AWS signs, how it refuses."""

    headers: Mapping[str, str] = field(default_factory=dict)
    key_header: str = "authorization"
    service: str = "bedrock"
    refused: Callable[[str, int, Mapping[str, str], bytes], MaruError] = failures.refused


#: As servers that speak OpenAI's protocol do.
PLAIN = Manners()


class Reply:
    """One answer under way; close it, or its connection is lost."""

    def __init__(self, alias: str, response: "aiohttp.ClientResponse", session: "aiohttp.ClientSession | None") -> None:
        self.alias, self.response, self.session = alias, response, session

    @property
    def limits(self) -> dict[str, str]:
        """What is left of the server's rate limits, as OpenAI's headers say it."""
        return limits.told(self.response.headers)

    async def read(self) -> bytes:
        """The whole body."""
        import aiohttp

        try:
            return await self.response.read()
        except TimeoutError as error:
            raise failures.silent(self.alias) from error
        except aiohttp.ClientError as error:
            raise failures.unusable(self.alias) from error

    async def parts(self, between: float) -> AsyncGenerator[bytes]:
        """The body as it comes; ``between`` is the longest silence of the line in seconds after the first part.

        Raises ``StreamBroken`` when the connection fails or stays silent.
        """
        import aiohttp

        content, watch = self.response.content, None
        try:
            while part := await content.readany():
                watch = watch or _Watch(self.response, between)
                watch.since = inf
                yield part
                watch.since = watch.now()
        except TimeoutError as error:
            raise failures.StreamBroken(failures.FELL_SILENT) from error
        except aiohttp.ClientError as error:
            raise failures.StreamBroken from error
        finally:
            if watch:
                watch.end()

    async def close(self, *, finished: bool = False) -> None:
        """End the exchange; the connection is kept for the next one only where the answer was ``finished``."""
        import aiohttp

        try:
            if finished and not self.response.content.at_eof():
                async with asyncio.timeout(_DRAIN_SECONDS):
                    await self.response.content.read()
        except (TimeoutError, aiohttp.ClientError):
            pass
        finally:
            self.response.close() if not self.response.content.at_eof() else self.response.release()
            if self.session:
                await self.session.close()


class _Watch:
    """Ends the wait for a body's next part that lasts too long: one timer for all parts, where aiohttp sets one anew for each.

    ``since`` is when the wait began, infinity while nobody waits: a reader that is slow makes no server silent.
    """

    def __init__(self, response: "aiohttp.ClientResponse", between: float) -> None:
        loop = asyncio.get_running_loop()
        self.now, self._later, self._content, self._between = loop.time, loop.call_later, response.content, between
        self.since = inf
        if response.connection and response.connection.protocol:
            response.connection.protocol.read_timeout = None
        self._timer = self._later(between, self._look)

    def end(self) -> None:
        """Watch no longer."""
        self._timer.cancel()

    def _look(self) -> None:
        left = self.since + self._between - self.now()
        if left > 0:
            self._timer = self._later(min(left, self._between), self._look)
        else:
            self._content.set_exception(TimeoutError())


class Transport:
    """Posts to model servers. Entered (``async with``), it keeps its connections; otherwise each call has its own."""

    def __init__(self, keys: KeyRing, timeouts: Timeouts) -> None:
        self._keys, self.timeouts = keys, timeouts
        self._shared: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._shared = _session()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._shared:
            await self._shared.close()
        self._shared = None

    async def post(self, alias: str, target: Target, path: str, body: bytes, *, wait: float, manners: Manners = PLAIN) -> Reply:
        """Send ``body`` to ``target``'s URL and ``path``; ``wait`` is the longest silence in seconds.

        Raises :class:`~maru.errors.MaruError` for whatever is not a successful answer (see :mod:`maru.models.failures`).
        """
        url = target.base_url + path
        headers = await self._headers(target, url, body, manners)
        session, own = (self._shared, None) if self._shared else (_session(),) * 2
        try:
            response = await self._send(session, alias, target, url, body=body, headers=headers, wait=wait)
            if response.status >= 400:
                raise await _refusal(alias, response, manners)
        except BaseException:
            if own:
                await own.close()
            raise
        return Reply(alias, response, own)

    async def _send(
        self, session: "aiohttp.ClientSession", alias: str, target: Target, url: str, **request: Any
    ) -> "aiohttp.ClientResponse":
        import aiohttp
        from yarl import URL

        options: dict[str, Any] = {"proxy": target.proxy} if target.proxy else {}
        if target.ca:
            options["ssl"] = _trusting(target.ca)
        address = URL(url, encoded=True)
        for last in (False, True):
            try:
                return await session.post(
                    address,
                    data=request["body"],
                    headers=request["headers"],
                    timeout=_timeout(self.timeouts.connect, request["wait"]),
                    allow_redirects=False,
                    **options,
                )
            except aiohttp.ConnectionTimeoutError as error:
                raise failures.unreachable(alias) from error
            except TimeoutError as error:
                raise failures.silent(alias) from error
            except aiohttp.ServerDisconnectedError as error:
                # A kept connection that the server closed at this very moment: once more on another.
                if last:
                    raise failures.unreachable(alias) from error
            except aiohttp.ClientError as error:
                raise failures.unreachable(alias) from error
        raise AssertionError("the loop ends by return or raise")

    async def _headers(self, target: Target, url: str, body: bytes, manners: Manners) -> dict[str, str]:
        headers = {"content-type": "application/json", "accept-encoding": "identity", **manners.headers}
        if target.auth == "aws":
            from maru.models.signing import signed

            return await anyio.to_thread.run_sync(signed, url, body, headers, target.region or "", manners.service)
        key = await self._keys.get(target.key) if target.key else None
        if key:
            headers[manners.key_header] = f"Bearer {key}" if manners.key_header == "authorization" else key
        return headers


def _session() -> "aiohttp.ClientSession":
    import aiohttp

    # limit 0: how many calls run at once is decided by who calls us, not by a queue in here.
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_SECONDS, ttl_dns_cache=60)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)


@cache
def _timeout(connect: float, wait: float) -> "aiohttp.ClientTimeout":
    import aiohttp

    return aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=wait)


@cache
def _trusting(ca: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca)


async def _refusal(alias: str, response: "aiohttp.ClientResponse", manners: Manners) -> MaruError:
    import aiohttp

    try:
        body = await response.content.read(65_536)
    except (aiohttp.ClientError, TimeoutError):
        body = b""
    response.close()
    return manners.refused(alias, response.status, response.headers, body)
