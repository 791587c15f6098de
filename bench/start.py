"""Seconds until `make run` is ready in a new home and again in the same one, and until SIGTERM has stopped it.

python -m bench.start [--write]
"""

import signal
import tempfile
import time
from pathlib import Path

from bench.report import report
from tests.engines.maru import session

_STARTS = 4


def main() -> None:
    """Print the table of figures."""
    ready, stopped = [], []
    with tempfile.TemporaryDirectory(prefix="maru-bench-") as folder, session(Path(folder)) as current:
        for _ in range(_STARTS):
            began = time.perf_counter()
            current.start()
            ready.append(time.perf_counter() - began)
            began = time.perf_counter()
            current.stop(signal.SIGTERM)
            stopped.append(time.perf_counter() - began)
    later = sorted(ready[1:])
    rows = [
        ("first start, sample documents read included: s to ready", f"{ready[0]:.1f}", "-"),
        (f"second start: s to ready (median of {len(later)}, the slowest)", f"{later[len(later) // 2]:.1f}, {later[-1]:.1f}", "<= 15"),
        ("SIGTERM to the end of the last process: s (slowest)", f"{max(stopped):.1f}", "-"),
    ]
    report("start", ("figure", "reached", "at least"), rows)


if __name__ == "__main__":
    main()
