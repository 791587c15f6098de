"""Maru's gateway beside LiteLLM's proxy and Portkey's: one run, one pinned core each in its turn, the same mock model, the same load.

    python -m bench.gateway [--write] [--requests N] [--memory N]

Maru runs with identity, a budget, usage, audit and log on, its ledger speaking DynamoDB's protocol to a constant-answer endpoint in
another process. LiteLLM runs with its master key, Portkey with nothing of the kind. The load comes from the other core over kept
connections; what is *added* is a percentile less that of the mock model itself, asked without a gateway in between. Beside the added
p99 stands in brackets what it cannot be less than on one core: so many at once wait for one another's processor time.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.gateway_peers import NotInstalled, Peer, litellm, portkey
from bench.relay import CORE, OTHERS, calls_of, cpu_seconds, process
from bench.relay_servers import KEY, LATE, SHORT
from bench.report import report
from bench.stand_ins import environment
from functions.chat.settings import Settings

_PAGE = 4096
_TEXT = "오늘 서울 날씨가 어때요? " * 20
#: Of a measurement by time: seconds for each step of concurrency.
_STEP_SECONDS = 2.0
_STEPS, _LATE_SECONDS = (1, 2, 4, 8, 16, 32), 0.020
#: A peer's growth over as many requests as take it some minutes at most; each cell tells its count.
_PEERS_MEMORY = 5000


@dataclass(frozen=True)
class Load:
    """What came of a load: requests a second, and seconds to the first byte and to the end of each, in order of size."""

    rate: float
    first: list[float]
    whole: list[float]


def main() -> None:
    """Print the table."""
    os.sched_setaffinity(0, OTHERS)
    count, memory = _option("--requests", 400), _option("--memory", 5000)
    with ExitStack() as stack:
        upstream = stack.enter_context(process("bench.relay_servers", "upstream"))
        dynamodb = stack.enter_context(process("bench.relay_servers", "dynamodb"))
        url = f"http://127.0.0.1:{upstream[1]}/v1"
        direct = Peer("none", upstream[0], upstream[1], "mock-1")
        columns: list[dict[str, str]] = []
        peers = (_maru(url, dynamodb[1]), litellm(url, CORE), portkey(url, CORE))
        for started in peers:
            try:
                with started as peer:
                    before = calls_of(dynamodb)
                    column = _measured(peer, direct, count, memory if peer.name == "Maru" else min(memory, _PEERS_MEMORY))
                    asked = sum(_ASKED)
                    if peer.name == "Maru":
                        column["DynamoDB calls per request"] = f"{(calls_of(dynamodb) - before) / asked:.2f}"
                    columns.append({"": peer.name} | column)
            except NotInstalled as error:
                print(f"left out: {error}")
    names = list(dict.fromkeys(name for column in columns for name in column if name))
    rows = [(name, *(column.get(name, "–") for column in columns), _GOALS.get(name, "–")) for name in names]
    report("gateway", ("", *(column[""] for column in columns), "goal"), rows)


_GOALS = {
    "CPU per whole completion, ms": "<= 3.5",
    "CPU per 100-token stream, ms": "<= 6",
    "requests/s with p95 added <= 10 ms": ">= 250",
    "streams/s of 31 events with p95 first byte <= 20 ms": ">= 120",
    "added p99 (least) at 16 at once, model 20 ms, ms": "<= 20",
    "added p99 (least) at 64 at once, model 20 ms, ms": "<= 80",
    "memory growth after warm-up, %": "<= 5",
}
#: How many requests each measurement of the present peer sent.
_ASKED: list[int] = []


@contextmanager
def _maru(url: str, dynamodb: int) -> Iterator[Peer]:
    settings = environment(Settings, model_url=url) | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{dynamodb}"}
    with process("bench.relay_maru", pinned=True, extra=settings) as (pid, port):
        yield Peer("Maru", pid, port, "default", {"authorization": f"Bearer {KEY}"})


def _measured(peer: Peer, direct: Peer, count: int, memory: int) -> dict[str, str]:
    _ASKED.clear()
    print(f"{peer.name} …", flush=True)
    measures: dict[str, Callable[[], str]] = {
        "CPU per whole completion, ms": lambda: f"{_cpu_ms(peer, _body(peer), count):.2f}",
        "CPU per 100-token stream, ms": lambda: f"{_cpu_ms(peer, _body(peer, stream=True), count):.2f}",
        "CPU per 100-token stream, event by event, ms": lambda: f"{_cpu_ms(peer, _body(peer, 'paced', stream=True), count // 2):.2f}",
        "requests/s with p95 added <= 10 ms": lambda: _requests(peer, direct),
        "streams/s of 31 events with p95 first byte <= 20 ms": lambda: _streams(peer),
        "added p99 (least) at 16 at once, model 20 ms, ms": lambda: _added(peer, direct, 16),
        "added p99 (least) at 64 at once, model 20 ms, ms": lambda: _added(peer, direct, 64),
        "memory growth after warm-up, %": lambda: _growth(peer, memory),
        "memory, MiB": lambda: f"{_resident(peer) / 2**20:.0f}",
    }
    column = {}
    for name, measure in measures.items():
        column[name] = _told(measure)
        print(f"  {name}: {column[name]}", flush=True)
    return column


def _told(measure: Callable[[], str]) -> str:
    """What was measured; a gateway that answers with an error, as installed, has no figure."""
    try:
        return measure()
    except _Refused as error:
        print(f"  {error}")
        return "fails"


class _Refused(Exception):
    """The answer was none."""


def _requests(peer: Peer, direct: Peer) -> str:
    base = _percentile(_timed(direct, _body(direct), 1, _STEP_SECONDS).whole, 95)
    rate, _ = _best(peer, _body(peer), lambda load: _percentile(load.whole, 95) - base <= 0.010)
    return f"{rate:.0f}"


def _streams(peer: Peer) -> str:
    rate, first = _best(peer, _body(peer, SHORT.decode(), stream=True), lambda load: _percentile(load.first, 95) <= 0.020)
    return f"{rate:.0f} ({first * 1000:.0f} ms)"


def _added(peer: Peer, direct: Peer, at_once: int) -> str:
    """What is added, and what of it the processor time alone makes: on one core as many wait for each other as are under way."""
    late = LATE.decode()
    theirs, before = _percentile(_timed(direct, _body(direct, late), at_once, _STEP_SECONDS).whole, 99), cpu_seconds(peer.pid)
    load = _timed(peer, _body(peer, late), at_once, 2 * _STEP_SECONDS)
    each = (cpu_seconds(peer.pid) - before) / (len(load.whole) + 2 * at_once)
    floor = max(each, at_once * each - _LATE_SECONDS)
    return f"{(_percentile(load.whole, 99) - theirs) * 1000:.0f} ({floor * 1000:.0f})"


def _growth(peer: Peer, count: int) -> str:
    warm = _resident(peer)
    asyncio.run(_counted(peer, _body(peer), 8, count))
    return f"{100 * (_resident(peer) / warm - 1):.1f} ({count} requests)"


def _body(peer: Peer, marker: str = "", *, stream: bool = False) -> bytes:
    messages = [{"role": "user", "content": f"{_TEXT}{marker}"}]
    return json.dumps({"model": peer.model, "messages": messages, **({"stream": True} if stream else {})}, ensure_ascii=False).encode()


def _cpu_ms(peer: Peer, payload: bytes, count: int) -> float:
    asyncio.run(_counted(peer, payload, 8, max(20, count // 4)))
    before = cpu_seconds(peer.pid)
    asyncio.run(_counted(peer, payload, 8, count))
    return (cpu_seconds(peer.pid) - before) / count * 1000


def _best(peer: Peer, payload: bytes, holds: Callable[[Load], bool]) -> tuple[float, float]:
    """The highest rate at which it holds, with the p95 of the first byte there; at one at once where it holds nowhere."""
    best: Load | None = None
    for at_once in _STEPS:
        load = _timed(peer, payload, at_once, _STEP_SECONDS)
        if holds(load) and (best is None or load.rate > best.rate):
            best = load
        elif not holds(load):
            best = best or load
            break
    assert best is not None
    return best.rate, _percentile(best.first, 95)


def _timed(peer: Peer, payload: bytes, at_once: int, seconds: float) -> Load:
    asyncio.run(_counted(peer, payload, at_once, 2 * at_once))
    return asyncio.run(_load(peer, payload, at_once, lambda begin, _: time.perf_counter() - begin < seconds))


async def _counted(peer: Peer, payload: bytes, at_once: int, count: int) -> Load:
    return await _load(peer, payload, at_once, lambda _, sent: sent < count)


async def _load(peer: Peer, payload: bytes, at_once: int, more: Callable[[float, int], bool]) -> Load:
    first: list[float] = []
    whole: list[float] = []
    begin, sent = time.perf_counter(), 0

    async def client() -> None:
        nonlocal sent
        reader, writer = await asyncio.open_connection("127.0.0.1", peer.port)
        while more(begin, sent):
            sent += 1
            started = time.perf_counter()
            writer.write(_request(peer, payload))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise _Refused(f"{head.splitlines()[0].decode()} {(await reader.read(200)).decode(errors='replace')}")
            first.append(await _body_of(reader, head.lower()) - started)
            whole.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(client() for _ in range(at_once)))
    _ASKED.append(sent if peer.name != "none" else 0)
    return Load(len(whole) / (time.perf_counter() - begin), sorted(first), sorted(whole))


async def _body_of(reader: asyncio.StreamReader, head: bytes) -> float:
    """Read a body to its end; gives when its first byte was there."""
    if b"transfer-encoding: chunked" not in head:
        length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
        await reader.readexactly(1)
        arrived = time.perf_counter()
        await reader.readexactly(length - 1)
        return arrived
    size = int(await reader.readline(), 16)
    arrived = time.perf_counter()
    while size:
        await reader.readexactly(size + 2)
        size = int(await reader.readline(), 16)
    await reader.readline()
    return arrived


def _request(peer: Peer, payload: bytes) -> bytes:
    path = "/v1/chat/completions"
    told = {"host": "x", "content-type": "application/json", "content-length": str(len(payload)), **peer.headers}
    return f"POST {path} HTTP/1.1\r\n{''.join(f'{name}: {value}\r\n' for name, value in told.items())}\r\n".encode() + payload


def _percentile(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _resident(peer: Peer) -> float:
    return int(Path(f"/proc/{peer.pid}/statm").read_text(encoding="utf-8").split()[1]) * _PAGE


def _option(name: str, default: int) -> int:
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


if __name__ == "__main__":
    main()
