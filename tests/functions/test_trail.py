"""What answers leave behind: reads in the audit, lineage both ways, open questions of a store; and how an agent looks for passages."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import boto3
import pytest
from starlette.testclient import TestClient

from functions.knowledge import lineage_routes, retention_routes
from maru.dynamo import Table
from maru.http import HttpServices, create_app
from maru.knowledge.lineage import LineageStore
from maru.knowledge.questions import QuestionStore
from maru.knowledge.ranking import Ranking
from maru.knowledge.retention import RetentionStore
from maru.knowledge.vector_stores import VectorStoreStore
from tests.conftest import MakeTable
from tests.door import answered, client, key_for
from tests.fakes.documents import DocumentSide, add
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.passages import Passages, passage
from tests.functions.agents_app import AgentClient, agents_app
from tests.functions.chat_app import served
from tests.governing import keeping_on
from tests.guarding import NO_DATA

LEAVE = "연차 휴가는 1년에 15일이다. 신청은 팀장에게 한다."
CHAT = "/v1/agents/hr/chat"


@pytest.fixture
async def model() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(words=["연차는 15일입니다 [1]."]) as server:
        yield server


@pytest.fixture
def search(side: DocumentSide) -> Passages:
    file = add(side, LEAVE, "rules.md")["id"]
    return Passages([passage(LEAVE, file_id=file), passage("The canteen opens at noon.", file_id="file-gone")])


@pytest.fixture
def store(side: DocumentSide) -> str:
    made = side.library.stores.create(tenant="acme", name="hr", engine="sqlite", embedding="embedding", chunking={}, optional={})
    return str(made["id"])


@pytest.fixture
def url(store: str, services: HttpServices, make_table: MakeTable, search: Passages, model: OpenAIServer) -> Iterator[str]:
    def once(spec: Any) -> Table:
        return Table(boto3.client("dynamodb"), spec.name, spec) if spec.name == VectorStoreStore.SPEC.name else make_table(spec)

    with served(agents_app(services, once, search, model.base_url)) as one:
        yield one


@pytest.fixture
async def minji(url: str, services: HttpServices) -> AsyncIterator[AgentClient]:
    async with AgentClient(url, key_for(services)) as one:
        await one.call("POST", "/v1/agents", {"name": "hr", "vector_stores": ["hr"]})
        yield one


@pytest.fixture
def web(url: str, side: DocumentSide, services: HttpServices) -> Any:
    """The knowledge side's routes, for a caller of a role."""
    dynamodb = boto3.client("dynamodb")
    held = [kind(Table(dynamodb, kind.SPEC.name, kind.SPEC)) for kind in (LineageStore, QuestionStore, RetentionStore)]
    keeping = keeping_on(side)
    routers = [lineage_routes.router, retention_routes.router]
    app = create_app(title="k", routers=routers, services=services, collaborators=[side.library, keeping, NO_DATA, *held], ready={})

    def as_(role: str, **who: Any) -> TestClient:
        return client(app, key_for(services, role=role, **who))

    return as_


