"""The six shipped chains on the whole system with its local models, on the sample inputs of `events/chains/runs/`."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.engines.maru import Maru

pytestmark = pytest.mark.live

SAMPLES = {path.stem: path for path in sorted(Path("events/chains/runs").glob("*.json"))}
CHAINS = ("answer_checked", "code_review", "compare", "document_digest", "support", "triage")
#: What an output holds, whatever the models say.
KEYS = {
    "answer_checked": {"answer", "claims", "references", "refused"},
    "code_review": {"findings", "dropped"},
    "compare": {"best", "scores", "reasons"},
    "document_digest": {"digest", "sections", "missing"},
    "support": {"intent", "reply", "references", "status"},
    "triage": {"alerts"},
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_comes_to_its_end(maru: Maru, name: str) -> None:
    chain = next(one for one in CHAINS if name.startswith(one))
    given = json.loads(SAMPLES[name].read_text(encoding="utf-8"))
    if "file_id" in given:
        given["file_id"] = _document(maru)
    run = maru.minji.call("POST", f"/v1/chains/{chain}/runs", {"input": given, "wait_seconds": 0})
    done = _ended(maru, run["id"])
    assert done["status"] == "completed", done["error"]
    assert done["output"].keys() >= KEYS[chain]
    assert all(step["status"] in {"done", "caught"} for step in done["steps"]), done["steps"]
    if name == "triage":  # the sample runbooks are searched without being named
        evidence = [one for alert in done["output"]["alerts"] for one in alert["evidence"]]
        assert {"incident-runbooks.md", "보안사고-대응절차.md"} & {one["reference"]["source"] for one in evidence if "reference" in one}


def _document(maru: Maru) -> str:
    """A document that was read into a vector store of the caller's."""
    text = b"# Purpose\n\nThis guide protects records.\n\n# Scope\n\nIt holds for everybody."
    file = maru.minji.upload("/v1/files", "guide.md", text, {"purpose": "assistants"})["id"]
    store = maru.minji.call("POST", "/v1/vector_stores", {"name": f"digest {file}", "file_ids": [file]})["id"]
    deadline = time.monotonic() + 180
    while (found := maru.minji.call("GET", f"/v1/vector_stores/{store}/files/{file}"))["status"] != "completed":
        assert time.monotonic() < deadline, found
        time.sleep(0.3)
    return str(file)


def _ended(maru: Maru, run_id: str) -> Any:
    """The run once it has ended; what waits for a person is approved by somebody else."""
    deadline = time.monotonic() + 180
    while (found := maru.minji.call("GET", f"/v1/runs/{run_id}"))["status"] == "running":
        for one in maru.operator.call("GET", "/v1/approvals?status=pending")["data"]:
            if one["run_id"] == run_id:
                maru.operator.call("POST", f"/v1/approvals/{one['id']}/decide", {"decision": "approved", "hash": one["hash"]})
        assert time.monotonic() < deadline, found
        time.sleep(0.3)
    return found
