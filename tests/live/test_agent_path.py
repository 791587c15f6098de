"""The main job on the production path: documents in, a cited answer streamed out, every function as Lambda runs it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from functions.chat.settings import Settings as ChatSettings
from functions.ingest.settings import Settings as IngestSettings
from functions.knowledge.settings import Settings as KnowledgeSettings
from infra.discovery import table_specs
from maru.agents.sessions import SessionStore
from maru.identity import Caller
from tests.engines.backend import Backend, backend
from tests.engines.lambda_function import LambdaFunction, lambda_function
from tests.engines.model_server import model_server
from tests.fakes.api_gateway import form_event, rest_event
from tests.fakes.lambda_runtime_api import Invocation
from tests.processes import ROOT, bare_environment

pytestmark = pytest.mark.live
DOCUMENT = "# 휴가 규정\n\n연차 휴가는 1년에 15일입니다. 신청은 사흘 전에 합니다.\n\n# Travel\n\nHotels are booked by the assistant.\n"
CLAIM = "연차 휴가는 1년에 15일입니다. [1]"
WORKER = "import json, sys; from functions.ingest.handler import handler; print(json.dumps(handler(json.load(sys.stdin), None)))"


@dataclass(frozen=True)
class Deployed:
    """The functions of one deployment and a builder's key."""

    aws: Backend
    chat: LambdaFunction
    knowledge: LambdaFunction
    models: str
    key: dict[str, str]

    def ask(self, path: str, message: str, **more: Any) -> dict[str, Any]:
        """The event of a message to an agent."""
        return rest_event("POST", f"/v1/agents/{path}/chat", body={"message": message, "stream": True} | more, headers=self.key)

    def work(self) -> None:
        """Runs the ingest function on what is queued, in a process of its own."""
        sqs = self.aws.aws.client("sqs")
        env = bare_environment() | self.aws.environment(IngestSettings, function="ingest", model_values={"LOCAL_URL": self.models})
        while messages := sqs.receive_message(QueueUrl=self.aws.queue_url, MaxNumberOfMessages=10).get("Messages"):
            event = {"Records": [{"messageId": one["MessageId"], "body": one["Body"]} for one in messages]}
            done = subprocess.run(
                [sys.executable, "-c", WORKER], cwd=ROOT, env=env, input=json.dumps(event), capture_output=True, text=True, check=True
            )
            assert json.loads(done.stdout.splitlines()[-1]) == {"batchItemFailures": []}, done.stdout
            for one in messages:
                sqs.delete_message(QueueUrl=self.aws.queue_url, ReceiptHandle=one["ReceiptHandle"])
        sqs.close()


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    with backend(*table_specs().values()) as aws, model_server() as url:
        values = {"LOCAL_URL": url}
        chat = aws.environment(ChatSettings, model_values=values)
        knowledge = aws.environment(KnowledgeSettings, function="knowledge", model_values=values)
        with (
            lambda_function("functions.chat.main:app", env=chat) as chatting,
            lambda_function("functions.knowledge.main:app", env=knowledge) as knowing,
        ):
            made = Deployed(aws, chatting, knowing, url, {"Authorization": f"Bearer {aws.key()}"})
            _fill(made)
            yield made


def _fill(deployed: Deployed) -> None:
    ask = deployed.knowledge.api.invoke
    upload = form_event("/v1/files", {"purpose": "assistants"}, filename="휴가 규정.md", content=DOCUMENT.encode(), headers=deployed.key)
    file = ask(upload).json()
    store = ask(rest_event("POST", "/v1/vector_stores", body={"name": "rules"}, headers=deployed.key)).json()
    files = f"/v1/vector_stores/{store['id']}/files"
    ask(rest_event("POST", files, body={"file_id": file["id"]}, headers=deployed.key))
    deployed.work()
    assert ask(rest_event("GET", f"{files}/{file['id']}", headers=deployed.key)).json()["status"] == "completed"
    for name, model in (("hr", "scripted"), ("hr-reader", "reader")):
        agent = {"name": name, "model": model, "vector_stores": ["rules"]}
        assert deployed.chat.api.invoke(rest_event("POST", "/v1/agents", body=agent, headers=deployed.key)).status == 200


def events_of(answer: Invocation) -> list[tuple[str, str, Any]]:
    """(id, name, data) of each server-sent event."""
    found = []
    for block in answer.body.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return found


