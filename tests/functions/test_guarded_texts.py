"""The guard around texts that are no conversation: what is embedded, what is searched for, what searches and reranking models see."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp
import boto3
import pytest

from functions.chat.screening import Screening
from maru.guard.check import Subject, Unit
from maru.guard.engine import Guard
from maru.guard.finding import Finding
from maru.guard.plain import Doors
from maru.guard.policies import PolicyStore
from maru.guard.policy import parsed
from maru.http import HttpServices
from tests.door import client, key_for
from tests.fakes.documents import DocumentSide
from tests.fakes.openai_server import OpenAIServer
from tests.functions.chat_app import chat_app, served
from tests.functions.documents_app import documents_app
from tests.guarding import policies_on

PHONE, MAIL = "010-1234-5678", "minji@example.com"


class Fails:
    """Moderation that has no answer to give."""

    name = "moderation"
    unit: Unit = "whole"

    def find(self, subject: Subject) -> Sequence[Finding]:
        del subject
        raise RuntimeError


type Rule = Callable[..., None]


@pytest.fixture
def policies() -> PolicyStore:
    return policies_on(boto3.client("dynamodb"))


@pytest.fixture
def ruled(policies: PolicyStore) -> Rule:
    """Puts a policy of these checks in force."""

    def publish(name: str, fail: str = "closed", **checks: Any) -> None:
        policies.publish("acme", parsed({"name": name, "fail": fail, "checks": checks}), user="minji")

    return publish


@pytest.fixture
async def embedding(services: HttpServices, upstream: OpenAIServer, policies: PolicyStore) -> Any:
    """Asks for vectors."""
    headers = {"authorization": f"Bearer {key_for(services)}"}
    with served(chat_app(services, upstream.base_url, screening=Screening(Guard([Fails()]), policies))) as url:
        async with aiohttp.ClientSession(url, headers=headers) as session:

            async def ask(text: Any, **more: Any) -> tuple[int, dict[str, Any]]:
                async with session.post("/v1/embeddings", json={"model": "embedding", "input": text, **more}) as answer:
                    return answer.status, await answer.json()

            yield ask


async def test_no_vector_holds_what_is_hidden(embedding: Any, ruled: Rule, upstream: OpenAIServer) -> None:
    ruled("embeddings", pii={"input": "mask"})
    texts = [f"전화 {PHONE}", f"{MAIL} 로 보내고 {PHONE} 으로 거세요", "010-9999-8888", "휴가 규정"]
    _, answer = await embedding(texts)
    masked = ["전화 [PHONE_1]", "[EMAIL_1] 로 보내고 [PHONE_1] 으로 거세요", "[PHONE_1]", "휴가 규정"]
    assert upstream.requests[-1]["input"] == masked
    assert [one["index"] for one in answer["data"]] == [0, 1, 2, 3]
    alone = (await embedding(texts[1]))[1]["data"][0]["embedding"]
    assert (alone, "guard" in answer) == (answer["data"][1]["embedding"], False)  # no text's vector depends on its batch


async def test_who_has_something_embedded_is_told_apart_without_being_told(embedding: Any, ruled: Rule, upstream: OpenAIServer) -> None:
    assert (await embedding("hi", user=MAIL))[0] == 200
    ruled("embeddings", pii={"input": "mask"})
    for user in (MAIL, "u-17"):
        assert (await embedding("hi", user=user))[0] == 200
    plain, hidden, known = [one["user"] for one in upstream.requests]
    assert (plain, len(hidden), known) == (MAIL, 64, "u-17")
    ruled("embeddings", pii={"input": "block"})
    assert (await embedding("hi", user=MAIL))[1]["error"]["param"] == "user"


async def test_what_is_blocked_is_told_by_its_place(embedding: Any, ruled: Rule, upstream: OpenAIServer) -> None:
    ruled("embeddings", pii={"input": "block"})
    status, answer = await embedding(["휴가 규정", f"전화 {PHONE}"])
    error = answer["error"]
    assert (status, error["param"], error["code"]) == (400, "input.1", "content_policy_violation")
    assert (await embedding([101, 102]))[1]["error"]["code"] == "text_required"
    assert not upstream.requests
    (row,) = [one for one in boto3.client("dynamodb").scan(TableName="incidents")["Items"] if "check" in one]
    assert (row["check"]["S"], PHONE in json.dumps(row)) == ("pii", False)


async def test_a_check_without_an_answer_lets_nothing_be_embedded(embedding: Any, ruled: Rule, upstream: OpenAIServer) -> None:
    ruled("embeddings", moderation={"input": "block"})
    assert ((await embedding("hi"))[0], upstream.requests) == (503, [])
    ruled("embeddings", fail="open", moderation={"input": "block"})
    assert (await embedding("hi"))[1]["guard"] == {"policy": "embeddings", "unchecked": ["moderation"]}


async def test_without_a_policy_of_its_own_a_text_goes_as_it_is(embedding: Any, upstream: OpenAIServer) -> None:
    assert (await embedding([[101, 102]]))[0] == 200
    assert (await embedding(f"전화 {PHONE}"))[0] == 200
    assert [one["input"] for one in upstream.requests] == [[[101, 102]], [f"전화 {PHONE}"]]


TEXTS = {f"{PHONE}.md": f"휴가 담당자 전화는 {PHONE} 입니다.", "leave.md": "휴가는 모두 15일이다. 남은 휴가는 해를 넘기면 사라진다."}


@pytest.fixture
def read(side: DocumentSide, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a reranking model reads."""
    seen, rerank = list[str](), side.embedder.rerank

    async def reading(alias: str, query: str, texts: Sequence[str], **how: Any) -> Any:
        seen.extend([query, *texts])
        return await rerank(alias, query, texts, **how)

    monkeypatch.setattr(side.embedder, "rerank", reading)
    return seen


