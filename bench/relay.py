"""CPU of the HTTP process per relayed chat completion, against a bare Starlette and aiohttp relay, on one pinned core.

    python -m bench.relay [--write] [--requests N]

The chat function as uvicorn serves it: identity, a budget, usage, audit and log on, DynamoDB answered by a constant stand-in and the
model by a mock, each in a process of its own. Counted is the process's user and system time. `burst`: the mock writes its 103 events at
once; `paced`: each event comes by itself, 2 ms apart, as a model's do.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.relay_servers import KEY
from bench.report import report
from bench.stand_ins import ROOT, environment
from functions.chat.settings import Settings

_CONCURRENCY = 8
_TICKS = os.sysconf("SC_CLK_TCK")
#: The first core is that of what is measured; the others are those of everything else, the load included.
_CORES = sorted(os.sched_getaffinity(0))
CORE, OTHERS = _CORES[0], set(_CORES[1:] or _CORES)


def main() -> None:
    """Print the table."""
    os.sched_setaffinity(0, OTHERS)
    count = int(sys.argv[sys.argv.index("--requests") + 1]) if "--requests" in sys.argv else 600
    with ExitStack() as stack:
        upstream = stack.enter_context(process("bench.relay_servers", "upstream"))
        dynamodb = stack.enter_context(process("bench.relay_servers", "dynamodb"))
        url = f"http://127.0.0.1:{upstream[1]}/v1"
        bare = stack.enter_context(process("bench.relay_servers", "bare", url, pinned=True))
        settings = environment(Settings, model_url=url) | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{dynamodb[1]}"}
        maru = stack.enter_context(process("bench.relay_maru", pinned=True, extra=settings))
        rows = [_row(case, count, maru, bare, dynamodb) for case in _CASES]
    report("relay", ("CPU per request, ms", "Maru", "bare relay", "ratio", "at most", "DynamoDB calls"), rows)


_MESSAGES = [{"role": "user", "content": "오늘 서울 날씨가 어때요? " * 20}]
_CASES: list[tuple[str, object, float]] = [
    ("whole completion", {"model": "default", "messages": _MESSAGES}, 3.5),
    ("100-token stream, burst", {"model": "default", "messages": _MESSAGES, "stream": True}, 6.0),
    ("100-token stream, paced", {"model": "default", "messages": _MESSAGES, "stream": True, "user": "paced"}, 6.0),
]


type Process = tuple[int, int]


def _row(case: tuple[str, object, float], count: int, maru: Process, bare: Process, dynamodb: Process) -> tuple[object, ...]:
    name, body, limit = case
    payload = json.dumps(body, ensure_ascii=False).encode()
    before = calls_of(dynamodb)
    ours = _cpu_ms(maru, payload, count)
    calls = (calls_of(dynamodb) - before) / (count + count // 4)
    theirs = _cpu_ms(bare, payload, count)
    return name, f"{ours:.2f}", f"{theirs:.2f}", f"{ours / theirs:.1f}", f"{limit:.1f}", f"{calls:.2f}"


def calls_of(dynamodb: Process) -> int:
    """How many calls the stand-in took."""
    with urllib.request.urlopen(f"http://127.0.0.1:{dynamodb[1]}/calls", timeout=10) as answer:
        return int(answer.read())


def _cpu_ms(process: Process, payload: bytes, count: int) -> float:
    pid, port = process
    asyncio.run(_drive(port, payload, count // 4))
    before = cpu_seconds(pid)
    asyncio.run(_drive(port, payload, count))
    return (cpu_seconds(pid) - before) / count * 1000


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def _drive(port: int, payload: bytes, count: int) -> None:
    left = iter(range(count))
    await asyncio.gather(*(_client(port, payload, left) for _ in range(_CONCURRENCY)))


async def _client(port: int, payload: bytes, left: Iterator[int]) -> None:
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\ncontent-type: application/json\r\n"
    request = f"{head}content-length: {len(payload)}\r\n\r\n".encode() + payload
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in left:
        writer.write(request)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        if b"transfer-encoding: chunked" in answer.lower():
            body = await reader.readuntil(b"0\r\n\r\n")
            assert b"[DONE]" in body
        else:
            await reader.readexactly(int(answer.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]))
    writer.close()
    await writer.wait_closed()


@contextmanager
def process(module: str, *arguments: str, pinned: bool = False, extra: dict[str, str] | None = None) -> Iterator[Process]:
    """A process and the port that it prints. The pinned ones have one core, everything else the others."""
    path = os.pathsep.join((str(ROOT / "layers/core/python"), str(ROOT)))
    mine = {CORE} if pinned else OTHERS
    child = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, **(extra or {})},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        os.sched_setaffinity(child.pid, mine)
        assert child.stdout
        port = int(child.stdout.readline())
        yield child.pid, port
    finally:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


if __name__ == "__main__":
    started = time.monotonic()
    main()
    print(f"({time.monotonic() - started:.0f} s)")
