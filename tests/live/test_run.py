"""`make run` itself: what it tells, how it ends, what a restart and a kill -9 leave."""

import base64
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.api import Api
from local.aws import FLUSH_SECONDS
from tests.engines.maru import Maru, Session, session
from tests.processes import ROOT, bare_environment, free_port

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A home that these tests start and stop."""
    with session(tmp_path_factory.mktemp("own")) as current:
        yield current


def test_run_json_says_how_to_use_it(maru: Maru) -> None:
    assert set(maru.run) == {"url", "api_key", "admin_key", "pid", "token_url", "client_id", "client_secret"}
    assert (maru.home / "run.json").stat().st_mode & 0o077 == 0
    assert maru.minji.call("GET", "/v1/models")["data"]
    assert "demo" in {tenant["id"] for tenant in maru.operator.call("GET", "/v1/tenants")["data"]}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/docs"])
def test_open_paths_answer_without_a_key(maru: Maru, path: str) -> None:
    with urllib.request.urlopen(maru.url + path, timeout=10) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("bearer", ["", "mk_0000000000000000_wrong", "eyJhbGciOiJub25lIn0.e30."])
def test_without_a_right_key_every_path_is_401_in_openais_shape(maru: Maru, bearer: str) -> None:
    request = urllib.request.Request(f"{maru.url}/v1/models", headers={"Authorization": f"Bearer {bearer}"} if bearer else {})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    with caught.value as answer:
        assert answer.status == 401
        assert set(json.load(answer)["error"]) == {"message", "type", "param", "code"}


def test_a_client_credentials_token_is_a_bearer_and_a_tampered_one_is_not(maru: Maru) -> None:
    token = _token(maru.run)["access_token"]
    head = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert head["alg"] == "RS256"
    assert head["kid"]
    assert Api(maru.url, token).call("GET", "/v1/models")["data"]
    header, claims, signature = token.split(".")
    changed = json.loads(base64.urlsafe_b64decode(claims + "=="))
    changed["scope"] += " maru/operator"
    forged = base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")
    assert Api(maru.url, f"{header}.{forged}.{signature}").call("GET", "/v1/models", expected=(401,)) is None


def test_the_samples_are_there_and_rights_hold_for_them(maru: Maru) -> None:
    stores = {store["name"]: store for store in maru.minji.call("GET", "/v1/vector_stores")["data"]}
    assert stores["hr"]["file_counts"]["failed"] == 0
    assert stores["hr"]["file_counts"]["completed"] == 3
    query = {"query": "과장의 기본 연봉 상한은 얼마인가요?"}
    found = [{hit["filename"] for hit in _search(api, stores["hr"]["id"], query)} for api in (maru.minji, maru.alex)]
    assert "급여-등급표.docx" in found[0] - found[1]


def test_the_printed_line_streams_a_cited_answer(maru: Maru) -> None:
    events = list(maru.minji.events("/v1/agents/hr-assistant/chat", {"message": "연차 휴가는 며칠인가요?", "stream": True}))
    name, answer = events[-1]
    assert name == "response.completed"
    assert "".join(data["delta"] for kind, data in events if kind == "response.delta") == answer["response"]
    first = answer["references"][0]
    assert (first["source"], first["page"]) == ("취업규칙.pdf", 7)
    assert "15일" in first["quote"]
    assert first["content"][first["start"] : first["end"]] == first["quote"]


def test_the_smoke_test_passes_and_cleans_up(maru: Maru) -> None:
    before = len(maru.minji.call("GET", "/v1/vector_stores?limit=100")["data"])
    command = [sys.executable, "-m", "scripts.smoke", "--url", maru.url, "--key", maru.run["api_key"]]
    done = subprocess.run(command, cwd=ROOT, env=bare_environment(), capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "취업규칙.pdf, p. 7" in done.stdout
    assert len(maru.minji.call("GET", "/v1/vector_stores?limit=100")["data"]) == before
    wrong = subprocess.run([*command[:-1], "mk_0_wrong"], cwd=ROOT, env=bare_environment(), capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert "401" in wrong.stderr


def test_a_second_run_on_the_same_home_or_port_is_refused_and_says_what_to_do(maru: Maru, tmp_path: Path) -> None:
    with session(maru.home) as same_home:
        assert same_home.spawn().wait(30) != 0
        assert "already runs" in same_home.log()
    with session(tmp_path, MARU_PORT=maru.url.rsplit(":", 1)[1]) as same_port:
        assert same_port.spawn().wait(30) != 0
        assert "MARU_PORT" in same_port.log()


def test_a_restart_keeps_documents_keys_and_ports(own: Session) -> None:
    before = own.start()
    file_id = before.minji.upload("/v1/files", "note.txt", b"The password of the coffee machine is tamp.", {"purpose": "assistants"})["id"]
    started = time.monotonic()
    assert own.stop() == 0
    assert not (own.home / "run.json").exists()
    assert not _answers(before.run["token_url"]), "a child outlived the run"
    after = own.start()
    assert time.monotonic() - started < 60
    assert {**after.run, "pid": 0} == {**before.run, "pid": 0}
    assert after.minji.call("GET", f"/v1/files/{file_id}")["filename"] == "note.txt"


def test_kill_9_of_the_group_loses_nothing_that_was_flushed_and_what_was_under_way_is_finished(own: Session) -> None:
    running = Maru(own.home, json.loads((own.home / "run.json").read_text(encoding="utf-8")))
    store = running.minji.call("POST", "/v1/vector_stores", {"name": "faults"})["id"]
    files = [
        _uploaded(running.minji, f"fault-{number}.txt", f"The key of room {number} hangs behind door {number + 40}.")
        for number in range(24)
    ]
    running.minji.call("POST", f"/v1/vector_stores/{store}/file_batches", {"file_ids": files})
    time.sleep(1.5 * FLUSH_SECONDS)  # some are read by now, some are not
    own.stop(signal.SIGKILL)
    after = own.start()
    deadline = time.monotonic() + 120
    while (counts := after.minji.call("GET", f"/v1/vector_stores/{store}")["file_counts"])["in_progress"]:
        assert time.monotonic() < deadline, counts
        time.sleep(0.2)
    assert (counts["completed"], counts["total"]) == (24, 24)
    assert _search(after.minji, store, {"query": "Where does the key of room 7 hang?"})[0]["file_id"] == files[7]


def test_a_model_server_that_is_down_is_503_and_said_to_come_back(tmp_path: Path) -> None:
    with session(tmp_path, MARU_MODEL_URL=f"http://127.0.0.1:{free_port()}/v1", MARU_MODEL_NAME="gone") as current:
        running = current.start()
        body = json.dumps({"model": "default", "messages": [{"role": "user", "content": "hello"}]}).encode()
        headers = {"Authorization": f"Bearer {running.run['api_key']}", "Content-Type": "application/json"}
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(urllib.request.Request(f"{running.url}/v1/chat/completions", data=body, headers=headers), timeout=30)
        with caught.value as answer:
            assert answer.status == 503
            assert int(answer.headers["retry-after"]) > 0


def _uploaded(api: Api, name: str, text: str) -> str:
    file_id: str = api.upload("/v1/files", name, text.encode(), {"purpose": "assistants"})["id"]
    return file_id


def _search(api: Api, store: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.call("POST", f"/v1/vector_stores/{store}/search", query)["data"]
    return found


def _token(run: dict[str, Any]) -> dict[str, Any]:
    basic = base64.b64encode(f"{run['client_id']}:{run['client_secret']}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    form = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
    with urllib.request.urlopen(urllib.request.Request(run["token_url"], data=form, headers=headers), timeout=10) as answer:
        token: dict[str, Any] = json.load(answer)
    return token


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True
