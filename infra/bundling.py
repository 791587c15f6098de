"""Code as Lambda takes it: functions and layers staged on the host by uv, without Docker, with bytecode that survives the zip."""

import atexit
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_

from infra import ROOT

PYTHON = "3.13"

#: uv's name for the wheels each architecture needs (Lambda's Amazon Linux 2023 has glibc 2.34).
_PLATFORM = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", "tests", "test")

#: What Lambda starts in an HTTP function; the web adapter's wrapper runs it in place of the Python runtime. Idle connections are the
#: adapter's to close, which it does after 4 s: were they uvicorn's, one might close in a thawed environment as a request comes in on it.
#: Nothing reads who is at the other end or by which scheme, so the headers of proxies are left alone.
_RUN = """#!/bin/sh
exec /var/lang/bin/python3 -m uvicorn functions.{name}.main:app --host 127.0.0.1 --port "$AWS_LWA_PORT" \\
    --no-access-log --log-level warning --no-server-header --no-proxy-headers --timeout-keep-alive 3600
"""


@cache
def _staging() -> Path:
    """A folder of this process alone: several may synthesise at once. The CDK copies each asset when it is declared."""
    folder = Path(tempfile.mkdtemp(prefix="maru-infra-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def function_code(name: str, *, http: bool, precompile: bool) -> lambda_.Code:
    """The asset of one function: its folder as the package `functions.{name}`, and `run.sh` for an HTTP function."""
    target = _emptied(_staging() / "functions" / name)
    shutil.copytree(ROOT / "functions" / name, target / "functions" / name, ignore=_IGNORED)
    if (ROOT / "functions" / "__init__.py").exists():
        shutil.copy(ROOT / "functions" / "__init__.py", target / "functions" / "__init__.py")
    if http:
        script = target / "run.sh"
        script.write_text(_RUN.format(name=name), encoding="utf-8")
        script.chmod(0o755)
    if precompile:
        _compile(target, "/var/task")
    return lambda_.Code.from_asset(str(target))


def core_code(*, precompile: bool) -> lambda_.Code:
    """The asset of the core layer: the package `maru` and the catalogue beside it."""
    target = _emptied(_staging() / "core") / "python"
    shutil.copytree(ROOT / "layers" / "core" / "python", target, ignore=_IGNORED)
    if (ROOT / "catalogue").is_dir():
        shutil.copytree(ROOT / "catalogue", target.parent / "catalogue", ignore=_IGNORED)
    if precompile:
        _compile(target, "/opt/python")
    return lambda_.Code.from_asset(str(target.parent))


def vendor_code(architecture: str) -> lambda_.Code:
    """The asset of the vendor layer: the locked packages for Lambda's platform. Its hash is that of what it is made from."""
    bundling = VendorBundling(ROOT / "layers" / "vendor" / "requirements.txt", architecture)
    return lambda_.Code.from_asset(
        str(ROOT / "layers" / "vendor"),
        asset_hash=bundling.fingerprint(),
        asset_hash_type=cdk.AssetHashType.CUSTOM,
        bundling=cdk.BundlingOptions(image=cdk.DockerImage.from_registry("unused"), local=bundling),
    )


def empty_code() -> lambda_.Code:
    """The vendor layer of the local run, whose packages are those of the environment it runs in."""
    target = _emptied(_staging() / "empty") / "python"
    target.mkdir()
    (target / "EMPTY").write_text("The local run's packages come from its own environment.\n", encoding="utf-8")
    return lambda_.Code.from_asset(str(target.parent))


@jsii.implements(cdk.ILocalBundling)
class VendorBundling:
    """Installs requirements for another architecture into `<out>/python` and precompiles them."""

    def __init__(self, requirements: Path, architecture: str) -> None:
        self._requirements, self._architecture = requirements, architecture

    def fingerprint(self) -> str:
        """Changes with the lock, the platform and this module."""
        digest = hashlib.sha256(self._requirements.read_bytes())
        for part in (self._architecture, PYTHON, Path(__file__).read_text(encoding="utf-8")):
            digest.update(b"\0" + part.encode())
        return digest.hexdigest()

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        """Called by the CDK in place of a Docker build."""
        target = Path(output_dir, "python")
        flags = ["--python-version", PYTHON, "--python-platform", _PLATFORM[self._architecture], "--only-binary", ":all:"]
        subprocess.run(
            [_uv(), "pip", "install", "--quiet", "--require-hashes", "--target", str(target), "-r", str(self._requirements), *flags],
            check=True,
        )
        _prune(target)
        _compile(target, "/opt/python", check=False)  # a package may carry a module for Python 2; nobody imports it
        return True


def _uv() -> str:
    return shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}") or "uv"


def _prune(target: Path) -> None:
    shutil.rmtree(target / "bin", ignore_errors=True)
    for folder in [path for path in target.rglob("*") if path.is_dir() and path.name in {"tests", "test", "__pycache__"}]:
        if "botocore/data" not in folder.as_posix():  # a service's model, not somebody's tests
            shutil.rmtree(folder, ignore_errors=True)


def _compile(target: Path, where: str, *, check: bool = True) -> None:
    # The CDK zips every asset with a fixed modification time, so ordinary bytecode would be judged stale on Lambda and
    # thrown away at each cold start; an unchecked-hash one is always used. Another minor version's would not even be read.
    if f"{sys.version_info.major}.{sys.version_info.minor}" != PYTHON:
        return
    command = [sys.executable, "-m", "compileall", "-q", "-j0", "--invalidation-mode", "unchecked-hash", "-s", str(target), "-p", where]
    subprocess.run(
        [*command, str(target)], check=check, stdout=None if check else subprocess.DEVNULL, env={**os.environ, "PYTHONHASHSEED": "0"}
    )


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
