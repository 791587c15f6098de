"""No parser reaches the network: each wall alone holds, the filter is right for every machine, and every reader stands behind them."""

import errno
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from maru.knowledge.parse.limited import Parser
from maru.knowledge.parse.model import ParseFailed
from maru.knowledge.parse.walls import ORDER, program

#: Puts up one wall, then tries to reach a server that listens, from Python, from C, and from a program that it starts.
TRIES = """
import ctypes, json, socket, struct, subprocess, sys
from maru.knowledge.parse.walls import put_up
wall, port = sys.argv[1], int(sys.argv[2])
stands = put_up([wall] if wall != "none" else [])

def python():
    try:
        socket.create_connection(("127.0.0.1", port), timeout=30).close()
    except OSError:
        return False
    return True

def native():
    libc = ctypes.CDLL(None, use_errno=True)
    one = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    address = struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton("127.0.0.1") + bytes(8)
    return one >= 0 and libc.connect(one, address, len(address)) == 0

def started():
    code = f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=30)"
    return subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode == 0

print(json.dumps({"stands": stands, "reached": [one.__name__ for one in (python, native, started) if one()]}))
"""
#: What each wall holds back: all three ways, or Python's own.
HELD = {"none": set(), "seccomp": {"python", "native", "started"}, "namespace": {"python", "native", "started"}, "interpreter": {"python"}}


@pytest.mark.parametrize("wall", HELD)
def test_each_wall_alone_holds(wall: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        path = os.pathsep.join(one for one in sys.path if one)
        done = subprocess.run(
            [sys.executable, "-c", TRIES, wall, port], capture_output=True, check=False, text=True, env={"PYTHONPATH": path}
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    if wall == "namespace" and not told["stands"]:
        pytest.skip("this kernel lets no process make a network namespace: the other walls stand for it")
    assert told["stands"] == ([wall] if wall != "none" else [])
    assert {"python", "native", "started"} - set(told["reached"]) == HELD[wall]


def test_a_parser_tells_its_walls_and_one_holds_against_native_code() -> None:
    with Parser() as parser:
        walls = parser.walls()
    assert walls == [one for one in ORDER if one in walls], "in their order"
    assert "interpreter" in walls
    assert {"seccomp", "namespace"} & set(walls), "Linux on x86-64 and ARM has the first without any privilege"


#: A library that a parser loads, as somebody who got into it would have it: it tells in its error what it could reach.
LIBRARY = """
import ctypes, socket
native = ctypes.CDLL(None).socket(socket.AF_INET, socket.SOCK_STREAM, 0) >= 0 and ctypes.CDLL(None).socket(socket.AF_INET6, 2, 0) >= 0
try:
    socket.create_connection(("127.0.0.1", PORT), timeout=30)
    python = True
except OSError:
    python = False
raise type(f"Python_{python}_native_{native}", (Exception,), {})
"""


def test_a_library_that_a_parser_loads_opens_no_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        for library in ("defusedxml", "lxml", "pypdf", "pypdfium2", "pdfplumber", "bs4", "selectolax", "html5lib"):
            (tmp_path / f"{library}.py").write_text(LIBRARY.replace("PORT", str(server.getsockname()[1])))
        monkeypatch.syspath_prepend(str(tmp_path))
        with Parser() as parser:
            if "seccomp" not in parser.walls():
                pytest.skip("no filter of system calls here: in a namespace a socket can be opened, and leads nowhere")
            with pytest.raises(ParseFailed) as failed:
                parser.parse(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", filename="x.pdf")
    assert (failed.value.detail or "").startswith("Python_False_native_False at "), failed.value.detail


@pytest.mark.parametrize(("filename", "data"), [("a.txt", b"plain"), ("a.md", b"# head\n\ntext")])
def test_plain_texts_are_read_behind_the_walls_too(filename: str, data: bytes) -> None:
    with Parser() as parser:
        assert parser.parse(data, filename=filename).text
        assert parser._idle, "a process of its own has read it"


#: Numbers of calls that no filter may touch: read, write, mmap, exit_group; then those of the network.
CALLS = {
    "x86_64": (0xC000003E, (0, 1, 9, 231, 59, 53), {"socket": 41, "connect": 42, "sendto": 44, "sendmsg": 46, "bind": 49, "io_uring": 425}),
    "aarch64": (0xC00000B7, (63, 64, 222, 94, 221, 199), {"socket": 198, "bind": 200, "connect": 203, "sendto": 206, "sendmsg": 211}),
}


@pytest.mark.parametrize("machine", CALLS)
def test_the_filter_refuses_the_network_and_nothing_else(machine: str) -> None:
    architecture, harmless, network = CALLS[machine]
    lines = program(machine)
    assert {call: _decided(lines, architecture, call) for call in harmless} == dict.fromkeys(harmless, 0x7FFF0000)
    refused = 0x00050000 | errno.EPERM
    assert {name: _decided(lines, architecture, call) for name, call in network.items()} == dict.fromkeys(network, refused)
    assert sum(_decided(lines, architecture, call) == refused for call in range(1000)) == 10
    foreign = 0x40000003  # i386, whose calls have other numbers
    assert _decided(lines, foreign, harmless[0]) == refused
    if machine == "x86_64":
        assert _decided(lines, architecture, 0x40000000 + 41) == refused, "the same call of the x32 interface"


def _decided(lines: bytes, architecture: int, call: int) -> int:
    """What the kernel would answer: classic BPF as far as the filter speaks it."""
    data, held, at = struct.pack("=II", call, architecture), 0, 0
    while True:
        code, yes, no, value = struct.unpack_from("=HBBI", lines, 8 * at)
        at += 1
        match code:
            case 0x20:
                (held,) = struct.unpack_from("=I", data, value)
            case 0x15:
                at += yes if held == value else no
            case 0x35:
                at += yes if held >= value else no
            case 0x06:
                return int(value)
            case _:
                raise AssertionError(f"unknown instruction {code:#x}")
