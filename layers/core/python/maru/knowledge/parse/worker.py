"""The process that reads one untrusted document after another for `limited`, under limits it sets itself.

Requests on standard input: 8 bytes length, JSON `{filename, content_type, ocr, recognised, cpu_seconds, memory}`, 8 bytes length,
the document; or instead of its name `{unread: true, …}` for the numbers of pages that want text recognition, `{pictures: numbers, …}`
for pages as pictures, `{walls: true, …}` for what keeps it off the network. Answers on standard output: 8 bytes length, JSON
`{document}`, `{unread}`, `{pictures}`, `{walls}` or `{failed: {code, message, detail}}`, with `last` where this process ends after it.
"""

import json
import os
import resource
import signal
import sys
import traceback
from base64 import b64encode
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from maru.knowledge.parse import parse
from maru.knowledge.parse.model import ParseFailed, damaged, too_large
from maru.knowledge.parse.ocr import Ocr, Recognised, Recogniser
from maru.knowledge.parse.walls import Wall, put_up

_RECURSION = 4000  # frames: nested elements of pages and documents
_LARGEST = 4_000_000  # bytes of a file that it may write: compiled modules, nothing of a document
_WORN = 700_000  # KiB of peak memory after which a process is not used again


def main() -> None:
    """Serve requests until the input ends. Whatever a library prints goes nowhere."""
    source = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides; it closes the input when it goes
    sys.setrecursionlimit(_RECURSION)
    walls = _confine()
    while (head := _frame(source)) is not None:
        answer = _answer(json.loads(head), _frame(source) or b"", walls)
        payload = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        answers.write(len(payload).to_bytes(8, "big") + payload)
        answers.flush()
        if answer["last"]:
            return
        del answer, payload


def _confine() -> list[Wall]:
    """No core dumps, no large files written, few opened, and no network: what keeps it off."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, _LARGEST)
    _limit(resource.RLIMIT_NOFILE, 64)
    return put_up()


def _limit(kind: int, wanted: int) -> None:
    """Sets the soft limit only, never above the hard one that holds here already."""
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _frame(source: BinaryIO) -> bytes | None:
    size = source.read(8)
    return source.read(int.from_bytes(size, "big")) if len(size) == 8 else None


def _answer(request: dict[str, Any], data: bytes, walls: list[Wall]) -> dict[str, Any]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + request["cpu_seconds"]) + 1)
    _limit(resource.RLIMIT_AS, request["memory"])
    worn = False
    try:
        answer = {"walls": walls} if "walls" in request else _done(request, data)
    except ParseFailed as failed:
        answer = _failed(failed)
    except MemoryError:
        worn = True
        answer = _failed(too_large(f"reading it needs more than {request['memory'] // 1_000_000:,} MB of memory"))
    except Exception as unforeseen:  # noqa: BLE001 - the edge of this process: one broken file must not end the next one's reader
        answer = _failed(damaged("document"), unforeseen)
    return {**answer, "last": worn or _peak() > _WORN}


def _done(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    if "unread" in request:
        return {"unread": import_module("maru.knowledge.parse.pdf_pictures").unread_of(data)}
    if "pictures" in request:
        pictures_of = import_module("maru.knowledge.parse.pdf_pictures").pictures_of
        return {"pictures": [b64encode(png).decode() for png in pictures_of(data, request["pictures"])]}
    ocr: Ocr | Recognised | None = Ocr(**request["ocr"]) if request.get("ocr") else None
    if request.get("recognised") is not None:
        pages = {int(number): blocks for number, blocks in request["recognised"].items()}
        ocr = Recognised(pages, Recogniser(ocr) if isinstance(ocr, Ocr) else None)
    return {"document": parse(data, filename=request["filename"], content_type=request["content_type"], ocr=ocr).to_json()}


def _peak() -> int:
    """The most memory this process has had, in KiB; `ru_maxrss` would begin at what the starting process had."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _failed(failed: ParseFailed, unforeseen: Exception | None = None) -> dict[str, Any]:
    detail = None
    if unforeseen is not None:
        frame = traceback.extract_tb(unforeseen.__traceback__)[-1]
        detail = f"{type(unforeseen).__name__} at {os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - a name, no path
    return {"failed": {"code": failed.code, "message": failed.message, "detail": detail}}


if __name__ == "__main__":
    main()
