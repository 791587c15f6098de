"""What the guard decided during one call, for the audit, and for incidents: rules, versions, scores, actions; never a text."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, Self

import anyio.to_thread

from maru import aws
from maru.dynamo import Table
from maru.guard.finding import Finding
from maru.guard.incidents import Block, IncidentStore
from maru.guard.policy import Action, Policy
from maru.guard.sealing import Sealer
from maru.identity import Caller
from maru.telemetry import Telemetry
from maru.topic import SnsTopic, Topic

#: Findings of one call that its audit row lists; the metrics have all of them.
_MOST = 50


class JournalSettings(Protocol):
    """What a function whose guard is written down must be told."""

    @property
    def incidents_table(self) -> str:
        """The table of incidents."""
        ...

    @property
    def guard_key(self) -> str:
        """The key of what is sealed."""
        ...

    @property
    def alert_topic_arn(self) -> str | None:
        """Where alerts go."""
        ...


class Decided(Protocol):
    """What is told of a decision."""

    @property
    def action(self) -> Action:
        """What became of the text."""
        ...

    @property
    def acted(self) -> Sequence[Any]:
        """Findings with their actions."""
        ...

    @property
    def failed(self) -> Sequence[str]:
        """Checks that gave no answer."""
        ...


class Trail(Protocol):
    """The audit."""

    def write(self, row: dict[str, Any]) -> None:
        """Keep a row; blocks."""
        ...


class Pages:
    """The decisions of one call."""

    def __init__(self, journal: "Journal", caller: Caller, request_id: str) -> None:
        self._journal, self._caller, self._request_id = journal, caller, request_id
        self._notes: list[dict[str, Any]] = []
        self._blocks: list[Block] = []
        self._taken = False

    def add(self, decision: Decided, place: str, policy: Policy, text: str | None) -> None:
        """Note a decision; ``text`` is kept only where the policy samples, and sealed."""
        told = {"policy": policy.name, "version": policy.version, "place": place}
        for one in decision.acted:
            finding: Finding = one.finding
            said = {"check": finding.check, "label": finding.label, "rule": finding.rule, "score": finding.score, "action": one.action}
            self._note({**told, **said})
            if one.action in policy.incidents.actions:
                self._blocks.append(Block(policy, place, finding.check, finding.label, finding.rule, text))
        for name in decision.failed:
            self._note({**told, "check": name, "label": "failed", "rule": "gave no answer", "score": 1.0, "action": decision.action})
            if decision.action in policy.incidents.actions:
                self._blocks.append(Block(policy, place, name, "failed", "gave no answer", text))

    def taken(self) -> list[dict[str, Any]]:
        """What the audit's row of the call is to tell; later decisions get a row of their own."""
        self._taken, notes = True, self._notes
        self._notes = []
        return notes

    async def keep(self) -> None:
        """Write down what was not yet: incidents, and an audit row where the call's own has gone already."""
        blocks, self._blocks = self._blocks, []
        notes = self.taken() if self._taken else []
        if blocks or notes:
            # Whoever asked may be gone; what was decided is kept all the same.
            await asyncio.shield(anyio.to_thread.run_sync(self._journal.write, self._caller, self._request_id, blocks, notes))

    def _note(self, note: dict[str, Any]) -> None:
        if len(self._notes) < _MOST:
            self._notes.append(note)


PAGES: ContextVar[Pages | None] = ContextVar("guard_pages", default=None)


@dataclass(frozen=True)
class Journal:
    """Opens the pages of calls. Alerts go to the topic, where there is one."""

    incidents: IncidentStore
    trail: Trail
    topic: Topic | None
    log: Telemetry

    @classmethod
    def connect(cls, settings: "JournalSettings", trail: Trail, log: Telemetry) -> Self:
        """On what the settings name; makes no call."""
        table = Table(aws.client("dynamodb"), settings.incidents_table, IncidentStore.SPEC)
        topic = SnsTopic(aws.client("sns"), settings.alert_topic_arn) if settings.alert_topic_arn else None
        return cls(IncidentStore(table, Sealer(aws.client("kms"), settings.guard_key), log), trail, topic, log)

    def open(self, caller: Caller, request_id: str) -> Pages:
        """The pages of a call; from here on what the guard decides in it is noted there."""
        pages = Pages(self, caller, request_id)
        PAGES.set(pages)
        return pages

    def write(self, caller: Caller, request_id: str, blocks: Sequence[Block], notes: Sequence[dict[str, Any]]) -> None:
        """Keep blocks as incidents and notes as a row; blocks. What cannot be written is logged: the decision stands."""
        try:
            for block in blocks:
                self.incidents.happened(caller, request_id, block, self.topic)
            if notes:
                row = {"tenant": caller.tenant, "user": caller.user, "key_id": caller.key_id, "action": "guard", "outcome": "ok"}
                self.trail.write(row | {"request_id": request_id, "status": 200, "guard": list(notes)})
        except Exception as error:  # noqa: BLE001 - see above
            self.log.failure("guard decision not kept", error)
            self.log.metric({"part": "guard"}, {"lost_decisions": 1})
