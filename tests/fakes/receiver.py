"""A receiver of webhooks over TLS on this machine, which keeps what it got."""

import asyncio
import json
import ssl
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.certificates import self_signed


@dataclass
class Receiver:
    """``host`` is its name with its port, ``authority`` the certificate that its callers trust."""

    authority: Path
    host: str = ""
    deliveries: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it takes webhooks."""
        return f"https://{self.host}/hook"

    def bodies(self) -> list[Any]:
        """What it got, each delivery once however often it came."""
        return [json.loads(body) for body in {headers["x-maru-delivery"]: body for headers, body in self.deliveries}.values()]

    def reached(self) -> dict[str, Any]:
        """What lets a :class:`~maru.chains.notifying.Notifier` of a test reach it."""
        return {"public": lambda _: True, "ssl": ssl.create_default_context(cafile=str(self.authority))}


@contextmanager
def receiver(folder: Path) -> Iterator[Receiver]:
    """Runs on a free port; its certificate lies in ``folder``."""
    made = Receiver(self_signed(folder / "receiver.pem", "localhost"))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def take(request: web.BaseRequest) -> web.Response:
        made.deliveries.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        return web.Response()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.authority)

    async def serve() -> web.ServerRunner:
        runner = web.ServerRunner(web.Server(take))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        return runner

    def wait_for[T](what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, loop).result(30)

    runner = wait_for(serve())
    try:
        made.host = f"localhost:{runner.addresses[0][1]}"
        yield made
    finally:
        wait_for(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
