"""Cited answers of the whole system, in both languages, for those who may see their documents, alone and twenty at a time."""

import time
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import yaml

from local.api import Api
from tests.engines.maru import Maru
from tests.processes import ROOT

pytestmark = pytest.mark.live

SAMPLES = yaml.safe_load((ROOT / "samples" / "manifest.yaml").read_text(encoding="utf-8"))["documents"]
#: A question in each document's own language, of each document that everybody may see; the reader does not translate.
QUESTIONS = [
    (document["file"].rsplit("/", 1)[-1], document["questions"][0])
    for document in SAMPLES
    if document["acl"] == ["public"] and "company" in document["vector_stores"]
]
SALARY = "과장의 기본 연봉 상한은 얼마인가요?"


@pytest.mark.parametrize(("source", "sample"), QUESTIONS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_sample_document_answers_with_a_verified_citation(maru: Maru, source: str, sample: dict[str, Any]) -> None:
    answer = _ask(maru.minji, "assistant", sample["question"])
    cited = [one for one in answer["references"] if one["source"] == source and sample["answer_contains"] in one["quote"]]
    assert cited, answer["response"]
    assert sample.get("page") in (None, cited[0]["page"])
    for one in answer["references"]:
        assert one["content"][one["start"] : one["end"]] == one["quote"]
        assert f"[{one['index']}]" in answer["response"]
        assert _rendering(maru, one)[one["file_start"] : one["file_end"]] == one["quote"]


@pytest.mark.parametrize(
    ("question", "words"), [("화성의 위성은 몇 개인가요?", "답"), ("Who won the 1998 world cup?", "do not hold an answer")]
)
def test_what_the_documents_do_not_hold_is_said_plainly(maru: Maru, question: str, words: str) -> None:
    answer = _ask(maru.minji, "assistant", question)
    assert answer["references"] == []
    assert words in answer["response"]


def test_stream_final_object_and_session_are_one(maru: Maru) -> None:
    streamed = list(maru.minji.events("/v1/agents/hr-assistant/chat", {"message": "연차 휴가는 며칠인가요?", "stream": True}))
    final = streamed[-1][1]
    stages = [data["stage"] for name, data in streamed if name == "response.status"]
    assert stages == ["searching", "reading", "writing", "checking"]
    assert "".join(data["delta"] for name, data in streamed if name == "response.delta") == final["response"]
    assert [data["reference"] for name, data in streamed if name == "citation"] == final["references"]
    messages = maru.minji.call("GET", f"/v1/sessions/{final['session_id']}/messages")["data"]
    stored = next(message for message in messages if message["id"] == final["message_id"])
    assert (stored["content"], stored["references"]) == (final["response"], final["references"])


def test_a_user_outside_the_group_gets_no_answer_and_nobody_reads_anothers_session(maru: Maru) -> None:
    inside, outside = (_ask(api, "hr-assistant", SALARY) for api in (maru.minji, maru.alex))
    assert "급여-등급표.docx" in {one["source"] for one in inside["references"]}
    assert "급여-등급표.docx" not in {one["source"] for one in outside["references"]}
    assert maru.alex.call("GET", f"/v1/sessions/{inside['session_id']}/messages", expected=(404,)) is None
    body = {"message": SALARY, "session_id": inside["session_id"]}
    assert maru.alex.call("POST", "/v1/agents/hr-assistant/chat", body, expected=(404,)) is None


def test_a_right_that_is_taken_is_gone_from_the_next_answer_and_from_the_session(maru: Maru, note: dict[str, str]) -> None:
    api = maru.minji
    question = f"What is the colour of the {note['word']}?"
    before = _ask(api, note["agent"], question)
    assert before["references"][0]["file_id"] == note["file"]
    api.call("POST", f"/v1/files/{note['file']}", {"acl": ["user:nobody"]})
    assert _ask(api, note["agent"], question)["references"] == []
    stored = api.call("GET", f"/v1/sessions/{before['session_id']}/messages")["data"][-1]
    assert stored["references"] == [{"index": before["references"][0]["index"], "withheld": True}]


def test_twenty_streams_at_a_time_each_end_whole(maru: Maru) -> None:
    def stream(number: int) -> dict[str, Any]:
        question = "연차 휴가는 며칠인가요?" if number % 2 else "How many days of annual leave do full-time employees receive?"
        return list(maru.minji.events("/v1/agents/hr-assistant/chat", {"message": question, "stream": True}))[-1][1]

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(stream, range(20)))
    assert all(answer["references"] for answer in answers)
    assert len({answer["session_id"] for answer in answers}) == 20


@pytest.fixture
def note(maru: Maru) -> Iterator[dict[str, str]]:
    """A document of its own with an agent that reads it."""
    api, word = maru.minji, f"lantern-{uuid.uuid4().hex[:6]}"
    text = f"# Decorations\n\nThe colour of the {word} is vermilion. It hangs above the door.\n"
    file = api.upload("/v1/files", "decorations.md", text.encode(), {"purpose": "assistants", "acl": '["public"]'})["id"]
    store = api.call("POST", "/v1/vector_stores", {"name": word, "file_ids": [file]})["id"]
    _until_searchable(api, store)
    api.call("POST", "/v1/agents", {"name": word, "model": "default", "instructions": "Answer.", "vector_stores": [store]})
    yield {"agent": word, "file": file, "word": word}
    api.call("DELETE", f"/v1/agents/{word}")
    api.call("DELETE", f"/v1/vector_stores/{store}")


def _until_searchable(api: Api, store: str) -> None:
    deadline = time.monotonic() + 60
    while api.call("GET", f"/v1/vector_stores/{store}")["file_counts"]["completed"] == 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _ask(api: Api, agent: str, question: str) -> dict[str, Any]:
    return dict(api.call("POST", f"/v1/agents/{agent}/chat", {"message": question}))


def _rendering(maru: Maru, reference: dict[str, Any]) -> str:
    url = f"{maru.url}/v1/files/{reference['file_id']}/rendering?version={reference['version']}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {maru.run['api_key']}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.read().decode())
