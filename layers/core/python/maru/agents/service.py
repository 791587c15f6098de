"""Everything that agents consist of, wired from settings."""

from dataclasses import dataclass
from typing import Self

from maru import aws
from maru.agents.agent import AgentStore
from maru.agents.answer import Answerer, Models, Search
from maru.agents.evidence import Evidence
from maru.agents.feedback import FeedbackStore
from maru.agents.guarding import Guards
from maru.agents.prompting import Prompts
from maru.agents.reading import SessionReader
from maru.agents.runs import Runs
from maru.agents.sessions import SessionStore
from maru.agents.settings import AgentSettings
from maru.agents.tools.approvals import ToolApprovals
from maru.agents.tools.carrying_out import CarryingOut
from maru.agents.tools.store import ToolStore
from maru.agents.tools.tool import Offering
from maru.agents.tools.toolbox import Tools
from maru.agents.trail import Trail
from maru.cache.responses import ResponseCache
from maru.dynamo import Table
from maru.guard.sealing import Sealer
from maru.http.audit import AuditStore
from maru.knowledge.rewriting import Rewriting
from maru.knowledge.vector_stores import VectorStoreStore
from maru.models import KeyRing
from maru.structured.reader import DataReader
from maru.telemetry import Telemetry


@dataclass(frozen=True)
class Agents:
    """The collaborators of the routes of agents, sessions and feedback."""

    agents: AgentStore
    sessions: SessionStore
    feedback: FeedbackStore
    reader: SessionReader
    answerer: Answerer
    runs: Runs
    vector_stores: VectorStoreStore
    tools: Tools
    trail: Trail
    guards: Guards

    @classmethod
    def on(
        cls,
        tables: "Tables",
        *,
        models: Models,
        search: Search,
        prompts: Prompts,
        guards: Guards,
        tools: Tools,
        log: Telemetry,
        cache: ResponseCache,
        rewriting: Rewriting,
        trail: Trail,
    ) -> Self:
        """The collaborators on these tables, models and documents."""
        sessions = SessionStore(tables.sessions)
        answerer = Answerer(
            models=models,
            search=search,
            sessions=sessions,
            prompts=prompts,
            guards=guards,
            tools=tools,
            log=log,
            cache=cache,
            rewriting=rewriting,
            trail=trail,
        )
        return cls(
            agents=AgentStore(tables.agents),
            sessions=sessions,
            feedback=FeedbackStore(tables.feedback),
            reader=SessionReader(sessions, search, guards),
            answerer=answerer,
            runs=Runs(log),
            vector_stores=VectorStoreStore(tables.vector_stores),
            tools=tools,
            trail=trail,
            guards=guards,
        )

    @classmethod
    def connect(
        cls,
        settings: AgentSettings,
        *,
        models: Models,
        search: Search,
        guards: Guards,
        log: Telemetry,
        cache: ResponseCache,
        audit: AuditStore,
    ) -> Self:
        """On what the settings name; makes no call."""
        prompts = Prompts.load(settings.catalogue)
        data = DataReader.connect(settings, trail=audit, log=log)
        tools = connect_tools(settings, data, log)
        tables = Tables.connect(settings)
        return cls.on(
            tables,
            models=models,
            search=Evidence(search, data),
            prompts=prompts,
            guards=guards,
            tools=tools,
            log=log,
            cache=cache,
            rewriting=Rewriting.load(settings.catalogue),
            trail=Trail.connect(settings, audit=audit, log=log),
        )

    def collaborators(self) -> list[object]:
        """What the routes ask for, each by its type."""
        own = [self.agents, self.sessions, self.feedback, self.reader, self.answerer, self.runs, self.vector_stores]
        return [*own, self.tools.store, self.tools.approvals, self.trail, self.guards]


@dataclass(frozen=True)
class Tables:
    """The tables of agents, and that of the vector stores that they name."""

    agents: Table
    sessions: Table
    feedback: Table
    vector_stores: Table

    @classmethod
    def connect(cls, settings: AgentSettings) -> Self:
        """The tables that the settings name."""
        client = aws.client("dynamodb")
        return cls(
            Table(client, settings.agents_table, AgentStore.SPEC),
            Table(client, settings.sessions_table, SessionStore.SPEC),
            Table(client, settings.feedback_table, FeedbackStore.SPEC),
            Table(client, settings.vector_stores_table, VectorStoreStore.SPEC),
        )


def connect_tools(settings: AgentSettings, data: DataReader, log: Telemetry) -> Tools:
    """Tools on what the settings name; raises ``ToolsError`` for a catalogue that cannot be used."""
    client, offering = aws.client("dynamodb"), Offering.load(settings.catalogue)
    store = ToolStore(Table(client, settings.tools_table, ToolStore.SPEC), offering, frozenset(settings.tool_functions), data.views)
    approvals = Table(client, settings.tool_approvals_table, ToolApprovals.SPEC)
    keys = KeyRing(settings.model_keys, settings.model_keys_secret)
    carrying_out = CarryingOut(offering, settings.tool_functions, data=data, key=keys.get)
    return Tools(store, carrying_out, ToolApprovals(approvals, Sealer(aws.client("kms"), settings.guard_key)), log)
