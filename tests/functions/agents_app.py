"""The chat function's agents on the in-memory AWS, written passages and a stand-in model server, and a client that reads events."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
import boto3
from fastapi import APIRouter

from functions.chat import agents_routes, feedback_routes, sessions_routes, tools_routes
from maru.agents.agent import AgentStore
from maru.agents.answer import Search
from maru.agents.feedback import FeedbackStore
from maru.agents.prompting import Prompts
from maru.agents.service import Agents, Tables
from maru.agents.sessions import SessionStore
from maru.agents.tools.carrying_out import CarryingOut
from maru.agents.trail import Trail
from maru.cache.entries import EntryStore
from maru.cache.rules import Rules
from maru.guard.journal import Journal
from maru.guard.policies import PolicyStore
from maru.guard.policy import load
from maru.http import App, HttpServices, create_app
from maru.http.idempotency import Documents
from maru.knowledge.lineage import LineageStore
from maru.knowledge.questions import QuestionStore
from maru.knowledge.retention import RetentionStore
from maru.knowledge.rewriting import Rewriting
from maru.knowledge.vector_stores import VectorStoreStore
from maru.ledger.meter import Meter
from maru.models import Catalogue, KeyRing, ModelClient, Timeouts
from maru.prompts.store import PromptStore
from tests.caching import cache_on
from tests.conftest import MakeTable
from tests.guarding import guards_on, journal_on, tools_on
from tests.ledger import meter_on
from tests.patience import PATIENT

ROUTERS: list[APIRouter] = [agents_routes.router, sessions_routes.router, feedback_routes.router, tools_routes.router]


def agents_app(
    services: HttpServices,
    make_table: MakeTable,
    search: Search,
    base_url: str,
    *,
    meter: Meter | None = None,
    carrying_out: CarryingOut | None = None,
    rules: Rules | None = None,
    journal: Journal | None = None,
    timeouts: Timeouts = PATIENT,
) -> App:
    """The routes on fresh tables; the alias `gone` leads nowhere."""
    target = {"model": "up", "base_url": base_url}
    entries = [
        {
            "alias": "default",
            "kind": "chat",
            "abilities": ["tools"],
            "targets": [{"model": "up", "base_url": base_url, "price": {"input": 2, "output": 10}}],
        },
        {"alias": "composing", "kind": "chat", "abilities": ["json_schema"], "targets": [{**target, "price": {"input": 2, "output": 10}}]},
        {"alias": "gone", "kind": "chat", "targets": [{"model": "up", "base_url": "http://127.0.0.1:9"}]},
        {"alias": "outside", "kind": "chat", "abilities": ["tools"], "targets": [{"model": "up", "base_url": base_url, "private": False}]},
        {"alias": "vectors", "kind": "embeddings", "dimensions": 4, "languages": ["ko"], "targets": [target]},
    ]
    models = ModelClient(Catalogue({"models": entries}, {}), KeyRing({}), timeouts)
    tables = Tables(*(make_table(store.SPEC) for store in (AgentStore, SessionStore, FeedbackStore, VectorStoreStore)))
    policies = PolicyStore(make_table(PolicyStore.SPEC), load("catalogue"))
    guards = guards_on(policies)
    tools = tools_on(make_table, services.log, carrying_out)
    prompts = Prompts.load("catalogue")
    meter = meter or meter_on(boto3.client("dynamodb"))
    cache = cache_on(boto3.client("dynamodb"), models, meter, services.log, rules=rules)
    stores = VectorStoreStore(tables.vector_stores)
    lineage, questions, retention = (make_table(store.SPEC) for store in (LineageStore, QuestionStore, RetentionStore))
    trail = Trail(
        audit=services.audit,
        lineage=LineageStore(lineage),
        questions=QuestionStore(questions),
        stores=stores,
        improving=RetentionStore(retention).improving,
        log=services.log,
    )
    agents = Agents.on(
        tables,
        models=models,
        search=search,
        prompts=prompts,
        guards=guards,
        tools=tools,
        log=services.log,
        cache=cache,
        rewriting=Rewriting.load("catalogue"),
        trail=trail,
    )

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        async with models:
            yield
            await agents.runs.drain()

    return create_app(
        title="agents",
        routers=ROUTERS,
        services=services,
        collaborators=[
            models,
            services.log,
            services.tenants,
            policies,
            meter,
            cache,
            journal or journal_on(services),
            PromptStore(make_table(PromptStore.SPEC)),
            *agents.collaborators(),
        ],
        ready={},
        lifespan=lifespan,
        documents=Documents(agents.reader.visible, make_table(EntryStore.SPEC)),
    )


@dataclass
class Told:
    """One server-sent event."""

    id: str
    name: str
    data: Any


class AgentClient:
    """Calls the function over HTTP with one user's key."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, key

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers={"authorization": f"Bearer {self._key}"})
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON body."""
        async with self._session.request(method, self._url + path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def raw(self, path: str, body: Any, *, accept: str = "*/*") -> tuple[aiohttp.ClientResponse, str]:
        """The response and its text."""
        async with self._session.post(self._url + path, json=body, headers={"accept": accept}) as answer:
            return answer, await answer.text()

    async def stream(self, path: str, body: Any) -> tuple[list[Told], str]:
        """The events of a stream, and all that was sent."""
        _, text = await self.raw(path, {**body, "stream": True})
        return events(text), text

    async def leave(self, path: str, body: Any) -> None:
        """Begin a stream, read the first event and go."""
        answer = await self._session.post(self._url + path, json={**body, "stream": True})
        await answer.content.readuntil(b"\n\n")
        answer.close()


def events(text: str) -> list[Told]:
    """Events of a stream, comments left out."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if fields:
            found.append(Told(fields["id"], fields["event"], json.loads(fields["data"])))
    return found
