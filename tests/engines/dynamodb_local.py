"""AWS's own DynamoDB Local as one plain Java process in memory: fetched by Maven once, then started in seconds."""

import fcntl
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines import opensearch_recipe as recipe
from tests.engines.ministack import EmbeddedAws
from tests.processes import free_port
from tests.tools import require_tool

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "dynamodb-local"
_ARTEFACT = "com.amazonaws:DynamoDBLocal:2.6.0"
_MAIN = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner"


@contextmanager
def dynamodb_local() -> Iterator[EmbeddedAws]:
    """A fresh one; skips where Java is missing."""
    jars, port = build(), free_port()
    # It lives for a minute: code that is compiled well costs more than it saves.
    frugal = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    command = [str(require_tool("java")), "-Xmx512m", *frugal, f"-Djava.library.path={jars}", "-cp", f"{jars}/*", _MAIN]
    process = subprocess.Popen(
        [*command, "-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, f"http://127.0.0.1:{port}")
        yield EmbeddedAws(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()


def build() -> Path:
    """The folder of its jars and native libraries; neither Maven nor the network is touched when it is there."""
    java = require_tool("java")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done, jars = CACHE / ".recipe", CACHE / "jars"
        if not done.exists() or done.read_text() != _ARTEFACT:
            shutil.rmtree(jars, ignore_errors=True)
            (CACHE / "pom.xml").write_text(recipe.pom("dynamodb-local", (_ARTEFACT,), str(jars), "jar"))
            maven = [str(require_tool("mvn")), "-q", "-B", "-ntp", "-f", str(CACHE / "pom.xml"), "package"]
            ran = subprocess.run(maven, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=900)
            if ran.returncode:
                raise RuntimeError(f"Maven could not fetch DynamoDB Local:\n{ran.stdout[-3000:]}")
            done.write_text(_ARTEFACT)
    assert java
    return CACHE / "jars"


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(url, json.dumps({}).encode(), timeout=2).close()
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"DynamoDB Local does not answer (exit code {process.poll()})")
