"""Sessions through the door: what was said, to whom it belongs, and what of it may still be seen."""

from collections.abc import AsyncIterator, Iterator

import pytest

from maru.http import HttpServices
from tests.conftest import MakeTable
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.passages import Passages, passage
from tests.functions.agents_app import AgentClient, agents_app
from tests.functions.chat_app import served

LEAVE = "연차 휴가는 15일이다."
CHAT = "/v1/agents/hr/chat"


@pytest.fixture
async def model() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(words=["연차는 15일입니다 [1]."]) as server:
        yield server


@pytest.fixture
def search() -> Passages:
    return Passages([passage(LEAVE)])


@pytest.fixture
def url(services: HttpServices, make_table: MakeTable, search: Passages, model: OpenAIServer) -> Iterator[str]:
    with served(agents_app(services, make_table, search, model.base_url)) as one:
        yield one


@pytest.fixture
async def minji(url: str, services: HttpServices) -> AsyncIterator[AgentClient]:
    async with AgentClient(url, key_for(services)) as one:
        await one.call("POST", "/v1/agents", {"name": "hr", "vector_stores": ["hr"]})
        yield one


@pytest.fixture
async def others(url: str, services: HttpServices, minji: AgentClient) -> AsyncIterator[list[AgentClient]]:
    """A colleague, and somebody of the same name in another tenant who has an agent of the same name."""
    async with AgentClient(url, key_for(services, user="alex")) as alex, AgentClient(url, key_for(services, tenant="other")) as other:
        await other.call("POST", "/v1/agents", {"name": "hr"})
        yield [alex, other]


