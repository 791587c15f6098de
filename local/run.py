"""`make run`: the whole of Maru on this machine, started in order, watched, and stopped together."""

import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from infra import discovery, local_context
from local import assembly, aws, deploy, model_servers, sample_content, seed, space, told, vector_engines
from local.api import Api, Refused
from local.children import ROOT, Child, ChildFailed, Children
from local.home import Home, Taken, claim, port_of
from local.sign_in import NoProvider, SignIn
from scripts import console

DEFAULT_PORT = 8080
#: For children that run the repository's own code; Lambda's workers must find `maru` in their layer instead.
CORE = {"PYTHONPATH": str(ROOT / "layers" / "core" / "python")}


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C or SIGTERM."""


def main() -> None:
    """Start everything, say how to use it, wait for the end."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    environ = model_servers.environment(ROOT)
    try:
        told.check(environ)
        home = Home(Path(environ.get("MARU_HOME") or ROOT / ".maru"))
        port = port_of(environ.get("MARU_PORT") or str(DEFAULT_PORT))
        home.lock()
        if wrong := space.too_little(home.folder, space.TO_START):
            raise Taken(wrong)
        claim(port)
        children = Children(home.logs, home.children_lock())
    except (Taken, told.WrongSetting) as refused:
        raise SystemExit(str(refused)) from None
    run = Run(home, port, children, environ)
    try:
        run.start()
        run.watch()
    except Stopped:
        print("\nStopping · 멈추는 중 …", flush=True)
    except (ChildFailed, deploy.DeployError, assembly.SynthFailed, Refused, NoProvider) as failed:
        raise SystemExit(f"Maru could not start. 시작하지 못했습니다.\n{failed}") from None
    finally:
        _deaf()
        children.stop()
        home.run_file.unlink(missing_ok=True)


