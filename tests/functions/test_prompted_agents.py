"""Agents that name a prompt and a label: its system messages are their instructions."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import boto3
import pytest

from maru.dynamo import Table
from maru.http import HttpServices
from maru.prompts.store import PromptStore
from maru.prompts.template import Template
from tests.conftest import MakeTable
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.passages import Passages, passage
from tests.functions.agents_app import AgentClient, agents_app
from tests.functions.chat_app import served

HR: dict[str, Any] = {
    "name": "hr",
    "instructions": "짧게.",
    "vector_stores": ["hr"],
    "prompt": "tone",
    "prompt_variables": {"tone": "friendly"},
}


@pytest.fixture
async def model() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(words=["연차는 15일입니다 [1]."]) as server:
        yield server


@pytest.fixture
def url(services: HttpServices, make_table: MakeTable, model: OpenAIServer) -> Iterator[str]:
    with served(agents_app(services, make_table, Passages([passage("연차 휴가는 15일이다.")]), model.base_url)) as one:
        yield one


@pytest.fixture
async def minji(url: str, services: HttpServices) -> AsyncIterator[AgentClient]:
    async with AgentClient(url, key_for(services)) as one:
        yield one


def publish(text: str, label: str = "live", tenant: str = "acme") -> None:
    store = PromptStore(Table(boto3.client("dynamodb"), PromptStore.SPEC.name, PromptStore.SPEC))
    content = {
        "messages": [{"role": "system", "content": text}, {"role": "user", "content": "{{question}}"}],
        "variables": {name: {} for name in ("tone", "instructions", "agent") if f"{{{{{name}}}}}" in text} | {"question": {}},
    }
    made = store.publish(tenant, "tone", Template.model_validate(content), description="", user="u")
    store.label(tenant, "tone", label, made.version)


async def test_a_prompt_gives_the_instructions_and_its_label_is_followed(minji: AgentClient, model: OpenAIServer) -> None:
    publish("Be {{tone}}. You are {{agent}}. {{instructions}}")
    status, made = await minji.call("POST", "/v1/agents", HR)
    assert (status, made["prompt"], made["instructions"]) == (200, "tone", "짧게.")
    status, answer = await minji.call("POST", "/v1/agents/hr/chat", {"message": "연차는 며칠인가요?"})
    assert (status, len(answer["references"])) == (200, 1)
    system = model.requests[-1]["messages"][0]["content"]
    assert "Be friendly. You are hr. 짧게." in system
    assert "구절에 적힌 내용으로만" in system  # the rules of answering stay above it
    publish("Now {{tone}} again.")
    await minji.call("POST", "/v1/agents/hr/chat", {"message": "연차는 며칠인가요?"})
    system = model.requests[-1]["messages"][0]["content"]
    assert "Now friendly again." in system
    assert "You are hr" not in system


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"prompt": "nothing"}, "prompt"),
        ({"prompt": "tone@canary"}, "prompt"),
        ({"prompt": "Not a name"}, "prompt"),
        ({"prompt_variables": {}}, "prompt_variables.tone"),
        ({"prompt_variables": {"tone": 3}}, "prompt_variables.tone"),
        ({"prompt_variables": {"tone": "x", "colour": "red"}}, "prompt_variables.colour"),
    ],
)
async def test_a_prompt_that_cannot_be_used_is_refused_by_name(minji: AgentClient, change: dict[str, Any], param: str) -> None:
    publish("Be {{tone}}.")
    status, answer = await minji.call("POST", "/v1/agents", HR | change)
    assert (status, answer["error"]["param"]) == (400, param)


async def test_another_tenants_prompt_is_not_there(minji: AgentClient) -> None:
    publish("Be {{tone}}.", tenant="other")
    status, answer = await minji.call("POST", "/v1/agents", HR)
    assert (status, answer["error"]["param"]) == (400, "prompt")
