"""Samples are loaded once, and what a newer Maru brings is loaded into a home that is there."""

from pathlib import Path
from typing import Any

import pytest

from local import sample_content
from local.home import Home


class _Api:
    """Files, vector stores and agents as the public API gives them."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.stores: dict[str, list[str]] = {}
        self.agents: list[str] = []

    def call(self, method: str, path: str, body: Any = None, *, expected: tuple[int, ...] = ()) -> Any:
        del expected
        parts = path.partition("?")[0].strip("/").split("/")[1:]
        match method, parts:
            case "GET", ["vector_stores"]:
                return {"data": [{"name": name, "id": name} for name in self.stores]}
            case "POST", ["vector_stores"]:
                self.stores[body["name"]] = []
                return {"id": body["name"]}
            case "GET", ["files"]:
                return {"data": [{"filename": name, "id": id_} for name, id_ in self.files.items()]}
            case "POST", ["agents"]:
                self.agents.append(body["name"])
            case "GET", ["vector_stores", store, "files", file]:
                return {} if file in self.stores[store] else None
            case "POST", ["vector_stores", store, "files"]:
                self.stores[store].append(body["file_id"])
            case _:
                return {"file_counts": {"in_progress": 0, "total": 0}}
        return None

    def upload(self, _: str, name: str, __: bytes, ___: Any) -> Any:
        self.files[name] = name
        return {"id": name}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_content, "FLUSH_SECONDS", 0)


def _load(home: Home, api: _Api) -> None:
    sample_content.load(home, api, say=lambda *_: None)  # type: ignore[arg-type]  # as much of it as is called


def test_a_store_that_came_later_is_loaded_into_an_older_home_and_nothing_else_is(tmp_path: Path) -> None:
    home, api = Home(tmp_path), _Api()
    api.stores = {"hr": [], "company": []}  # as an older Maru left them, and somebody emptied them
    home.write("samples.json", {"vector_stores": {"hr": "hr", "company": "company"}})
    for _ in range(2):
        _load(home, api)
    assert api.stores == {"hr": [], "company": [], "runbooks": ["incident-runbooks.md", "보안사고-대응절차.md"]}
    assert (sorted(api.files), api.agents) == (sorted(api.stores["runbooks"]), [])
    del api.stores["runbooks"]
    _load(home, api)
    assert "runbooks" not in api.stores, "what somebody deletes stays deleted"


def test_a_new_home_gets_everything_once(tmp_path: Path) -> None:
    home, api = Home(tmp_path), _Api()
    _load(home, api)
    assert {name: bool(files) for name, files in api.stores.items()} == {"hr": True, "company": True, "runbooks": True}
    assert "assistant" in api.agents
    made = len(api.agents)
    _load(home, api)
    assert len(api.agents) == made