class Run:
    """One run, from the first child to the last line on the terminal."""

    def __init__(self, home: Home, port: int, children: Children, environ: dict[str, str]) -> None:
        self.home, self.port, self.children, self.environ = home, port, children, environ
        self.url = f"http://127.0.0.1:{port}"
        self.ports = home.ports(("aws", "models"))
        self.session: Any = None
        self._full = False

    def start(self) -> None:
        """Bring everything up in its order; what can start together does."""
        started = time.monotonic()
        self.home.run_file.unlink(missing_ok=True)
        embedded, models = self._start_aws(), self._start_models()
        self._say("template", "CDK 템플릿")
        folder, made = assembly.assembly()
        self._say("embedded AWS" + (" (template synthesised)" if made else ""), "내장 AWS")
        embedded.wait_until_answers(f"{self.aws_url}/_ministack/health")
        self.session = self._session()
        self._say("deployment", "배포")
        outputs = deploy.deploy(
            self.session, folder, local_context.stage().stack_name, region=local_context.REGION, parameters=self._parameters()
        )
        self._say("HTTP functions", "HTTP 함수")
        web = self._start_http(outputs)
        self._say("model server", "모델 서버")
        models.wait_until_answers(f"http://127.0.0.1:{self.ports['models']}/v1/models", seconds=300)
        web.wait_until_answers(f"{self.url}/healthz")
        access = seed.Seed(self.home, self.url, self.session, outputs, say=self._say).access()
        sample_content.load(self.home, Api(self.url, access.api_key), say=self._say)
        self._sweep(outputs)
        self._ready(access, outputs, time.monotonic() - started)

    def watch(self) -> None:
        """Wait; a model server that ends is started again, the end of anything else is the end of all."""
        while True:
            time.sleep(0.5)
            self._tell_room()
            child = self.children.ended()
            if child is None:
                continue
            if child.name != "models":
                raise ChildFailed(f"{child.name} ended (code {child.process.returncode}). Its log: {child.log}")
            print(f"The model server ended (code {child.process.returncode}); starting it again. Its log: {child.log}", flush=True)
            self.children.running.remove(child)
            time.sleep(2)
            self._start_models()

    def _tell_room(self) -> None:
        wrong = space.too_little(self.home.folder, space.TO_GO_ON)
        if wrong and not self._full:
            print(f"{wrong} Until then nothing new is taken. 디스크가 거의 찼습니다. 자리가 날 때까지 새것을 받지 않습니다.", flush=True)
        self._full = wrong is not None

    @property
    def aws_url(self) -> str:
        """Where the embedded AWS answers."""
        return f"http://127.0.0.1:{self.ports['aws']}"

    def _start_aws(self) -> Child:
        arguments = ("--port", str(self.ports["aws"]), "--home", str(self.home.folder), "--region", local_context.REGION)
        return self.children.start("aws", "local.aws", *arguments)

    def _start_models(self) -> Child:
        arguments = ("--port", str(self.ports["models"]), "--home", str(ROOT / ".cache" / "models"))
        return self.children.start("models", "local.models", *arguments, environment=CORE)

    def _start_http(self, outputs: dict[str, str]) -> Child:
        functions = self.session.client("lambda")
        settings: dict[str, Any] = {}
        for folder in discovery.functions():
            if folder.http:
                configuration = functions.get_function_configuration(FunctionName=outputs[f"{folder.name.title()}Function"])
                settings[folder.name] = configuration["Environment"]["Variables"]
        settings["admin"] |= told.second_currency(self.environ)
        if sign_in := SignIn.of(self.environ):
            settings = {name: one | sign_in.settings() for name, one in settings.items()}
        self.home.write("settings.json", settings)
        self.home.write("console.json", sign_in.config() if sign_in else {"sign_in": None})
        arguments = ["--port", str(self.port), "--settings", str(self.home.folder / "settings.json")]
        arguments += ["--console-config", str(self.home.folder / "console.json")]
        if built := console.built():
            arguments += ["--console", str(built)]
        return self.children.start("http", "local.http", *arguments, environment=self._http_environment())

    def _http_environment(self) -> dict[str, str]:
        wanted = ("AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        embedded = aws.environment(self.ports["aws"], self.home.folder, local_context.REGION)
        return {name: embedded[name] for name in wanted} | CORE

    def _session(self) -> Any:
        import boto3

        environment = self._http_environment()
        del environment["PYTHONPATH"]
        os.environ.update(environment)  # botocore's way to be told an endpoint for all services
        return boto3.Session()

    def _parameters(self) -> dict[str, str]:
        here = {
            "AwsEndpoint": self.aws_url,
            "DataDir": str(self.home.folder / "data"),
            "LocalUrl": f"http://127.0.0.1:{self.ports['models']}/v1",
            # One parameter stands in the template's list, for as many hosts as there are.
            "SourceHosts": json.dumps(self.environ.get("MARU_SOURCE_HOSTS", "").split())[2:-2],
            "DataUrl": self.environ.get("MARU_DATA_URL", ""),
            "VectorEngines": self._engines(),
        }
        return {name: value for name, value in (here | model_servers.parameters(self.environ)).items() if name in local_context.PARAMETERS}

    def _engines(self) -> str:
        named = vector_engines.parsed(self.environ.get("MARU_VECTOR_ENGINES", ""))
        return vector_engines.kept(named, self.session.client("secretsmanager"))

    def _sweep(self, outputs: dict[str, str]) -> None:
        """Documents and runs of chains that an earlier run left unfinished are taken up now, not in five minutes."""
        payloads = {"IngestFunction": b'{"task": "sweep", "all": true}', "StepFunction": b'{"task": "sweep", "at_start": true}'}
        for function, payload in payloads.items():
            self.session.client("lambda").invoke(FunctionName=outputs[function], InvocationType="Event", Payload=payload)

    def _ready(self, access: seed.Access, outputs: dict[str, str], seconds: float) -> None:
        client = self.session.client("cognito-idp").describe_user_pool_client(
            UserPoolId=outputs["UserPoolId"], ClientId=outputs["ClientId"]
        )["UserPoolClient"]
        known = {
            "url": self.url,
            "api_key": access.api_key,
            "admin_key": access.admin_key,
            "pid": os.getpid(),
            "token_url": outputs["TokenUrl"],
            "client_id": client["ClientId"],
            "client_secret": client["ClientSecret"],
        }
        self.home.write(self.home.run_file.name, known)
        print(_welcome(self.url, access, seconds, (self._model_line(), self._console_line())), flush=True)

    def _model_line(self) -> str:
        if self.environ.get("MARU_MODEL_URL"):
            return f"Answers come from {self.environ['MARU_MODEL_URL']} (MARU_MODEL_URL)."
        for server in model_servers.nearby(but=self.port):
            name = server.models[0] if server.models else "NAME"
            return f"{server.name} answers at {server.url}. To use it: MARU_MODEL_URL={server.url} MARU_MODEL_NAME={name} make run"
        return "Answers come from the bundled extractive reader. For a real model: MARU_MODEL_URL=http://host:port/v1 make run"

    def _console_line(self) -> str:
        if console.built():
            return f"The console: open {self.url}/ and sign in with a key. 콘솔: 브라우저로 열고 키로 로그인하세요."
        return "The console is not built; `make run` builds it where npm reaches its registry. 콘솔이 아직 없습니다."

    def _say(self, what: str, korean: str) -> None:
        print(f"  … {what} · {korean}", flush=True)


def _welcome(url: str, access: seed.Access, seconds: float, more: Sequence[str]) -> str:
    lines = "\n  ".join(more)
    return f"""
Maru is ready ({seconds:.1f} s) · 마루가 준비되었습니다
  URL          {url}        (docs: {url}/docs)
  api key      {access.api_key}     (minji, group hr)
  second key   {access.second_key}     (alex, group engineering)
  admin key    {access.admin_key}     (operator)
  {lines}

Try it · 시험해 보기:
  curl -N {url}/v1/agents/hr-assistant/chat -H 'Authorization: Bearer {access.api_key}' \\
    -H 'Content-Type: application/json' -d '{{"message": "연차 휴가는 며칠인가요?", "stream": true}}'

Ctrl-C stops everything · Ctrl-C로 모두 멈춥니다.
"""


def _stop(_: int, __: FrameType | None) -> None:
    raise Stopped


def _deaf() -> None:
    """A second Ctrl-C must not cut the saving of the state short."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    main()