async def test_a_conversation_is_one_session(minji: AgentClient, model: OpenAIServer) -> None:
    first = (await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?"}))[1]
    again = (await minji.call("POST", CHAT, {"message": "정말요?", "session_id": first["session_id"]}))[1]
    assert again["session_id"] == first["session_id"]
    roles = [(message["role"], message["content"]) for message in model.requests[-1]["messages"][1:]]
    assert roles[:2] == [("user", "연차는 며칠인가요?"), ("assistant", "연차는 15일입니다.")]
    listed = (await minji.call("GET", f"/v1/sessions/{first['session_id']}/messages"))[1]
    assert [message["role"] for message in listed["data"]] == ["user", "assistant", "user", "assistant"]
    assert listed["has_more"] is False


async def test_messages_come_page_by_page_in_either_order(minji: AgentClient) -> None:
    for text in ("하나", "둘"):
        await minji.call("POST", CHAT, {"message": text, "session_id": "s"})
    page = (await minji.call("GET", "/v1/sessions/s/messages?limit=3"))[1]
    assert page["has_more"] is True
    rest = (await minji.call("GET", f"/v1/sessions/s/messages?after={page['last_id']}"))[1]
    assert len(page["data"]) + len(rest["data"]) == 4
    newest = (await minji.call("GET", "/v1/sessions/s/messages?order=desc&limit=1"))[1]["data"]
    assert newest == rest["data"]
    status, error = await minji.call("GET", "/v1/sessions/s/messages?after=msg_x")
    assert (status, error["error"]["param"]) == (400, "after")


async def test_sessions_are_listed_renamed_exported_and_deleted(minji: AgentClient) -> None:
    for name in ("a", "b", "c"):
        await minji.call("POST", CHAT, {"message": f"{name}: 연차는 며칠인가요?", "session_id": name})
    await minji.call("POST", CHAT, {"message": "또 묻습니다", "session_id": "a"})
    listed = (await minji.call("GET", "/v1/sessions?limit=2"))[1]
    assert [one["id"] for one in listed["data"]] == ["a", "c"]
    assert listed["has_more"] is True
    assert [one["id"] for one in (await minji.call("GET", "/v1/sessions?after=c"))[1]["data"]] == ["b"]
    assert listed["data"][0]["title"] == "a: 연차는 며칠인가요?"
    assert listed["data"][0]["messages"] == 4
    renamed = (await minji.call("POST", "/v1/sessions/a", {"title": "휴가"}))[1]
    assert renamed["title"] == (await minji.call("GET", "/v1/sessions/a"))[1]["title"] == "휴가"
    exported = (await minji.call("GET", "/v1/sessions/a/export"))[1]
    assert exported["session"]["id"] == "a"
    assert exported["messages"] == (await minji.call("GET", "/v1/sessions/a/messages"))[1]["data"]
    assert (await minji.call("DELETE", "/v1/sessions/a"))[1] == {"id": "a", "object": "session.deleted", "deleted": True}
    for path in ("/v1/sessions/a", "/v1/sessions/a/messages", "/v1/sessions/a/export"):
        assert (await minji.call("GET", path))[0] == 404
    assert (await minji.call("POST", CHAT, {"message": "새로", "session_id": "a"}))[0] == 200
    assert len((await minji.call("GET", "/v1/sessions/a/messages"))[1]["data"]) == 2


async def test_markdown_export_quotes_what_may_be_seen(minji: AgentClient) -> None:
    await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?", "session_id": "s"})
    async with minji._session.get(minji._url + "/v1/sessions/s/export?format=markdown") as answer:
        text = await answer.text()
    assert "- [1] file-a.pdf: 연차 휴가는 15일이다." in text


async def test_sessions_of_others_do_not_exist(minji: AgentClient, others: list[AgentClient]) -> None:
    mine = (await minji.call("POST", CHAT, {"message": "연차는?", "session_id": "mine"}))[1]
    for other in others:
        for method, path, body in [
            ("GET", "/v1/sessions/mine", None),
            ("GET", "/v1/sessions/mine/messages", None),
            ("GET", "/v1/sessions/mine/export", None),
            ("POST", "/v1/sessions/mine", {"title": "x"}),
            ("PATCH", "/v1/sessions/mine", {"title": "x"}),
            ("DELETE", "/v1/sessions/mine", None),
            ("POST", CHAT, {"message": "연차는?", "session_id": "mine"}),
            ("POST", "/v1/feedback", {"message_id": mine["message_id"], "rating": "like"}),
        ]:
            assert (await other.call(method, path, body))[0] == 404, (method, path)
        assert (await other.call("GET", "/v1/sessions"))[1]["data"] == []
    assert len((await minji.call("GET", "/v1/sessions/mine/messages"))[1]["data"]) == 2


async def test_a_reference_is_withheld_from_whom_its_document_is_hidden(minji: AgentClient, model: OpenAIServer, search: Passages) -> None:
    first = (await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?", "session_id": "s"}))[1]
    search.acl = {"file-a": {"group:board"}}
    answer = (await minji.call("GET", "/v1/sessions/s/messages"))[1]["data"][1]
    assert answer["content"] == first["response"]
    assert answer["references"] == [{"index": 1, "withheld": True}]
    assert LEAVE not in str((await minji.call("GET", "/v1/sessions/s/export"))[1])
    await minji.call("POST", CHAT, {"message": "다시 말해 주세요", "session_id": "s"})
    assert "15일" not in str(model.requests[-1])
    search.acl = {}
    assert (await minji.call("GET", "/v1/sessions/s/messages"))[1]["data"][1]["references"] == first["references"]


async def test_an_answer_made_from_a_withheld_one_is_forgotten_too(minji: AgentClient, model: OpenAIServer, search: Passages) -> None:
    await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?", "session_id": "s"})
    search.held = []
    await minji.call("POST", CHAT, {"message": "그것을 다시 한 번 말해 주세요", "session_id": "s"})
    search.acl = {"file-a": {"group:board"}}
    await minji.call("POST", CHAT, {"message": "그리고 또 무엇이 있나요?", "session_id": "s"})
    assert [message["role"] for message in model.requests[-1]["messages"]] == ["system", "user"]


async def test_history_stays_within_its_limit(minji: AgentClient, model: OpenAIServer) -> None:
    await minji.call("POST", "/v1/agents/hr", {"history_tokens": 60})
    for number in range(6):
        await minji.call("POST", CHAT, {"message": f"{number}번째 질문입니다", "session_id": "s"})
    told = [message["content"] for message in model.requests[-1]["messages"][1:-1]]
    assert told[-2] == "4번째 질문입니다"
    assert 2 <= len(told) <= 4
    await minji.call("POST", "/v1/agents/hr", {"history_tokens": 0})
    await minji.call("POST", CHAT, {"message": "마지막", "session_id": "s"})
    assert len(model.requests[-1]["messages"]) == 2


async def test_older_turns_are_summarised_until_a_document_of_theirs_is_hidden(
    minji: AgentClient, model: OpenAIServer, search: Passages
) -> None:
    await minji.call("POST", "/v1/agents/hr", {"history_tokens": 60, "summarise": True})
    for number in range(4):
        answer = (await minji.call("POST", CHAT, {"message": f"{number}번째 질문입니다", "session_id": "s"}))[1]
    asked = [request for request in model.requests if not request.get("stream")]
    assert asked
    assert "요약" in asked[0]["messages"][0]["content"]
    assert answer["usage"]["total_tokens"] > 1100  # the summary counts
    assert "안녕하세요" in str(model.requests[-1]["messages"][0]) or "앞서 나눈" in model.requests[-1]["messages"][0]["content"]
    search.acl = {"file-a": {"group:board"}}
    await minji.call("POST", CHAT, {"message": "또 묻습니다", "session_id": "s"})
    assert "앞서 나눈" not in model.requests[-1]["messages"][0]["content"]
    assert len(model.requests[-1]["messages"]) == 2


async def test_feedback_is_kept_on_ones_own_message(minji: AgentClient, services: HttpServices) -> None:
    answer = (await minji.call("POST", CHAT, {"message": "연차는?"}))[1]
    body = {"message_id": answer["message_id"], "rating": "dislike", "comment": "틀렸어요", "correction": "16일"}
    status, given = await minji.call("POST", "/v1/feedback", body)
    assert status == 200
    assert {name: given[name] for name in body} == body
    assert given["session_id"] == answer["session_id"]
    changed = (await minji.call("POST", "/v1/feedback", {"message_id": answer["message_id"], "rating": "like"}))[1]
    assert (changed["rating"], changed["correction"]) == ("like", None)
    for wrong, expected in [
        ({"message_id": "msg_none", "rating": "like"}, 404),
        ({"message_id": answer["message_id"], "rating": "like", "session_id": "other"}, 404),
        ({"message_id": answer["message_id"], "rating": "love"}, 400),
        ({"rating": "like"}, 400),
    ]:
        assert (await minji.call("POST", "/v1/feedback", wrong))[0] == expected


async def test_feedback_and_questions_asked_again_are_summed_by_agent(minji: AgentClient, url: str, services: HttpServices) -> None:
    first = (await minji.call("POST", CHAT, {"message": "연차는 며칠인가요?"}))[1]
    where = {"session_id": first["session_id"]}
    for body in ({"message": "연차는  며칠인가요"}, {"message": "그럼 병가는?"}, {"message": "아파서 쉬는 날은?", "again": True}):
        assert (await minji.call("POST", CHAT, body | where))[0] == 200
    await minji.call("POST", "/v1/feedback", {"message_id": first["message_id"], "rating": "dislike", "correction": "16일"})
    assert (await minji.call("GET", "/v1/feedback/summary"))[0] == 403
    async with AgentClient(url, key_for(services, role="admin")) as admin:
        told = (await admin.call("GET", "/v1/feedback/summary"))[1]
        earlier = await admin.call("GET", f"/v1/feedback/summary?end_time={told['start_time']}")
        assert (await admin.call("GET", "/v1/feedback/summary?start_time=5&end_time=5"))[1]["error"]["param"] == "start_time"
        assert (await admin.call("GET", "/v1/feedback/summary?tenant=other"))[0] == 403
    assert earlier[1]["data"] == []
    (hr,) = told["data"]
    assert (hr["agent"], hr["answers"], hr["asked_again"], hr["likes"], hr["dislikes"], hr["corrections"]) == ("hr", 4, 2, 0, 1, 1)
    assert (hr["ask_again_rate"], hr["dislike_rate"], hr["feedback_rate"]) == (0.5, 0.25, 0.25)
    assert "16일" not in str(told)
    async with AgentClient(url, key_for(services, tenant="other", role="admin")) as stranger:
        assert (await stranger.call("GET", "/v1/feedback/summary"))[1]["data"] == []
