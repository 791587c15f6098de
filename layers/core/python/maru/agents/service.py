"""Everything that agents consist of, wired from settings."""

from dataclasses import dataclass
from typing import Self

from maru import aws
from maru.agents.agent import AgentStore
from maru.agents.answer import Answerer, Models, Search
from maru.agents.feedback import FeedbackStore
from maru.agents.guarding import Guards
from maru.agents.prompting import Prompts
from maru.agents.reading import SessionReader
from maru.agents.runs import Runs
from maru.agents.sessions import SessionStore
from maru.agents.settings import AgentSettings
from maru.dynamo import Table
from maru.knowledge.vector_stores import VectorStoreStore
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

    @classmethod
    def on(cls, tables: "Tables", *, models: Models, search: Search, prompts: Prompts, guards: Guards, log: Telemetry) -> Self:
        """The collaborators on these tables, models and documents."""
        sessions = SessionStore(tables.sessions)
        return cls(
            agents=AgentStore(tables.agents),
            sessions=sessions,
            feedback=FeedbackStore(tables.feedback),
            reader=SessionReader(sessions, search, guards),
            answerer=Answerer(models=models, search=search, sessions=sessions, prompts=prompts, guards=guards, log=log),
            runs=Runs(log),
            vector_stores=VectorStoreStore(tables.vector_stores),
        )

    @classmethod
    def connect(cls, settings: AgentSettings, *, models: Models, search: Search, guards: Guards, log: Telemetry) -> Self:
        """On what the settings name; makes no call."""
        prompts = Prompts.load(settings.catalogue)
        return cls.on(Tables.connect(settings), models=models, search=search, prompts=prompts, guards=guards, log=log)

    def collaborators(self) -> list[object]:
        """What the routes ask for, each by its type."""
        return [self.agents, self.sessions, self.feedback, self.reader, self.answerer, self.runs, self.vector_stores]


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
