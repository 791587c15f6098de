"""A child process of the local run: `python -m local.child MODULE ARGUMENTS…` runs MODULE and never outlives its parent.

The supervisor holds the other end of the child's standard input. When that end closes, however the supervisor died,
the child ends its whole process group: MiniStack's Lambda workers would otherwise stay behind and hold ports.
"""

import os
import runpy
import signal
import sys
import threading
from collections.abc import Callable

_LAST_WORDS: list[Callable[[], None]] = []


def before_orphaned_end(last_word: Callable[[], None]) -> None:
    """Have `last_word` called once when the parent is found dead, just before the group is killed."""
    _LAST_WORDS.append(last_word)


def _watch() -> None:
    while os.read(0, 4096):
        pass
    for last_word in _LAST_WORDS:
        last_word()
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> None:
    """Run the module named by the first argument as `__main__`, watching standard input meanwhile."""
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    threading.Thread(target=_watch, name="parent-watch", daemon=True).start()
    # Under `-m local.child` this file is `__main__`; modules that import `local.child` must find the same list.
    sys.modules["local.child"] = sys.modules["__main__"]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
