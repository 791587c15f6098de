"""What is mended of MiniStack, on a running one: an upgrade that changes its inside turns this red."""

import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pytest

from local.aws import environment
from tests.engines.ministack import REGION, EmbeddedAws, embedded_aws
from tests.processes import ROOT, bare_environment, free_port

pytestmark = pytest.mark.live

HANDLER = b"class Broken(Exception):\n    pass\n\ndef handler(event, context):\n    raise Broken('no')\n"


def test_an_exceptions_class_reaches_the_caller() -> None:
    with embedded_aws() as running:
        functions = running.client("lambda")
        functions.create_function(
            FunctionName="broken",
            Runtime="python3.13",
            Handler="index.handler",
            Role=f"arn:aws:iam::000000000000:role/{REGION}",
            Code={"ZipFile": _zipped(HANDLER)},
        )
        answer = functions.invoke(FunctionName="broken", Payload=b"{}")
        assert answer["FunctionError"]
        assert json.load(answer["Payload"])["errorType"] == "Broken"
        functions.close()


def test_state_is_on_disk_two_seconds_later_and_a_kill_9_does_not_lose_it(tmp_path: Path) -> None:
    port = free_port()
    process = _start(tmp_path, port)
    client = EmbeddedAws(f"http://127.0.0.1:{port}").client("sqs")
    url = client.create_queue(QueueName="kept")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="one")
    deadline = time.monotonic() + 20
    while "one" not in _state(tmp_path, "sqs"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    again = _start(tmp_path, port)
    try:
        assert client.receive_message(QueueUrl=url, WaitTimeSeconds=2)["Messages"][0]["Body"] == "one"
    finally:
        client.close()
        os.killpg(again.pid, signal.SIGKILL)
        again.wait()


def _start(home: Path, port: int) -> subprocess.Popen[bytes]:
    arguments = ["--port", str(port), "--home", str(home), "--region", REGION]
    command = [sys.executable, "-m", "local.child", "local.aws", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=bare_environment(), stdin=subprocess.PIPE, start_new_session=True)
    deadline = time.monotonic() + 40
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health", timeout=2).close()
        except OSError:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        else:
            return process


def _state(home: Path, service: str) -> str:
    path = Path(environment(0, home, REGION)["STATE_DIR"]) / f"{service}.json"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _zipped(code: bytes) -> bytes:
    buffer: Any = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", code)
    return bytes(buffer.getvalue())