@pytest.fixture
def search(side: DocumentSide, services: HttpServices, policies: PolicyStore) -> Any:
    """Searches a store of two documents."""
    web = client(documents_app(side, services, Doors(Guard([Fails()]), policies)), key_for(services))
    store = web.post("/v1/vector_stores", json={"name": "s"}).json()["id"]
    for name, text in TEXTS.items():
        files = {"file": (name, text.encode(), "text/markdown")}
        form = {"purpose": "assistants", "attributes": json.dumps({"boss": MAIL})}
        file = web.post("/v1/files", files=files, data=form).json()["id"]
        attached = web.post(f"/v1/vector_stores/{store}/files", json={"file_id": file, "attributes": {"boss": MAIL, "year": 2025}})
        assert attached.status_code == 200, attached.text
    side.work()
    return lambda query, **more: web.post(f"/v1/vector_stores/{store}/search", json={"query": query, **more})


RERANK = {"ranking_options": {"rerank": "ranks"}}


async def test_a_search_without_a_policy_of_its_own_changes_nothing(search: Any, side: DocumentSide, read: list[str]) -> None:
    answer = search(f"휴가 {PHONE}", **RERANK).json()
    assert {one["filename"]: one["content"][0]["text"] for one in answer["data"]} == TEXTS
    assert (answer["search_query"], "guard" in answer) == ([f"휴가 {PHONE}"], False)
    assert not [one for one in answer["data"] if "masked" in one]
    assert PHONE in "".join(read)
    assert side.lines.getvalue().count(PHONE) == 0


async def test_a_policy_hides_from_models_and_from_readers(search: Any, side: DocumentSide, read: list[str], ruled: Rule) -> None:
    ruled("search", pii={"input": "mask", "passage": "mask"})
    answer = search(f"휴가 {PHONE}", **RERANK).json()
    assert answer["search_query"] == ["휴가 [PHONE_1]"]
    hidden, plain = sorted(answer["data"], key=lambda one: one["filename"])
    assert (hidden["content"][0]["text"], hidden["filename"]) == ("휴가 담당자 전화는 [PHONE_1] 입니다.", "[PHONE_1].md")
    assert (plain["content"][0]["text"], plain["masked"]) == (TEXTS["leave.md"], True)
    assert [one["attributes"] for one in (hidden, plain)] == [{"boss": "[EMAIL_1]", "year": 2025}] * 2
    assert (len(read), [one for one in read if PHONE in one]) == (3, [])
    assert PHONE not in json.dumps(answer, ensure_ascii=False)
    assert not [one for one in side.embedder.embedded if PHONE in one and "담당자" not in one]


async def test_a_policy_leaves_out_and_refuses(search: Any, read: list[str], ruled: Rule) -> None:
    ruled("search", pii={"input": "block", "labels": {"PHONE": {"passage": "block"}}})
    answer = search("휴가", **RERANK).json()
    assert [one["filename"] for one in answer["data"]] == ["leave.md"]
    assert PHONE not in "".join(read)
    refused = search(["휴가", f"휴가 {PHONE}"])
    error = refused.json()["error"]
    assert (refused.status_code, error["param"], error["code"]) == (400, "query.1", "content_policy_violation")


async def test_a_search_whose_check_gives_no_answer(search: Any, policies: PolicyStore, ruled: Rule) -> None:
    ruled("search", moderation={"passage": "block"})
    assert search("휴가").json()["data"] == []
    ruled("search", fail="open", moderation={"input": "block", "passage": "block"})
    answer = search("휴가").json()
    assert (len(answer["data"]), answer["guard"]) == (2, {"policy": "search", "unchecked": ["moderation"]})
    ruled("search", moderation={"input": "block"})
    assert search("휴가").status_code == 503
