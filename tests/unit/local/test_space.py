"""A disk that is nearly full: a local run does not start on it, and takes nothing new that it could lose."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from local.space import Room, too_little


class Disk:
    """So much is free."""

    def __init__(self) -> None:
        self.free, self.looks = 10_000, 0

    def usage(self, _: Path) -> SimpleNamespace:
        self.looks += 1
        return SimpleNamespace(free=self.free)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(shutil, "disk_usage", disk.usage)
    return disk


async def _taken(_: Request) -> PlainTextResponse:
    return PlainTextResponse("taken")


def test_a_start_says_what_is_free_and_what_to_do(disk: Disk, tmp_path: Path) -> None:
    assert too_little(tmp_path, 10_000) is None
    disk.free = 42_000_000
    told = too_little(tmp_path, 300_000_000)
    assert told is not None
    assert all(word in told for word in ("42 MB", "300 MB", str(tmp_path), "MARU_HOME"))


def test_what_writes_is_refused_until_there_is_room_and_reading_goes_on(disk: Disk, tmp_path: Path) -> None:
    now = [0.0]
    inner = Starlette(routes=[Route("/x", _taken, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])])
    web = TestClient(Room(inner, tmp_path, least=10_000, clock=lambda: now[0]))
    assert web.post("/x").text == "taken"
    disk.free, now[0] = 9_999, 1.0
    for method in ("POST", "PUT", "PATCH"):
        refused = web.request(method, "/x")
        assert (refused.status_code, refused.json()["error"]["code"], refused.headers["retry-after"]) == (503, "disk_full", "30")
    assert {web.get("/x").text, web.delete("/x").text} == {"taken"}
    assert disk.looks == 2, "once a second, however much is asked"
    disk.free, now[0] = 10_000, 2.0
    assert web.post("/x").text == "taken"
