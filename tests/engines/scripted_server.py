"""The local model server's scripted model in this process, on a thread and a port of its own: no start to wait for."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

from local.models.app import Server
from local.models.scripted import Scripted


@dataclass(frozen=True)
class ScriptedServer:
    """A running server: its base URL, which ends in ``/v1``, and the model that counts its calls."""

    base_url: str
    model: Scripted


@contextmanager
def scripted_server(name: str = "scripted") -> Iterator[ScriptedServer]:
    """Starts it on a free port of this machine; ``name`` is the model's."""
    loop, model = asyncio.new_event_loop(), Scripted()
    runner = web.AppRunner(Server({name: model}, cast("Any", None), model).application())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def wait_for(what: Any) -> None:
        asyncio.run_coroutine_threadsafe(what, loop).result(10)

    try:
        wait_for(runner.setup())
        wait_for(web.TCPSite(runner, "127.0.0.1", 0).start())
        yield ScriptedServer(f"http://127.0.0.1:{runner.addresses[0][1]}/v1", model)
    finally:
        wait_for(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
