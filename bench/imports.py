"""What starting each HTTP function's application costs: CPU time of its import, of its making, and the process's peak memory.

    python -m bench.imports [--write]

Bytecode is there, as on Lambda: the first of the runs makes it and is not counted. Each run is a fresh interpreter; the median counts.
"""

import compileall
import importlib
import os
import statistics
import subprocess
import sys

from bench.report import report
from bench.stand_ins import ROOT, environment

_RUNS = 5
_PROGRAM = """
import resource, time
begin = time.process_time()
import functions.{name}.app
imported, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
import functions.{name}.main
print((imported - begin) * 1000, (time.process_time() - imported) * 1000, memory / 1024)
"""


def main() -> None:
    """Print the table."""
    for folder in (ROOT / "layers/core/python", ROOT / "functions"):
        compileall.compile_dir(folder, quiet=2)
    rows = []
    for path in sorted((ROOT / "functions").glob("*/main.py")):
        name = path.parent.name
        runs = [_run(name) for _ in range(_RUNS + 1)][1:]
        cpu, made, memory = (statistics.median(values) for values in zip(*runs, strict=True))
        rows.append((name, f"{cpu:.0f}", f"{memory:.0f}", f"{made:.0f}"))
    header = (
        "application",
        "CPU of the import, ms (at most 600)",
        "peak memory, MiB (at most 100)",
        "CPU of making it, AWS clients included, ms",
    )
    report("imports", header, rows)


def _run(name: str) -> tuple[float, ...]:
    path = os.pathsep.join((str(ROOT / "layers/core/python"), str(ROOT)))
    settings = importlib.import_module(f"functions.{name}.settings").Settings
    environ = {**os.environ, "PYTHONPATH": path, **environment(settings, model_url="http://127.0.0.1:1/v1")}
    answer = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(name=name)], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    return tuple(map(float, answer.stdout.split()))


if __name__ == "__main__":
    main()
