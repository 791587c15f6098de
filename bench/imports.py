"""What starting each HTTP function's application costs: CPU time of its import and the process's peak memory.

    python -m bench.imports [--write]

Bytecode is there, as on Lambda: the first of the runs makes it and is not counted. Each run is a fresh interpreter; the median counts.
"""

import compileall
import os
import statistics
import subprocess
import sys
from pathlib import Path

from bench.report import report

ROOT = Path(__file__).parents[1]
_RUNS = 5
_PROGRAM = """
import resource, time
begin = time.process_time()
import functions.{name}.app
cpu = time.process_time() - begin
print(cpu * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main() -> None:
    """Print the table."""
    for folder in (ROOT / "layers/core/python", ROOT / "functions"):
        compileall.compile_dir(folder, quiet=2)
    rows = []
    for path in sorted((ROOT / "functions").glob("*/main.py")):
        name = path.parent.name
        runs = [_run(name) for _ in range(_RUNS + 1)][1:]
        cpu, memory = (statistics.median(values) for values in zip(*runs, strict=True))
        rows.append((name, f"{cpu:.0f}", f"{memory:.0f}"))
    report("imports", ("application", "CPU of the import, ms (at most 600)", "peak memory, MiB (at most 100)"), rows)


def _run(name: str) -> tuple[float, float]:
    path = os.pathsep.join((str(ROOT / "layers/core/python"), str(ROOT)))
    environment = {**os.environ, "PYTHONPATH": path, "AWS_DEFAULT_REGION": "ap-northeast-2"}
    answer = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(name=name)], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    cpu, memory = answer.stdout.split()
    return float(cpu), float(memory)


if __name__ == "__main__":
    main()
