"""A vector store rebuilt in the running system: by its state machine, the worker and the tables, while it is searched."""

import time

import openai
import pytest

from tests.engines.maru import Maru

pytestmark = pytest.mark.live


def test_a_rebuild_runs_to_its_end_while_searches_go_on(maru: Maru) -> None:
    with openai.OpenAI(base_url=f"{maru.url}/v1", api_key=maru.run["api_key"], max_retries=2) as client:
        store = client.vector_stores.create(name=f"rebuilt {time.time_ns()}").id
        text = "# 연차 휴가\n\n연차 휴가는 15일이다. 3년 이상 근무한 직원은 2년마다 하루를 더 받는다."
        file = client.files.create(file=("leave.md", text.encode()), purpose="assistants").id
        assert client.vector_stores.files.create_and_poll(file, vector_store_id=store).status == "completed"
        begun = client.post(f"/vector_stores/{store}/rebuild", body={}, cast_to=dict)
        assert begun["status"] == "in_progress"
        until = time.monotonic() + 90
        while (state := client.get(f"/vector_stores/{store}/rebuild", cast_to=dict))["status"] == "in_progress":
            assert time.monotonic() < until, state
            assert [hit.file_id for hit in client.vector_stores.search(store, query="연차 휴가는 며칠인가요?").data] == [file]
            time.sleep(0.3)
        assert (state["status"], state["files"]) == ("completed", {"done": 1, "total": 1})
        assert [hit.file_id for hit in client.vector_stores.search(store, query="연차 휴가는 며칠인가요?").data] == [file]
        client.vector_stores.delete(store)
