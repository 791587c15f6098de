"""The console's files as the local run serves them."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from infra.console_headers import security_headers
from local.console import Console


@pytest.fixture
def web(tmp_path: Path) -> TestClient:
    built = tmp_path / "built"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<title>Maru</title>", encoding="utf-8")
    (built / "assets" / "index-1a2b.js").write_text("1", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("not yours", encoding="utf-8")
    return TestClient(Console(built))


@pytest.mark.parametrize("path", ["/", "/chat", "/chat/sess_1", "/knowledge/vs_1/file-2"])
def test_every_address_of_the_application_is_its_one_page(web: TestClient, path: str) -> None:
    answer = web.get(path)
    assert (answer.status_code, answer.text) == (200, "<title>Maru</title>")
    assert answer.headers["cache-control"] == "no-cache"


def test_files_named_by_their_content_are_kept_for_good(web: TestClient) -> None:
    answer = web.get("/assets/index-1a2b.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/nothing.js"])
def test_what_is_not_of_the_console_is_not_there(web: TestClient, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 404
    assert "not yours" not in answer.text


@pytest.mark.parametrize("path", ["/", "/assets/index-1a2b.js", "/nothing.js", "/config.json"])
def test_every_answer_carries_the_security_headers(web: TestClient, path: str) -> None:
    headers = web.get(path).headers
    assert {name: headers[name] for name in security_headers(())} == security_headers(())
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


def test_a_console_that_is_not_built_is_said_to_be_missing() -> None:
    answer = TestClient(Console(None)).get("/chat")
    assert answer.status_code == 503
    assert "console is not built" in answer.text