async def test_every_read_of_a_document_by_an_answer_is_in_the_audit(minji: AgentClient, services: HttpServices, search: Passages) -> None:
    told = (await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?"}))[1]
    rows = [row for row in services.audit.read("acme") if row["action"] == "answer.read"]
    assert {row["object"] for row in rows} == {f"{one.file_id}/1" for one in search.held}
    assert {(row["user"], row["message_id"], row["outcome"]) for row in rows} == {("minji", told["message_id"], "ok")}
    call = next(row for row in services.audit.read("acme") if row["action"].endswith("/chat"))
    assert {row["request_id"] for row in rows} == {call["request_id"]}
    assert not any(word in str(rows) for word in ("연차", "canteen"))


async def test_an_answer_that_fails_midway_has_read_as_well(minji: AgentClient, services: HttpServices, model: OpenAIServer) -> None:
    model.cut_after = 2
    await minji.raw(CHAT, {"message": "연차는 며칠인가요?", "stream": True})
    assert [row["action"] for row in services.audit.read("acme")].count("answer.read") == 2


async def test_lineage_is_asked_from_both_ends(minji: AgentClient, search: Passages, web: Any) -> None:
    told = (await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?"}))[1]
    file = search.held[0].file_id
    from_file = answered(web("editor").get(f"/v1/files/{file}/lineage"))
    assert from_file["source"]["kind"] == "upload"
    (answer,) = from_file["answers"]
    assert (answer["message_id"], answer["chunk_ids"], answer["cited"], answer["version"]) == (
        told["message_id"],
        [f"{file}_chunk_0"],
        True,
        1,
    )
    assert "user" not in answer
    assert answered(web("admin", user="root").get(f"/v1/files/{file}/lineage"))["answers"][0]["user"] == "minji"
    assert answered(web("editor").get(f"/v1/files/{file}/lineage?version=2"))["answers"] == []
    from_answer = answered(web("user").get(f"/v1/lineage/{told['message_id']}"))
    assert [(one["file_id"], one["filename"], one["cited"]) for one in from_answer["made_of"]] == [(file, "rules.md", True)]
    assert from_answer["withheld"] == 1
    answered(web("user", user="lee").get(f"/v1/lineage/{told['message_id']}"), 404)
    answered(web("admin", user="root").get(f"/v1/lineage/{told['message_id']}"))
    answered(web("admin", user="root", tenant="other").get(f"/v1/lineage/{told['message_id']}"), 404)
    answered(web("user").get("/v1/lineage/msg_none"), 404)


async def test_a_store_reports_what_it_left_open(minji: AgentClient, model: OpenAIServer, store: str, web: Any) -> None:
    answered(web("admin", user="root").put("/v1/retention", json={"improvement": True}))
    liked = (await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?"}))[1]
    await minji.call("POST", "/v1/feedback", {"message_id": liked["message_id"], "rating": "like"})
    disliked = (await minji.call("POST", CHAT, {"message": "휴가는 어떻게 신청하나요?"}))[1]
    await minji.call("POST", "/v1/feedback", {"message_id": disliked["message_id"], "rating": "dislike"})
    model.words = ["문서에서 찾지 못했습니다."]
    open_ = (await minji.call("POST", CHAT, {"message": "주차는 어디에 하나요?"}))[1]
    report = answered(web("editor").get(f"/v1/vector_stores/{store}/questions"))
    assert report["counts"] == {"unanswered": 1, "disliked": 1}
    told = {(one["kind"], one["question"], one["message_id"], one["agent"]) for one in report["data"]}
    assert told == {
        ("disliked", "휴가는 어떻게 신청하나요?", disliked["message_id"], "hr"),
        ("unanswered", "주차는 어디에 하나요?", open_["message_id"], "hr"),
    }
    assert len(answered(web("editor").get(f"/v1/vector_stores/{store}/questions?kind=disliked"))["data"]) == 1
    answered(web("editor", tenant="other").get(f"/v1/vector_stores/{store}/questions"), 404)
    for improvement in (False, True):
        answered(web("admin", user="root").put("/v1/retention", json={"improvement": improvement}))
        after = answered(web("editor").get(f"/v1/vector_stores/{store}/questions"))
        assert (after["counts"], {one["question"] for one in after["data"]}) == (report["counts"], {None}), "gone, and not hidden alone"


async def test_a_question_that_was_written_while_the_mark_was_taken_away_is_not_told(
    minji: AgentClient, model: OpenAIServer, store: str, web: Any
) -> None:
    answered(web("admin", user="root").put("/v1/retention", json={"improvement": True}))
    model.words = ["문서에서 찾지 못했습니다."]
    await minji.call("POST", CHAT, {"message": "주차는 어디에 하나요?"})
    RetentionStore(Table(boto3.client("dynamodb"), "retention", RetentionStore.SPEC)).put("acme", days={}, improvement=False)
    (row,) = answered(web("editor").get(f"/v1/vector_stores/{store}/questions"))["data"]
    assert row["question"] is None


async def test_without_the_purpose_mark_no_question_is_kept_in_words(minji: AgentClient, model: OpenAIServer, store: str, web: Any) -> None:
    model.words = ["문서에서 찾지 못했습니다."]
    await minji.call("POST", CHAT, {"message": "주차는 어디에 하나요?"})
    (row,) = answered(web("editor").get(f"/v1/vector_stores/{store}/questions"))["data"]
    assert (row["kind"], row["question"]) == ("unanswered", None)


async def test_an_agent_says_how_passages_are_looked_for(minji: AgentClient, search: Passages, model: OpenAIServer) -> None:
    await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?"})
    assert search.rankings[-1] == Ranking()
    change = {"rerank": "ranks", "join_neighbours": True, "rewrite_query": True, "model": "composing"}
    assert (await minji.call("POST", "/v1/agents/hr", change))[0] == 200
    first = (await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?"}))[1]
    # Nothing was said before it: there is nothing to put in.
    assert (search.queries[-1], search.rankings[-1]) == ("연차는 며칠인가요?", Ranking(rerank="ranks", joined=True))
    model.words = ['{"query": "연차 휴가 신청 방법"}']
    await minji.call("POST", CHAT, {"message": "그건 어떻게 신청하나요?", "session_id": first["session_id"]})
    assert search.queries[-1] == "연차 휴가 신청 방법"
    asked = next(one for one in model.requests if "response_format" in one)
    assert [one["content"] for one in asked["messages"][1:]] == ["연차는 며칠인가요?", "연차는 15일입니다.", "그건 어떻게 신청하나요?"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"days": {"secret": {}}}, "days.secret"),
        ({"days": {"public": {"mail": 1}}}, "days.public.mail"),
        ({"days": {"public": {"sessions": 0}}}, "days.public.sessions"),
        ({"days": {"public": 5}}, "days.public"),
        ({"keep": True}, "keep"),
    ],
)
def test_rules_that_are_wrong_are_refused_by_name(web: Any, body: dict[str, Any], param: str) -> None:
    assert answered(web("admin").put("/v1/retention", json=body), 400)["error"]["param"] == param


def test_rules_are_the_admins(web: Any) -> None:
    rules = {"days": {"customer": {"documents": 30, "sessions": 7}}, "improvement": False}
    told = answered(web("admin").put("/v1/retention", json=rules))
    assert told["changed_at"]
    assert answered(web("admin").get("/v1/retention")) == told
    assert answered(web("admin", tenant="other").get("/v1/retention"))["days"] == {}
    answered(web("editor").get("/v1/retention"), 403)


async def test_export_and_erasure_are_the_admins_of_the_tenant_alone(minji: AgentClient, side: DocumentSide, web: Any) -> None:
    await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?"})
    exported = web("admin").get("/v1/retention/export")
    assert exported.headers["content-type"] == "application/jsonl"
    assert "연차는 며칠인가요?" in exported.text
    told = [json.loads(line) for line in web("admin", tenant="other").get("/v1/retention/export").text.splitlines()]
    assert {one["object"] for one in told} == {"tenant", "key"}
    assert "acme" not in str(told)
    assert "secret_hash" not in exported.text
    answered(web("editor").get("/v1/retention/export"), 403)
    answered(web("editor").post("/v1/retention/erasure", json={"tenant": "acme"}), 403)
    answered(web("admin").post("/v1/retention/erasure", json={"tenant": "other"}), 403)
    answered(web("admin").post("/v1/retention/erasure", json={}), 400)
    # Elsewhere no name means one's own tenant; here it must be written out.
    answered(web("admin").post("/v1/retention/erasure", json={"tenant": ""}), 400)
    assert answered(web("admin").post("/v1/retention/erasure", json={"tenant": "acme"}))["status"] == "queued"
    assert side.queue.messages[-1] == {"task": "erase", "tenant": "acme"}
    unknown = answered(web("operator").post("/v1/retention/erasure", json={"tenant": "nobody"}), 404)["error"]
    assert (unknown["param"], "'nobody'" in unknown["message"]) == ("tenant", True)


async def test_one_persons_data_is_told_and_erased_by_the_admin(minji: AgentClient, side: DocumentSide, web: Any) -> None:
    await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?"})
    assert "연차는 며칠인가요?" in web("admin").get("/v1/retention/export?user=minji").text
    asked = web("admin").post("/v1/retention/erasure", json={"tenant": "acme", "user": "minji"})
    assert answered(asked) == {"object": "erasure", "tenant": "acme", "user": "minji", "status": "queued"}
    assert side.queue.messages[-1] == {"task": "erase", "tenant": "acme", "user": "minji"}
    for refused in (
        web("admin").get("/v1/retention/export?user=nobody"),
        web("admin").post("/v1/retention/erasure", json={"tenant": "acme", "user": "nobody"}),
        web("admin", tenant="other", user="boss").post("/v1/retention/erasure", json={"tenant": "other", "user": "minji"}),
    ):
        assert answered(refused, 404)["error"]["param"] == "user"
