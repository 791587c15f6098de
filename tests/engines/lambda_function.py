"""An HTTP function as Lambda runs it: uvicorn with an ASGI app, the web adapter beside it, the Runtime API stand-in before both."""

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.engines.lambda_web_adapter import adapter
from tests.fakes.lambda_runtime_api import RuntimeApi
from tests.processes import bare_environment, free_port, start_python, stop

START_SECONDS = 40

ADAPTER_SETTINGS = {
    "AWS_LWA_INVOKE_MODE": "response_stream",
    "AWS_LWA_READINESS_CHECK_PATH": "/healthz",
    "AWS_LWA_READINESS_CHECK_HEALTHY_STATUS": "200-399",
}
"""What the stack sets for every HTTP function; `AWS_LWA_PORT` comes to it."""

SERVER_FLAGS = ["--no-access-log", "--log-level", "warning", "--no-server-header", "--no-proxy-headers", "--timeout-keep-alive", "3600"]
"""How uvicorn is started there."""

LAMBDA_SETTINGS = {
    "AWS_LAMBDA_FUNCTION_NAME": "maru-chat",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_FUNCTION_VERSION": "7",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/maru-chat",
    "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
    "AWS_REGION": "ap-northeast-2",
}


@dataclass
class LambdaFunction:
    """A started function; `api` hands it events."""

    api: RuntimeApi
    port: int
    log: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_adapter(self, binary: Path, env: Mapping[str, str]) -> None:
        """Starts the adapter; it ends by itself when the Runtime API is gone."""
        with self.log.open("ab") as out:
            self.processes.append(subprocess.Popen([binary], env=dict(env), stdout=out, stderr=out))

    def wait_until_ready(self) -> None:
        """Returns when the adapter asks for its first event, which it does once the app's readiness check passes."""
        until = time.monotonic() + START_SECONDS
        while not self.api.asked.wait(0.05):
            if time.monotonic() > until or any(process.poll() is not None for process in self.processes):
                raise RuntimeError(f"the function did not start: {self.api.init_error or ''}\n{self.output()[-4000:]}")

    def output(self) -> str:
        """What uvicorn, the app and the adapter have printed."""
        return self.log.read_text(errors="replace")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stops both processes meanwhile, as Lambda does between invocations."""
        for process in self.processes:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in self.processes:
                process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ends both processes."""
        for process in self.processes:
            stop(process, seconds=5)


@contextmanager
def lambda_function(
    app: str, *, env: Mapping[str, str] | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[LambdaFunction]:
    """Runs `module:attribute` as a function with the environment `env`; `settings` replace adapter settings."""
    binary = adapter()
    with tempfile.TemporaryDirectory() as scratch, RuntimeApi() as api:
        function = LambdaFunction(api, free_port(), Path(scratch) / "log")
        function.log.touch()
        environment = {
            **bare_environment(),
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "AWS_LWA_PORT": str(function.port),
            **LAMBDA_SETTINGS,
            **ADAPTER_SETTINGS,
            **(settings or {}),
            **(env or {}),
        }
        arguments = [app, "--host", "127.0.0.1", "--port", str(function.port), *SERVER_FLAGS]
        try:
            function.processes.append(start_python("uvicorn", *arguments, env=environment, log=function.log))
            function.start_adapter(binary, environment)
            function.wait_until_ready()
            yield function
        finally:
            function.stop()
