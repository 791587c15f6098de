"""Agents through the door: stored objects, and cited answers as one object, as events and as bare text."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from maru.http import HttpServices
from tests.conftest import MakeTable
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.passages import Passages, passage
from tests.functions.agents_app import AgentClient, agents_app
from tests.functions.chat_app import served
from tests.patience import HASTY

LEAVE = "연차 휴가는 15일이다. 사용하지 않은 연차는 이월되지 않는다."
PAY = "급여는 매월 25일에 지급한다."
HR = {"name": "hr", "instructions": "짧게 답한다.", "vector_stores": ["hr"]}


@pytest.fixture
async def model() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(words=["연차는 15", "일입니다 [", "1", "]. 이월되지 않", "습니다 [1]. 급여는 26일입니다 [2]."]) as server:
        yield server


@pytest.fixture
def search() -> Passages:
    return Passages([passage(LEAVE), passage(PAY, file_id="file-b", score=0.5)])


@pytest.fixture
def url(services: HttpServices, make_table: MakeTable, search: Passages, model: OpenAIServer) -> Iterator[str]:
    with served(agents_app(services, make_table, search, model.base_url)) as one:
        yield one


@pytest.fixture
async def minji(url: str, services: HttpServices) -> AsyncIterator[AgentClient]:
    async with AgentClient(url, key_for(services)) as one:
        await one.call("POST", "/v1/agents", HR)
        yield one


async def test_agents_are_created_read_listed_changed_and_deleted(minji: AgentClient) -> None:
    status, made = await minji.call("POST", "/v1/agents", {"name": "helper", "model": "default", "top_k": 3, "history_tokens": 100})
    assert status == 200
    assert made == {
        "object": "agent",
        "name": "helper",
        "description": "",
        "instructions": "",
        "prompt": None,
        "prompt_variables": {},
        "model": "default",
        "vector_stores": [],
        "top_k": 3,
        "similarity_cutoff": None,
        "history_tokens": 100,
        "summarise": False,
        "tools": [],
        "tool_rounds": 5,
        "policy": None,
        "cache": None,
        "rerank": None,
        "join_neighbours": False,
        "rewrite_query": False,
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
    }
    assert (await minji.call("GET", "/v1/agents/helper"))[1] == made
    changed = (await minji.call("POST", "/v1/agents/helper", {"top_k": 8, "similarity_cutoff": 0.25}))[1]
    assert (changed["top_k"], changed["similarity_cutoff"], changed["history_tokens"]) == (8, 0.25, 100)
    assert (await minji.call("PATCH", "/v1/agents/helper", {"similarity_cutoff": None}))[1]["similarity_cutoff"] is None
    assert [one["name"] for one in (await minji.call("GET", "/v1/agents"))[1]["data"]] == ["helper", "hr"]
    assert (await minji.call("DELETE", "/v1/agents/helper"))[1] == {"name": "helper", "object": "agent.deleted", "deleted": True}
    assert (await minji.call("GET", "/v1/agents/helper"))[0] == 404


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"name": "Bad Name"}, 400, "name"),
        ({}, 400, "name"),
        ({"name": "x", "top_k": 0}, 400, "top_k"),
        ({"name": "x", "top_k": "5"}, 400, "top_k"),
        ({"name": "x", "rewrite_query": "yes"}, 400, "rewrite_query"),
        ({"name": "x", "model": "nobody"}, 400, "model"),
        ({"name": "x", "model": "vectors"}, 400, "model"),
        ({"name": "x", "similarity_cutoff": 2}, 400, "similarity_cutoff"),
        ({"name": "x", "tools": ["browse"]}, 400, "tools"),
        ({"name": "x", "colour": "red"}, 400, "colour"),
        ({"name": "x", "vector_stores": ["vs_nobodys"]}, 400, "vector_stores"),
        ({"name": "hr"}, 409, "name"),
    ],
)
async def test_what_is_wrong_with_an_agent_is_named(minji: AgentClient, body: Any, status: int, param: str) -> None:
    answered, error = await minji.call("POST", "/v1/agents", body)
    assert (answered, error["error"]["param"]) == (status, param)


async def test_building_needs_its_scope_and_other_tenants_see_nothing(url: str, services: HttpServices, minji: AgentClient) -> None:
    async with AgentClient(url, key_for(services, role="user")) as user:
        assert (await user.call("POST", "/v1/agents", {"name": "mine"}))[0] == 403
        assert (await user.call("DELETE", "/v1/agents/hr"))[0] == 403
        assert (await user.call("GET", "/v1/agents/hr"))[0] == 200
    async with AgentClient(url, key_for(services, tenant="other")) as stranger:
        for method, path, body in [
            ("GET", "/v1/agents/hr", None),
            ("POST", "/v1/agents/hr", {"top_k": 1}),
            ("DELETE", "/v1/agents/hr", None),
            ("POST", "/v1/agents/hr/chat", {"message": "안녕"}),
        ]:
            assert (await stranger.call(method, path, body))[0] == 404, path
        assert (await stranger.call("GET", "/v1/agents"))[1]["data"] == []


async def test_an_answer_carries_verified_references(minji: AgentClient, model: OpenAIServer) -> None:
    status, answer = await minji.call("POST", "/v1/agents/hr/chat", {"message": "연차는 며칠인가요?"})
    assert status == 200
    assert set(answer) == {"response", "references", "session_id", "message_id", "usage", "grounding"}
    # The second quote of passage 1 has an index of its own; the claim with another date has lost its marker.
    assert answer["response"] == "연차는 15일입니다 [1]. 이월되지 않습니다 [3]. 급여는 26일입니다."
    first, second = answer["references"]
    assert first | {"score": 0} == {
        "index": 1,
        "file_id": "file-a",
        "version": 1,
        "chunk_id": "file-a_chunk_0",
        "source": "file-a.pdf",
        "page": 3,
        "content": LEAVE,
        "quote": "연차 휴가는 15일이다.",
        "start": 0,
        "end": 13,
        "file_start": 100,
        "file_end": 113,
        "score": 0,
    }
    assert second["quote"] == "사용하지 않은 연차는 이월되지 않는다."
    assert answer["usage"] == {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    asked = model.requests[-1]["messages"]
    assert "짧게 답한다." in asked[0]["content"]
    assert LEAVE not in asked[0]["content"]
    assert LEAVE in asked[-1]["content"]
    assert asked[-1]["content"].endswith("질문: 연차는 며칠인가요?")


async def test_stream_final_object_and_session_are_the_same(minji: AgentClient) -> None:
    told, text = await minji.stream("/v1/agents/hr/chat", {"message": "연차는 며칠인가요?", "session_id": "내-세션"})
    assert [event.id for event in told] == [str(n) for n in range(1, len(told) + 1)]
    stages = [event.data["stage"] for event in told if event.name == "response.status"]
    assert stages == ["searching", "reading", "writing", "checking"]
    assert [one["source"] for one in told[1].data["documents"]] == ["file-a.pdf", "file-b.pdf"]
    done = told[-1]
    assert done.name == "response.completed"
    assert done.data["session_id"] == "내-세션"
    assert "".join(event.data["delta"] for event in told if event.name == "response.delta") == done.data["response"]
    assert [event.data["reference"] for event in told if event.name == "citation"] == done.data["references"]
    assert ": x-maru-cost-usd: 0.003" in text
    question, answer = (await minji.call("GET", "/v1/sessions/내-세션/messages"))[1]["data"]
    assert (question["role"], question["content"]) == ("user", "연차는 며칠인가요?")
    assert (answer["id"], answer["content"]) == (done.data["message_id"], done.data["response"])
    assert answer["references"] == done.data["references"]
    assert answer["usage"] == done.data["usage"]


async def test_bare_text(minji: AgentClient) -> None:
    for body in ({"message": "연차는?"}, {"message": "연차는?", "stream": False}):
        answer, text = await minji.raw("/v1/agents/hr/chat", body, accept="text/plain")
        assert answer.content_type == "text/plain"
        assert text == "연차는 15일입니다 [1]. 이월되지 않습니다 [3]. 급여는 26일입니다."


async def test_one_message_may_be_answered_by_another_model(minji: AgentClient, model: OpenAIServer) -> None:
    for named, status in (("gone", 503), ("nothing", 400), ("vectors", 400), ("default", 200)):
        answered, body = await minji.call("POST", "/v1/agents/hr/chat", {"message": "연차는 며칠인가요?", "model": named})
        assert answered == status, body
        assert status != 400 or body["error"]["param"] == "model"
    assert (await minji.call("GET", "/v1/agents/hr"))[1]["model"] == "default"


async def test_a_message_may_bring_documents_of_its_own(minji: AgentClient, search: Passages) -> None:
    await minji.call("POST", "/v1/agents", {"name": "plain"})
    await minji.call("POST", "/v1/agents/plain/chat", {"message": "연차는 며칠인가요?"})
    assert search.queries == []
    plain = await minji.call("POST", "/v1/agents/plain/chat", {"message": "연차는 며칠인가요?", "vector_stores": ["hr"]})
    assert plain[1]["references"][0]["file_id"] == "file-a"
    twice = await minji.call("POST", "/v1/agents/hr/chat", {"message": "연차는 며칠인가요?", "vector_stores": ["hr"]})
    assert len(twice[1]["references"]) == len(plain[1]["references"])
    foreign = await minji.call("POST", "/v1/agents/hr/chat", {"message": "x", "vector_stores": ["another tenant's"]})
    assert (foreign[0], foreign[1]["error"]["param"]) == (404, "vector_store_id")
    too_many = await minji.call("POST", "/v1/agents/hr/chat", {"message": "x", "vector_stores": ["a", "b", "c", "d"]})
    assert too_many[0] == 400


async def test_an_agent_without_documents_just_talks(minji: AgentClient, model: OpenAIServer) -> None:
    await minji.call("POST", "/v1/agents", {"name": "plain"})
    model.words = ["배열은 a[1]", "입니다"]
    answer = (await minji.call("POST", "/v1/agents/plain/chat", {"message": "배열은?"}))[1]
    assert (answer["response"], answer["references"]) == ("배열은 a[1]입니다", [])
    assert "PASSAGE" not in model.requests[-1]["messages"][-1]["content"]


async def test_what_the_caller_may_not_see_reaches_neither_model_nor_answer(
    url: str, services: HttpServices, minji: AgentClient, model: OpenAIServer, search: Passages
) -> None:
    search.acl = {"file-a": {"group:hr"}, "file-b": {"group:hr"}}
    answer = (await minji.call("POST", "/v1/agents/hr/chat", {"message": "연차는 며칠인가요?"}))[1]
    assert answer["references"] == []
    assert "[1]" not in answer["response"]
    assert "15일이다" not in str(model.requests[-1])
    async with AgentClient(url, key_for(services, user="hana", groups=("hr",))) as hana:
        seen = (await hana.call("POST", "/v1/agents/hr/chat", {"message": "연차는 며칠인가요?"}))[1]
        assert len(seen["references"]) == 2


async def test_a_model_that_is_down_is_503_with_retry_after(minji: AgentClient) -> None:
    await minji.call("POST", "/v1/agents", {"name": "lost", "model": "gone", "vector_stores": ["hr"]})
    for body in ({"message": "연차는?", "session_id": "s1"}, {"message": "연차는?", "session_id": "s1", "stream": True}):
        answer, text = await minji.raw("/v1/agents/lost/chat", body)
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) > 0
        assert "error" in text
    assert (await minji.call("GET", "/v1/sessions/s1"))[0] == 404  # nothing was said in it


async def test_a_model_that_dies_midway_ends_in_a_typed_error_event(minji: AgentClient, model: OpenAIServer) -> None:
    model.cut_after = 3
    told, _ = await minji.stream("/v1/agents/hr/chat", {"message": "연차는?", "session_id": "s2"})
    assert told[-1].name == "error"
    assert told[-1].data["error"]["code"] == "model_stream_interrupted"
    assert not [event for event in told if event.name == "response.completed"]
    answer = (await minji.call("GET", "/v1/sessions/s2/messages"))[1]["data"][1]
    assert answer["status"] == "failed"
    assert answer["content"] == "".join(event.data["delta"] for event in told if event.name == "response.delta")
    model.cut_after = None
    await minji.call("POST", "/v1/agents/hr/chat", {"message": "급여일은 언제인가요?", "session_id": "s2"})
    assert [message["role"] for message in model.requests[-1]["messages"]] == ["system", "user"]  # the failed turn is no history
    status, error = await minji.call("POST", "/v1/agents/hr/chat", {"message": "x", "session_id": "a/b"})
    assert (status, error["error"]["param"]) == (400, "session_id")


async def test_a_model_that_falls_silent_does_not_hang_the_stream(
    services: HttpServices, make_table: MakeTable, search: Passages, model: OpenAIServer
) -> None:
    model.stall_after = 2
    app = agents_app(services, make_table, search, model.base_url, timeouts=HASTY)
    with served(app) as url:
        async with AgentClient(url, key_for(services)) as minji:
            await minji.call("POST", "/v1/agents", HR)
            told, _ = await minji.stream("/v1/agents/hr/chat", {"message": "연차는?"})
    assert told[-1].name == "error"


async def test_an_answer_whose_client_left_is_read_from_the_session(minji: AgentClient, model: OpenAIServer) -> None:
    model.pause = 0.1
    await minji.leave("/v1/agents/hr/chat", {"message": "연차는 며칠인가요?", "session_id": "left"})
    for _ in range(1200):
        await asyncio.sleep(0.05)
        status, listed = await minji.call("GET", "/v1/sessions/left/messages")
        if status == 200 and listed["data"]:
            break
    assert listed["data"][1]["content"].startswith("연차는 15일입니다 [1].")
    assert listed["data"][1]["status"] == "completed"


async def test_an_unknown_store_and_an_empty_message_are_named(minji: AgentClient) -> None:
    await minji.call("POST", "/v1/agents", {"name": "lost", "vector_stores": ["nowhere"]})
    status, error = await minji.call("POST", "/v1/agents/lost/chat", {"message": "연차는?"})
    assert (status, error["error"]["param"]) == (404, "vector_store_id")
    for wrong in ({"message": "  "}, {"message": "연차는?", "model": " "}):
        status, error = await minji.call("POST", "/v1/agents/hr/chat", wrong)
        assert (status, error["error"]["param"]) == (400, list(wrong)[-1])


async def test_the_same_key_gives_the_same_answer_again(minji: AgentClient, model: OpenAIServer) -> None:
    for body in ({"message": "연차는?"}, {"message": "연차는?", "stream": True}):
        key = {"Idempotency-Key": str(body), "x-maru-cache": "off"}
        texts = []
        for _ in range(2):
            async with minji._session.post(minji._url + "/v1/agents/hr/chat", json=body, headers=key) as answer:
                texts.append(await answer.text())
        assert texts[0] == texts[1]
    assert len(model.requests) == 2


@pytest.mark.parametrize("stream", [False, True])
async def test_the_same_key_gives_no_documents_again_that_are_no_longer_the_callers(
    minji: AgentClient, search: Passages, model: OpenAIServer, stream: bool
) -> None:
    async def again() -> tuple[int, str]:
        body, key = {"message": "연차는?", "stream": stream}, {"Idempotency-Key": "once"}
        async with minji._session.post(minji._url + "/v1/agents/hr/chat", json=body, headers=key) as answer:
            return answer.status, await answer.text()

    first = await again()
    assert first == await again()
    search.acl = {"file-b": {"group:hr"}}  # the model was given it, whether it cited it or not
    status, refused = await again()
    assert (status, json.loads(refused)["error"]["code"]) == (409, "idempotent_answer_withheld")
    assert "25일" not in refused
    search.acl = {}
    assert await again() == first
    assert len(model.requests) == 1


@pytest.mark.parametrize(("data_class", "status"), [("public", 200), ("internal", 200), ("customer", 403), ("restricted", 403)])
async def test_passages_of_some_classes_go_to_private_targets_only(
    minji: AgentClient, search: Passages, model: OpenAIServer, data_class: str, status: int
) -> None:
    search.held = [replace(passage(LEAVE), data_class=data_class)]
    await minji.call("POST", "/v1/agents", {**HR, "name": "out", "model": "outside"})
    answered, body = await minji.call("POST", "/v1/agents/out/chat", {"message": "연차는?"})
    assert answered == status, body
    assert len(model.requests) == (status == 200)
    if status == 403:
        assert body["error"]["code"] == "private_model_required"
        assert f"class {data_class}" in body["error"]["message"]
    # The alias of the other agent has a private target.
    assert (await minji.call("POST", "/v1/agents/hr/chat", {"message": "연차는?"}))[0] == 200


async def test_what_was_answered_from_such_passages_stays_inside_too(minji: AgentClient, search: Passages, model: OpenAIServer) -> None:
    """The next question quotes nothing, but the history repeats it."""
    search.held = [replace(passage(LEAVE), data_class="customer")]
    await minji.call("POST", "/v1/agents", {"name": "out", "model": "outside", "instructions": "짧게."})
    await minji.call("POST", "/v1/agents/hr/chat", {"message": "연차는?", "session_id": "s-private"})
    asked = len(model.requests)
    status, body = await minji.call("POST", "/v1/agents/out/chat", {"message": "그럼요?", "session_id": "s-private"})
    assert (status, body["error"]["code"]) == (403, "private_model_required")
    assert len(model.requests) == asked
