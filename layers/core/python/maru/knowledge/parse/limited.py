"""Reads untrusted documents under limits of time, memory and size, in a warm process that is replaced when it hangs or dies."""

import atexit
import functools
import io
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from maru.knowledge.parse.model import ParsedDocument, ParseFailed, damaged, timed_out, too_large
from maru.knowledge.parse.ocr import PLACES, Ocr, Recognised

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: seconds on the clock and of the processor, bytes of address space, of input and of output."""

    seconds: float = 120.0
    cpu_seconds: float = 100.0
    memory: int = 2_000_000_000
    input_bytes: int = 512 * 1024 * 1024
    output_bytes: int = 128_000_000


class Parser:
    """Keeps a warm process for every document that is read at the same time. Usable from several threads; close it at the end."""

    def __init__(self, limits: Limits | None = None, *, ocr: Ocr | None = None) -> None:
        self._limits = limits or Limits()
        self._ocr = asdict(ocr) if ocr else None
        self._idle: list[_Process] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the idle processes."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()

    def parse(
        self,
        source: bytes | Path,
        *,
        filename: str,
        content_type: str | None = None,
        recognised: Recognised | None = None,
        otherwise: Ocr | None = None,
    ) -> ParsedDocument:
        """As `maru.knowledge.parse.parse`, but every document ends: also in ParseFailed timed_out, too_large or damaged (a crash).

        `recognised` is what stands on those pages of a PDF that are pictures, where somebody read them before; `otherwise` is what
        reads the others of them.
        """
        pages = recognised.pages if recognised else None
        request = {
            "filename": filename,
            "content_type": content_type,
            "ocr": asdict(otherwise) if otherwise else self._ocr,
            "recognised": pages,
        }
        return ParsedDocument.from_json(self._asked(source, request)["document"])

    def walls(self) -> list[str]:
        """What keeps the processes that read documents off the network (`walls`), the strongest first."""
        stand: list[str] = self._asked(b"", {"walls": True})["walls"]
        return stand

    def unread(self, source: bytes | Path) -> list[int]:
        """Numbers of a PDF's pages that text recognition is for."""
        numbers: list[int] = self._asked(source, {"unread": True})["unread"]
        return numbers

    def pictures(self, source: bytes | Path, numbers: Sequence[int]) -> list[bytes]:
        """Pages of a PDF as PNG pictures."""
        return [b64decode(png) for png in self._asked(source, {"pictures": list(numbers)})["pictures"]]

    def _asked(self, source: bytes | Path, request: dict[str, Any]) -> dict[str, Any]:
        size = self._size(source)
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
            return self._in_process(stream, size, request)

    def _size(self, source: bytes | Path) -> int:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > self._limits.input_bytes:
            raise too_large(f"it has more than {self._limits.input_bytes // 1_000_000} MB")
        return size

    def _in_process(self, stream: BinaryIO, size: int, request: dict[str, Any]) -> dict[str, Any]:
        process = self._take()
        try:
            answer = process.ask(
                {**request, "cpu_seconds": self._limits.cpu_seconds, "memory": self._limits.memory}, stream, size, self._limits
            )
        except BaseException:
            process.end()
            raise
        if answer["last"]:
            process.end()
        else:
            with self._lock:
                self._idle.append(process)
        if "failed" in answer:
            raise ParseFailed(answer["failed"]["code"], answer["failed"]["message"], detail=answer["failed"]["detail"])
        return answer

    def _take(self) -> "_Process":
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.alive():
                    return process
                process.end()
        return _Process()


def parse_limited(source: bytes | Path, *, filename: str, content_type: str | None = None, ocr: Ocr | None = None) -> ParsedDocument:
    """`Parser.parse` under the default limits, with processes that all calls of this process share."""
    return shared(ocr).parse(source, filename=filename, content_type=content_type)


@functools.cache
def shared(ocr: Ocr | None) -> Parser:
    """The parser that all calls of this process use."""
    parser = Parser(ocr=ocr)
    atexit.register(parser.close)
    return parser


class _Process:
    """One `worker` and its two pipes. It gets no variable of our environment but what the interpreter needs to start: no credentials."""

    def __init__(self) -> None:
        inherited = {name: os.environ[name] for name in PLACES if name in os.environ}
        self._child = subprocess.Popen(
            [sys.executable, "-s", "-m", "maru.knowledge.parse.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", **inherited},
        )
        for pipe in self._pipes():
            os.set_blocking(pipe, False)

    def _pipes(self) -> tuple[int, int]:
        if self._child.stdin is None or self._child.stdout is None:
            raise RuntimeError("a worker has two pipes")
        return self._child.stdin.fileno(), self._child.stdout.fileno()

    def alive(self) -> bool:
        return self._child.poll() is None

    def end(self) -> None:
        self._child.kill()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()
        self._child.wait()

    def ask(self, request: dict[str, Any], stream: BinaryIO, size: int, limits: Limits) -> dict[str, Any]:
        """The worker's answer. ParseFailed where there is none in time, or where it is too long."""
        deadline = time.monotonic() + limits.seconds
        blocks = _request(request, stream, size)
        answer = bytearray()
        pending = memoryview(b"")
        into, out_of = self._pipes()
        with selectors.DefaultSelector() as ready:
            ready.register(into, selectors.EVENT_WRITE)
            ready.register(out_of, selectors.EVENT_READ)
            while len(answer) < 8 or len(answer) < 8 + int.from_bytes(answer[:8], "big"):
                left = deadline - time.monotonic()
                events = ready.select(left) if left > 0 else []
                if not events:
                    raise timed_out(limits.seconds)
                for key, _ in events:
                    if key.fd == out_of:
                        self._receive(answer, limits)
                        continue
                    pending = _send(into, pending or memoryview(next(blocks, b"")))
                    if pending is _DONE:
                        ready.unregister(into)
        decoded: dict[str, Any] = json.loads(answer[8:])
        return decoded

    def _receive(self, answer: bytearray, limits: Limits) -> None:
        block = os.read(self._pipes()[1], _BLOCK)
        answer += block
        if not block:
            raise self._death(limits)
        if int.from_bytes(answer[:8], "big") > limits.output_bytes and len(answer) >= 8:
            raise too_large(f"its text has more than {limits.output_bytes // 1_000_000} MB")

    def _death(self, limits: Limits) -> ParseFailed:
        _, status, used = os.wait4(self._child.pid, 0)
        code = self._child.returncode = os.waitstatus_to_exitcode(status)
        if code == -signal.SIGXCPU:
            return timed_out(limits.cpu_seconds)
        if code == -signal.SIGABRT and used.ru_maxrss * 1024 > limits.memory // 2:  # libraries in C++ give up where there is no more
            return too_large(f"reading it needs more than {limits.memory // 1_000_000:,} MB of memory")
        failed = damaged("document")
        return ParseFailed(failed.code, failed.message, detail=f"the worker ended with status {code}")


_DONE = memoryview(b"")


def _request(request: dict[str, Any], stream: BinaryIO, size: int) -> Iterator[bytes]:
    head = json.dumps(request).encode()
    yield len(head).to_bytes(8, "big") + head + size.to_bytes(8, "big")
    while block := stream.read(_BLOCK):
        yield block


def _send(pipe: int, data: memoryview) -> memoryview:
    """What is left of `data` after the pipe took what it could; `_DONE` where there was nothing or nobody listens any more."""
    if not data:
        return _DONE
    try:
        return data[os.write(pipe, data) :]
    except BrokenPipeError:
        return _DONE  # the answer's end tells why
