"""Agents' answers out of the cache: the same question from the same passages, cited and guarded anew; nothing crosses a right."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import boto3
import pytest

from maru.cache.entries import EntryStore
from maru.cache.rules import Rules, Semantic
from maru.http import HttpServices
from maru.ledger.usage import UsageStore
from tests.conftest import MakeTable
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.passages import Passages, passage
from tests.functions.agents_app import AgentClient, agents_app
from tests.functions.chat_app import served

LEAVE = "연차 휴가는 15일이다. 사용하지 않은 연차는 이월되지 않는다."
PAY = "급여는 매월 25일에 지급한다."
SECRET = "임원의 연차 휴가는 30일이다."
MESSAGE = {"message": "연차 휴가는 며칠인가요?"}
CHAT = "/v1/agents/hr/chat"


@pytest.fixture
async def model() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(words=["연차는 15", "일입니다 [", "1", "]."]) as server:
        yield server


@pytest.fixture
def search() -> Passages:
    return Passages([passage(LEAVE), passage(PAY, file_id="file-b", score=0.5)])


@pytest.fixture
def url(services: HttpServices, make_table: MakeTable, search: Passages, model: OpenAIServer) -> Iterator[str]:
    rules = Rules(semantic=Semantic(embedding="vectors", threshold=0.5))
    with served(agents_app(services, make_table, search, model.base_url, rules=rules)) as one:
        yield one


@pytest.fixture
async def minji(url: str, services: HttpServices) -> AsyncIterator[AgentClient]:
    async with AgentClient(url, key_for(services)) as one:
        await one.call("POST", "/v1/agents", {"name": "hr", "vector_stores": ["hr"]})
        yield one


async def ask(client: AgentClient, message: str = MESSAGE["message"], **headers: str) -> tuple[str, Any]:
    """How the cache answered, and the answer."""
    async with client._session.post(client._url + CHAT, json={"message": message}, headers=headers) as answer:
        return answer.headers["x-maru-cache"], await answer.json()


async def test_the_same_question_has_the_same_answer_cited_again(minji: AgentClient, model: OpenAIServer) -> None:
    (first, one), (again, other) = await ask(minji), await ask(minji)
    assert (first, again) == ("miss", "hit-exact")
    assert one["response"] == other["response"] == "연차는 15일입니다 [1]."
    assert one["references"] == other["references"]
    assert len(one["references"]) == 1
    assert one["session_id"] != other["session_id"]
    assert len(model.requests) == 1
    rows = boto3.client("dynamodb").scan(TableName=UsageStore.SPEC.name)["Items"]
    kept = [row for row in rows if "cache" in row]
    assert [(row["agent"]["S"], row["cost"]["N"], row["saved"]["N"]) for row in kept] == [("hr", "0", "3000000")]


async def test_a_replayed_answer_streams_like_any_other(minji: AgentClient) -> None:
    told, _ = await minji.stream(CHAT, MESSAGE)
    again, text = await minji.stream(CHAT, MESSAGE)
    assert ": x-maru-cache: hit-exact\n" in text
    assert ["".join(one.data["delta"] for one in events if one.name == "response.delta") for events in (told, again)] == [
        "연차는 15일입니다 [1]."
    ] * 2
    assert [one.data["stage"] for one in again if one.name == "response.status"] == ["searching", "reading", "writing", "checking"]
    assert {one.data["session_id"] for one in again if one.data.get("stage") == "writing"} == {again[-1].data["session_id"]}


async def test_another_right_another_document_or_another_version_is_another_answer(
    minji: AgentClient, url: str, services: HttpServices, search: Passages
) -> None:
    assert (await ask(minji))[0] == "miss"
    search.held.append(passage(SECRET, file_id="file-c", score=0.4))
    search.acl["file-c"] = {"group:board"}
    assert (await ask(minji))[0] == "hit-exact", "what she cannot see changes nothing for her"
    async with AgentClient(url, key_for(services, user="chief", groups=("board",))) as chief:
        assert (await ask(chief))[0] == "miss"
        assert (await ask(chief))[0] == "hit-exact"
        search.acl["file-c"] = set()
        assert (await ask(chief))[0] == "miss", "a right that was taken"
    search.acl["file-b"] = {"user:alex"}
    assert (await ask(minji))[0] == "miss", "a document that was withdrawn"
    search.held[0] = passage(LEAVE.replace("15", "16"))
    assert (await ask(minji))[0] == "miss", "a document that says something else"


async def test_an_agent_that_was_changed_answers_anew(minji: AgentClient) -> None:
    assert (await ask(minji))[0] == "miss"
    await minji.call("POST", "/v1/agents/hr", {"instructions": "짧게 답한다."})
    assert (await ask(minji))[0] == "miss"
    await minji.call("POST", "/v1/agents/hr", {"cache": "off"})
    assert [(await ask(minji))[0] for _ in range(2)] == ["off", "off"]
    assert (await ask(minji, **{"x-maru-cache": "exact"}))[0] == "miss"


async def test_what_was_said_before_is_part_of_the_question(minji: AgentClient) -> None:
    _, one = await ask(minji)
    _, again = await minji.call("POST", CHAT, MESSAGE | {"session_id": one["session_id"]})
    assert again["session_id"] == one["session_id"]
    rows = boto3.client("dynamodb").scan(TableName=UsageStore.SPEC.name)["Items"]
    assert not [row for row in rows if "cache" in row]


async def test_an_answer_is_bound_to_every_document_behind_it_those_of_earlier_turns_too(minji: AgentClient, search: Passages) -> None:
    search.held = [passage(LEAVE)]
    _, one = await ask(minji)
    search.held = [passage(PAY, file_id="file-b")]
    await minji.call("POST", CHAT, {"message": "급여는 언제 지급하나요?", "session_id": one["session_id"]})
    rows = boto3.client("dynamodb").scan(TableName=EntryStore.SPEC.name)["Items"]
    bound = Counter(row["entry"]["S"] for row in rows if row["id"]["S"].startswith("of#"))
    assert sorted(bound.values()) == [1, 2]
    files = {row["id"]["S"].split("#")[1] for row in rows if row["id"]["S"].startswith("of#")}
    assert files == {passage(LEAVE).file_id, "file-b"}


async def test_markers_follow_their_passages_where_these_stand_in_another_order(
    minji: AgentClient, url: str, services: HttpServices, search: Passages, model: OpenAIServer
) -> None:
    await minji.call("POST", "/v1/agents/hr", {"cache": "semantic"})
    model.words = ["급여는 25일입니다 [2]."]
    assert (await ask(minji, "급여는 언제 지급하나요?"))[0] == "miss"
    search.held.reverse()
    how, answer = await ask(minji, "급여는 언제 지급하는지 알려주세요")
    assert how == "hit-semantic"
    assert answer["response"] == "급여는 25일입니다 [1]."
    assert answer["references"][0]["file_id"] == "file-b"
    async with AgentClient(url, key_for(services, user="alex")) as alex:
        assert (await ask(alex, "급여는 언제 지급하죠?"))[0] == "hit-semantic", "the same rights on the same passages"
    async with AgentClient(url, key_for(services, user="chief", groups=("board",))) as chief:
        assert (await ask(chief, "급여는 언제 지급하죠?"))[0] == "miss"
