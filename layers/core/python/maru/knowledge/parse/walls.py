"""What keeps a process that reads untrusted documents off the network, put up from within it and never taken down again.

In their order, each put up wherever it can be: ``seccomp``, a filter of system calls that needs no privilege (Lambda and hardened
containers have it, on x86-64 and ARM); ``namespace``, a network of its own in which there is nothing, where the kernel lets a process
make one; ``interpreter``, which holds for Python code alone and everywhere. Programs that the process starts stand behind the first two.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Collection
from typing import Literal, get_args

type Wall = Literal["seccomp", "namespace", "interpreter"]

ORDER: tuple[Wall, ...] = get_args(Wall.__value__)

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES, _SET_FILTER, _FILTER = 38, 22, 2  # prctl(2)
_LOAD, _EQUALS, _AT_LEAST, _ANSWER = 0x20, 0x15, 0x35, 0x06  # BPF: ld [k], jeq k, jge k, ret k
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
_CALL, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_X32 = 0x40000000  # x86-64 has all of its calls a second time from here on
#: The kernel's names of architectures, and the numbers there of what reaches the network, or other processes and what they hold open:
#: socket, connect, bind, sendto, sendmsg, sendmmsg, ptrace, process_vm_writev, io_uring_setup, pidfd_getfd.
#: Source: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of Linux.
_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 49, 44, 46, 307, 101, 311, 425, 438)),
    "aarch64": (0xC00000B7, (198, 203, 200, 206, 211, 269, 117, 271, 425, 438)),
}
_SOCKETS = ("socket.", "urllib.Request", "http.client.", "ftplib.", "smtplib.", "imaplib.", "poplib.")


def put_up(wanted: Collection[Wall] = ORDER) -> list[Wall]:
    """Put up the walls that are ``wanted`` and can be; returns which stand. Call it before any library is loaded or thread started."""
    builders = {"seccomp": _seccomp, "namespace": _namespace, "interpreter": _interpreter}
    # A filter does not forbid a namespace; the namespace comes first so that no later filter could.
    stand = {wall for wall in ("namespace", "seccomp", "interpreter") if wall in wanted and builders[wall]()}
    return [wall for wall in ORDER if wall in stand]


def program(machine: str) -> bytes:
    """The filter for a machine (``platform.machine()``): it refuses with EPERM; calls of another architecture it refuses one and all.

    Raises KeyError for a machine whose calls are not written down here.
    """
    architecture, calls = _CALLS[machine]
    tests = [(_EQUALS, call) for call in calls]
    if machine == "x86_64":
        tests.insert(0, (_AT_LEAST, _X32))
    lines = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUALS, 0, len(tests) + 2, architecture), (_LOAD, 0, 0, _CALL)]
    # A test that holds jumps over the tests left and over the answer that allows.
    lines += [(code, len(tests) - place, 0, number) for place, (code, number) in enumerate(tests)]
    lines += [(_ANSWER, 0, 0, _ALLOW), (_ANSWER, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_char_p))


def _seccomp() -> bool:
    if sys.platform != "linux" or platform.machine() not in _CALLS:
        return False
    lines = program(platform.machine())
    control = ctypes.CDLL(None, use_errno=True).prctl
    control.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong)
    filter_ = _Program(len(lines) // 8, lines)
    if control(_NO_NEW_PRIVILEGES, 1, None, 0, 0):
        return False
    return int(control(_SET_FILTER, _FILTER, ctypes.addressof(filter_), 0, 0)) == 0


def _namespace() -> bool:
    try:
        os.unshare(_NEW_USER | _NEW_NET)
    except (OSError, AttributeError):
        return False
    return True


def _interpreter() -> bool:
    def refuse(event: str, _: object) -> None:
        if event.startswith(_SOCKETS):
            raise PermissionError(errno.EPERM, "documents are read without a network")

    sys.addaudithook(refuse)
    return True
