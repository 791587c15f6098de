"""The guard around agents, as read from the socket: models see placeholders, readers their own words, sessions neither."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import boto3
import pytest

from maru.agents.sessions import SessionStore
from maru.guard.policy import parsed
from maru.http import HttpServices
from tests.conftest import MakeTable
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.passages import Passages, passage
from tests.functions.agents_app import AgentClient, agents_app
from tests.functions.chat_app import served
from tests.guarding import policies_on

PHONE, OTHER, KEY = "010-1234-5678", "010-9999-8888", "sk-proj-" + "a1B2" * 6


@pytest.fixture
async def model() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(words=["번호 [PHO", "NE_1]로 ", "전화했", "습니다."]) as server:
        yield server


@pytest.fixture
def url(services: HttpServices, make_table: MakeTable, model: OpenAIServer) -> Iterator[str]:
    search = Passages([passage(f"홍보팀 전화는 {OTHER}이다. 연차는 15일이다.")])
    with served(agents_app(services, make_table, search, model.base_url)) as one:
        yield one


@pytest.fixture
async def minji(url: str, services: HttpServices) -> AsyncIterator[AgentClient]:
    async with AgentClient(url, key_for(services)) as one:
        await one.call("POST", "/v1/agents", {"name": "talk", "policy": "strict"})
        await one.call("POST", "/v1/agents", {"name": "hr", "policy": "strict", "vector_stores": ["hr"]})
        await one.call("POST", "/v1/agents", {"name": "plain"})
        yield one


def stored() -> str:
    """Everything that lies in the table of sessions, decompressed."""
    client = boto3.client("dynamodb")
    names = [name for name in client.list_tables()["TableNames"] if name.startswith(SessionStore.SPEC.name)]
    rows = [row for name in names for row in client.scan(TableName=name)["Items"]]
    import zlib

    bodies = [zlib.decompress(bytes(row["body"]["B"])).decode() for row in rows if "body" in row]
    return json.dumps([{k: str(v) for k, v in row.items() if k != "body"} for row in rows], ensure_ascii=False) + "".join(bodies)


@pytest.mark.parametrize("agent", ["talk", "plain"])
async def test_an_answer_that_recites_the_system_prompt_ends_at_its_canary(minji: AgentClient, model: OpenAIServer, agent: str) -> None:
    await minji.call("POST", f"/v1/agents/{agent}/chat", {"message": "hello"})
    system = model.requests[-1]["messages"][0]["content"]
    canary = next(word for word in system.split() if word.startswith("m9-"))
    for letters in (1, 4, 9, 30):
        model.words = [text[at : at + letters] for text in [f"Sure: {system}"] for at in range(0, len(text), letters)]
        _, answer = await minji.call("POST", f"/v1/agents/{agent}/chat", {"message": "and now?"})
        assert canary[:12] not in answer["response"]
        assert "never write it" not in answer["response"]
        assert answer["response"].endswith("Sorry, an appropriate response cannot be generated.")
    assert len({one["messages"][0]["content"] for one in model.requests}) == 1, "the same prompt each time: models keep what they read"


async def test_models_see_placeholders_and_readers_their_own_words(minji: AgentClient, model: OpenAIServer, log_lines: Any) -> None:
    _, answer = await minji.call("POST", "/v1/agents/talk/chat", {"message": f"제 번호는 {PHONE} 입니다"})
    assert answer["response"] == f"번호 {PHONE}로 전화했습니다."
    assert PHONE not in json.dumps(model.requests, ensure_ascii=False)
    assert "[PHONE_1]" in model.requests[-1]["messages"][-1]["content"]
    assert PHONE not in stored()
    assert "[PHONE_1]" in stored()
    _, said = await minji.call("GET", f"/v1/sessions/{answer['session_id']}/messages")
    assert [one["content"] for one in said["data"]] == [f"제 번호는 {PHONE} 입니다", f"번호 {PHONE}로 전화했습니다."]
    await minji.call("POST", "/v1/agents/talk/chat", {"message": f"{PHONE} 맞나요?", "session_id": answer["session_id"]})
    told = json.dumps(model.requests[-1], ensure_ascii=False)
    assert PHONE not in told
    assert "[PHONE_2]" not in told


async def test_placeholders_that_the_stream_cuts_come_back(minji: AgentClient) -> None:
    events, text = await minji.stream("/v1/agents/talk/chat", {"message": f"제 번호는 {PHONE} 입니다", "stream": True})
    deltas = "".join(one.data["delta"] for one in events if one.name == "response.delta")
    assert deltas == events[-1].data["response"] == f"번호 {PHONE}로 전화했습니다."
    assert "PHONE_1" not in text


async def test_what_the_model_makes_up_is_masked(minji: AgentClient, model: OpenAIServer) -> None:
    model.words = ["전화는 010-9", "999-88", "88 입니다."]
    events, text = await minji.stream("/v1/agents/talk/chat", {"message": "안녕하세요", "stream": True})
    assert events[-1].data["response"] == "전화는 [PHONE_1] 입니다."
    assert "9999" not in text


async def test_passages_are_hidden_from_models_and_quotes_keep_their_place(minji: AgentClient, model: OpenAIServer) -> None:
    model.words = ["홍보팀 전화는 [PHONE_1]이다 [1]. ", "연차는 15일이다 [1]."]
    _, answer = await minji.call("POST", "/v1/agents/hr/chat", {"message": "연차 휴가는 며칠이고 전화는 뭔가요"})
    assert OTHER not in json.dumps(model.requests, ensure_ascii=False)
    # The reader may read the document, so its numbers come back.
    assert answer["response"].startswith(f"홍보팀 전화는 {OTHER}이다")
    (first, *_) = answer["references"]
    assert first["content"][first["start"] : first["end"]] == first["quote"]


async def test_a_message_with_a_secret_is_refused_and_not_kept(minji: AgentClient, model: OpenAIServer) -> None:
    _, answer = await minji.call("POST", "/v1/agents/talk/chat", {"message": f"my key is {KEY}"})
    assert answer["response"] == "Content violates usage policies"
    assert answer["guard"]["action"] == "block"
    assert not model.requests
    assert KEY not in stored()


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("키를 알려줘요", "죄송합니다. 적절한 응답을 생성할 수 없습니다."),
        ("tell me", "Sorry, an appropriate response cannot be generated."),
    ],
)
async def test_an_answer_that_is_cut_off_says_so_in_the_readers_language(
    minji: AgentClient, model: OpenAIServer, message: str, sentence: str
) -> None:
    model.words = ["It is ", KEY[:10], KEY[10:], " there."]
    events, text = await minji.stream("/v1/agents/talk/chat", {"message": message, "stream": True})
    assert events[-1].data["response"].endswith(sentence)
    assert KEY[:12] not in text
    assert events[-1].name == "response.completed"


async def test_secrets_never_leave_even_by_default(minji: AgentClient, model: OpenAIServer) -> None:
    model.words = ["It is ", KEY[:10], KEY[10:], " there."]
    _, answer = await minji.call("POST", "/v1/agents/plain/chat", {"message": "안녕"})
    assert answer["response"] == "It is [SECRET_1] there."


async def test_an_agent_names_a_policy_that_is_there(minji: AgentClient) -> None:
    policies_on(boto3.client("dynamodb")).publish("acme", parsed({"name": "mine"}), user="minji")
    assert (await minji.call("POST", "/v1/agents", {"name": "mine", "policy": "mine"}))[0] == 200
    assert (await minji.call("POST", "/v1/agents", {"name": "other", "policy": "nobody"}))[1]["error"]["param"] == "policy"


async def test_an_answer_tells_how_far_its_passages_support_it(minji: AgentClient, model: OpenAIServer) -> None:
    await minji.call("POST", "/v1/agents", {"name": "told", "vector_stores": ["hr"]})
    model.words = ["연차는 15일이다 [1]. ", "구내식당은 매일 채식 메뉴를 제공한다."]
    events, _ = await minji.stream("/v1/agents/told/chat", {"message": "연차 휴가는 며칠이고 식당은 어떤가요"})
    done = events[-1].data
    assert (done["grounding"]["score"], done["grounding"]["claims"]) == (0.5, 2)
    (bare,) = done["grounding"]["unsupported"]
    assert done["response"][bare["start"] : bare["end"]].startswith("구내식당")
    _, said = await minji.call("GET", f"/v1/sessions/{done['session_id']}/messages")
    assert said["data"][1]["grounding"] == done["grounding"]


def a_tool(**more: Any) -> dict[str, Any]:
    return {"name": "look_up", "description": "Looks a person up.", "target": {"kind": "lambda", "function": "weather"}, **more}


async def test_what_an_agent_is_told_by_its_builder_is_read_as_system_messages_are(minji: AgentClient, model: OpenAIServer) -> None:
    properties = {"who": {"type": "string", "description": f"such as {OTHER}", "enum": [OTHER, "all"]}}
    tool = a_tool(description=f"Calls {OTHER}.", parameters={"type": "object", "properties": properties})
    assert (await minji.call("POST", "/v1/tools", tool))[0] == 200
    told = {"instructions": f"Be brief. Help is at {OTHER}, the key is {KEY}.", "tools": ["look_up"]}
    for name, policy in (("hidden", "strict"), ("usual", "default")):
        assert (await minji.call("POST", "/v1/agents", {"name": name, "policy": policy, **told}))[0] == 200
        _, answer = await minji.call("POST", f"/v1/agents/{name}/chat", {"message": f"I am {PHONE}"})
        asked = json.dumps(model.requests[-1])
        assert (OTHER in asked, KEY in asked, asked.count("[PHONE 1]")) == ((False, False, 4) if policy == "strict" else (True, False, 0))
        # What is hidden of it is nobody's to get back, and does not take the place of what the caller said.
        assert KEY not in json.dumps(answer)
        assert answer["response"] == (f"번호 {PHONE}로 전화했습니다." if policy == "strict" else "번호 [PHONE_1]로 전화했습니다.")


async def test_an_agent_that_its_policy_lets_no_model_hear_is_refused_to_its_builder(
    minji: AgentClient, model: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maru.guard.policies.KEPT", 0.0)
    stops = parsed({"name": "stops", "checks": {"pii": {"history": "block"}}})
    store = policies_on(boto3.client("dynamodb"))
    store.publish("acme", stops, user="minji")
    await minji.call("POST", "/v1/tools", a_tool(description=f"Calls {OTHER}."))
    for field, told in (("instructions", OTHER), ("tools", ["look_up"])):
        status, answer = await minji.call("POST", "/v1/agents", {"name": "no", "policy": "stops", field: told})
        assert (status, answer["error"]["param"], answer["error"]["code"]) == (400, field, "content_policy_violation")
    assert (await minji.call("POST", "/v1/agents", {"name": "late", "instructions": OTHER}))[0] == 200
    assert (await minji.call("POST", "/v1/agents/late", {"policy": "stops"}))[0] == 400
    # A policy that changes after the agent was made holds, too.
    store.publish("acme", parsed({"name": "default", "checks": {"pii": {"history": "block"}}}), user="minji")
    _, answer = await minji.call("POST", "/v1/agents/late/chat", {"message": "hello"})
    assert (answer["response"], model.requests) == ("Content violates usage policies", [])


async def test_older_turns_are_summarised_as_the_model_may_be_told_them(minji: AgentClient, model: OpenAIServer) -> None:
    hides = parsed({"name": "hides", "checks": {"pii": {"history": "mask"}}})
    policies_on(boto3.client("dynamodb")).publish("acme", hides, user="minji")
    agent = {"name": "sums", "policy": "hides", "history_tokens": 60, "summarise": True}
    assert (await minji.call("POST", "/v1/agents", agent))[0] == 200
    for number in range(4):
        message = {"message": f"{number}. 담당자 번호는 {OTHER} 입니다", "session_id": "s"}
        await minji.call("POST", "/v1/agents/sums/chat", message)
    summed = [one for one in model.requests if not one.get("stream")]
    assert summed
    assert OTHER not in json.dumps([one["messages"][:-1] for one in model.requests], ensure_ascii=False)
    assert not [one for one in summed if one["messages"][-1]["content"].count(OTHER) > 1]
