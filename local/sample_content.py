"""The bundled sample documents and agents, loaded through the public API when a home starts for the first time; and vector stores
that came later with a newer Maru.
"""

import json
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import yaml

from local.api import Api
from local.aws import FLUSH_SECONDS
from local.home import Home

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
AGENTS = ROOT / "catalogue" / "agents.yaml"
_DONE = "samples.json"
_WAIT_SECONDS = 180.0

type Say = Callable[[str, str], None]


def load(home: Home, api: Api, *, say: Say) -> None:
    """Load every store once: what somebody deletes later stays deleted. A start that was interrupted goes on where it was."""
    manifest = yaml.safe_load((SAMPLES / "manifest.yaml").read_text(encoding="utf-8"))
    done = (home.read(_DONE) or {}).get("vector_stores", {})
    wanted = {name: description for name, description in manifest["vector_stores"].items() if name not in done}
    if not wanted:
        return
    say("sample documents", "예시 문서")
    stores = _stores(api, wanted)
    for document in manifest["documents"]:
        _document(api, document, stores, known=done.keys())
    for agent in [] if done else yaml.safe_load(AGENTS.read_text(encoding="utf-8"))["agents"]:
        api.call("POST", "/v1/agents", agent, expected=(409,))
    _wait(api, stores, say)
    time.sleep(1.5 * FLUSH_SECONDS)  # remembered only when it is certain to survive a kill -9
    home.write(_DONE, {"vector_stores": done | stores})


def _stores(api: Api, wanted: dict[str, str]) -> dict[str, str]:
    """Name to id of the samples' vector stores, made where they are missing."""
    present = {store["name"]: store["id"] for store in api.call("GET", "/v1/vector_stores?limit=100")["data"]}
    for name, description in wanted.items():
        if name not in present:
            present[name] = api.call("POST", "/v1/vector_stores", {"name": name, "description": description})["id"]
    return {name: present[name] for name in wanted}


def _document(api: Api, document: dict[str, Any], stores: dict[str, str], *, known: Collection[str]) -> None:
    """Put a document into those of its stores that are loaded now; one that belongs to a ``known`` store is not uploaded again."""
    into = [stores[name] for name in document["vector_stores"] if name in stores]
    path = SAMPLES / document["file"]
    if not into:
        return
    present = {file["filename"]: file["id"] for file in api.call("GET", "/v1/files?limit=1000")["data"]}
    file_id = present.get(path.name)
    if file_id is None:
        if set(document["vector_stores"]) & set(known):
            return
        fields = {"purpose": "assistants", "acl": json.dumps(document["acl"]), "data_class": document["data_class"]}
        file_id = api.upload("/v1/files", path.name, path.read_bytes(), fields)["id"]
    for store in into:
        if api.call("GET", f"/v1/vector_stores/{store}/files/{file_id}", expected=(404,)) is None:
            api.call("POST", f"/v1/vector_stores/{store}/files", {"file_id": file_id})


def _wait(api: Api, stores: dict[str, str], say: Say) -> None:
    """Until every sample is searchable or failed; says how far it is every few seconds."""
    deadline, said = time.monotonic() + _WAIT_SECONDS, time.monotonic()
    while time.monotonic() < deadline:
        counts = [api.call("GET", f"/v1/vector_stores/{store}")["file_counts"] for store in stores.values()]
        pending, total = (sum(count[name] for count in counts) for name in ("in_progress", "total"))
        if pending == 0:
            return
        if time.monotonic() - said > 3:
            say(f"sample documents: {total - pending} of {total}", "예시 문서")
            said = time.monotonic()
        time.sleep(0.2)
    say("some sample documents are still being read; the search will find them a little later", "일부 문서는 아직 읽는 중입니다")
