"""A very large document in the running system: brought in by its state machine, or failed by it with the cause."""

import time

import boto3
import openai
import pytest

from infra.local_context import ACCOUNT, REGION
from tests.engines.maru import Maru

pytestmark = pytest.mark.live

#: More than what the local stage takes for large, most of which no reader keeps.
PADDING = "<!-- " + "x" * 4_250_000 + " -->"
WORDS = "".join(f"<h2>제{n}조</h2><p>직원은 {n}번 창구에서 신청하고, {'서류를 냅니다. ' * 40}</p>" for n in range(30))


def test_a_very_large_document_goes_through_the_machine(maru: Maru) -> None:
    with openai.OpenAI(base_url=f"{maru.url}/v1", api_key=maru.run["api_key"], max_retries=2) as client:
        store = client.vector_stores.create(name=f"large {time.time_ns()}").id
        bodies = {"rules.html": f"<html><body>{PADDING}{WORDS}</body></html>", "broken.pdf": "%PDF-1.7\n" + PADDING}
        files = {name: client.files.create(file=(name, body.encode()), purpose="assistants").id for name, body in bodies.items()}
        for file in files.values():
            client.vector_stores.files.create(store, file_id=file)
        until = time.monotonic() + 180
        while client.vector_stores.retrieve(store).file_counts.in_progress:
            assert time.monotonic() < until, client.vector_stores.retrieve(store).file_counts
            time.sleep(0.5)
        rules, broken = (client.get(f"/vector_stores/{store}/files/{file}", cast_to=dict) for file in files.values())
        assert (rules["status"], rules["last_error"]) == ("completed", None)
        assert (broken["status"], broken["last_error"]["cause"]) == ("failed", "damaged")
        found = client.vector_stores.search(store, query="17번 창구").data
        assert {hit.file_id for hit in found} == {files["rules.html"]}
        assert "17번" in found[0].content[0].text
        client.vector_stores.delete(store)
    runs = executions(maru)
    assert {file: status for name, status in runs.items() for file in files.values() if name.startswith(file)} == dict.fromkeys(
        files.values(), "SUCCEEDED"
    )


def executions(maru: Maru) -> dict[str, str]:
    """The status of every run of the machine by its name."""
    endpoint = maru.run["token_url"].removesuffix("/oauth2/token")
    session = boto3.Session("test", "test", region_name=REGION)
    states = session.client("stepfunctions", endpoint_url=endpoint)
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:large-maru-local"
    found = states.list_executions(stateMachineArn=arn)["executions"]
    states.close()
    return {one["name"]: one["status"] for one in found}