def messages(deployed: Deployed, session: str) -> list[Any]:
    path = f"/v1/sessions/{session}/messages"
    return list(deployed.chat.api.invoke(rest_event("GET", path, headers=deployed.key)).json()["data"])


def test_a_cited_answer_streams_and_the_session_says_the_same(deployed: Deployed) -> None:
    events = events_of(deployed.chat.api.invoke(deployed.ask("hr", f"say: {CLAIM}", session_id="s-1")))
    assert [number for number, _, _ in events] == [str(place + 1) for place in range(len(events))]
    assert {"response.status", "response.delta", "citation"} <= {name for _, name, _ in events}
    _, last, whole = events[-1]
    assert last == "response.completed"
    assert "".join(data["delta"] for _, name, data in events if name == "response.delta") == whole["response"]
    (reference,) = whole["references"]
    assert [data["reference"] for _, name, data in events if name == "citation"] == [reference]
    assert reference["content"][reference["start"] : reference["end"]] == reference["quote"]
    assert "15일" in reference["quote"]
    answer = messages(deployed, "s-1")[-1]
    assert (answer["content"], answer["references"]) == (whole["response"], whole["references"])


def test_nothing_is_left_to_do_when_the_answer_has_ended(deployed: Deployed) -> None:
    """Lambda freezes the environment at that moment: what is not stored by then may never be."""
    deployed.chat.api.invoke(deployed.ask("hr", f"say: {CLAIM}", session_id="s-2"))
    with deployed.chat.frozen():
        caller = Caller("acme", "minji", (), frozenset(), "-")
        kept = SessionStore(deployed.aws.table(SessionStore.SPEC)).messages(caller, "s-2")
    assert [message.role for message in kept] == ["user", "assistant"]
    assert "15일" in kept[1].content


def test_the_reader_answers_a_question_from_the_document(deployed: Deployed) -> None:
    _, last, whole = events_of(deployed.chat.api.invoke(deployed.ask("hr-reader", "연차 휴가는 며칠인가요?")))[-1]
    assert last == "response.completed"
    assert "15일" in whole["references"][0]["quote"]


def test_it_leaves_piece_by_piece(deployed: Deployed) -> None:
    answer = deployed.chat.api.invoke(deployed.ask("hr", "slow: 0.05\nsay: one two three four five six seven eight nine ten"))
    pieces = [at for at, data in answer.body_chunks if b"response.delta" in data]
    assert len(pieces) > 4
    assert pieces[-1] - pieces[0] > 0.2


@pytest.mark.parametrize("death", ["cut:", "error: out of memory"])
def test_a_model_that_dies_midway_is_a_typed_event_at_the_end(deployed: Deployed, death: str) -> None:
    answer = deployed.chat.api.invoke(deployed.ask("hr", f"say: 연차 휴가를 설명하겠습니다. 먼저\nstall: 0.2\n{death}\nsay: never"))
    assert answer.status == 200
    names = [name for _, name, _ in events_of(answer)]
    assert names[-1] == "error"
    assert "response.completed" not in names
    assert events_of(answer)[-1][2]["error"]["code"] == "model_stream_interrupted"
    assert b"Lambda-Runtime-Function-Error" not in answer.body
    assert deployed.chat.api.invoke(rest_event("GET", "/v1/agents", headers=deployed.key)).status == 200


def test_a_model_that_never_begins_is_an_ordinary_error(deployed: Deployed) -> None:
    answer = deployed.chat.api.invoke(deployed.ask("hr", "fail: 503 retry-after=3"))
    assert (answer.status, answer.prelude["headers"]["retry-after"]) == (503, "3")


def test_bare_text(deployed: Deployed) -> None:
    event = rest_event("POST", "/v1/agents/hr/chat", body={"message": "say: 안녕하세요"}, headers=deployed.key | {"Accept": "text/plain"})
    answer = deployed.chat.api.invoke(event)
    assert answer.prelude["headers"]["content-type"].startswith("text/plain")
    assert answer.body.decode().strip() == "안녕하세요"


def test_a_whole_answer_is_the_completed_object(deployed: Deployed) -> None:
    answer = deployed.chat.api.invoke(deployed.ask("hr", f"say: {CLAIM}", stream=False))
    assert answer.json()["references"][0]["source"] == "휴가 규정.md"
    assert set(answer.json()) >= {"response", "references", "session_id", "message_id", "usage"}
