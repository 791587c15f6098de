"""Two model servers behind the chat function, for tests of where requests are routed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from maru.ledger.meter import Meter
from maru.models.rules import Breaker, Retry, Routing
from tests.fakes.chat_server import SageMakerServer
from tests.fakes.openai_server import OpenAIServer

PHONE = "제 번호는 010-1234-5678 입니다"
WORDS = ["오늘 ", "서울은 ", "맑고 ", "바람이 ", "붑니다."]
PRICE = {"input": 2, "output": 10}
ROUTING = Routing.load("catalogue").model_copy(update={"retry": Retry(rounds=0), "breaker": Breaker()})


class Servers:
    """Two model servers, the function in front of them, and what it left behind."""

    def __init__(self, inside: OpenAIServer, outside: OpenAIServer, meter: Meter) -> None:
        self.inside, self.outside, self.meter = inside, outside, meter
        self.url = ""
        self.headers: dict[str, str] = {}

    async def ask(self, model: str, text: str, headers: dict[str, str] | None = None, **more: Any) -> tuple[int, Any, str]:
        """Status, headers and text of a completion."""
        body = {"model": model, "messages": [{"role": "user", "content": text}], **more}
        async with (
            aiohttp.ClientSession(headers=self.headers | (headers or {})) as session,
            session.post(self.url + "/v1/chat/completions", json=body) as answer,
        ):
            return answer.status, answer.headers, await answer.text()

    def rows(self) -> list[dict[str, Any]]:
        """The ledger's rows of the last hour, oldest first."""
        now = datetime.now(UTC)
        return [row for _, row in self.meter.usage.between("acme", now - timedelta(hours=1), now + timedelta(hours=1))]

    def budget(self) -> tuple[int, int]:
        """What of acme's budget is spent and reserved."""
        (usage,) = self.meter.budgets.usage("acme")
        return usage.spent, usage.reserved


def alias(name: str, *targets: tuple[str, OpenAIServer | SageMakerServer], **more: Any) -> dict[str, Any]:
    """An alias whose targets are named by what they are: `public` ones are not private."""
    listed = [
        {"model": model, "base_url": server.base_url, "private": model != "public", "price": PRICE, **more} for model, server in targets
    ]
    return {"alias": name, "kind": "chat", "targets": listed}


def said(text: str) -> str:
    """What a stream says."""
    chunks = [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: {")]
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk.get("choices", ()))
