"""What the guard decided during one call, for the audit, and for incidents: rules, versions, scores, actions; never a text."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, Self

import anyio.to_thread

from maru import aws
from maru.dynamo import Table
from maru.guard.finding import Finding
from maru.guard.incidents import Block, IncidentStore
from maru.guard.policy import Action, Policy
from maru.guard.sealing import Sealer
from maru.identity import Caller
from maru.knowledge.rights import FileVersion
from maru.telemetry import Telemetry
from maru.topic import SnsTopic, Topic

if TYPE_CHECKING:
    from maru.http import Exchange

#: Tells file versions; blocks.
type Found = Callable[[], Iterable[FileVersion]]

#: Findings of one call that its audit row lists and incidents count; the metrics have all of them.
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

    def __init__(
        self, journal: "Journal", caller: Caller, request_id: str, *, about: str | None = None, found: Found | None = None
    ) -> None:
        """``about`` is the object of a row that is not a call's own; ``found`` tells documents that came into the work before."""
        self._journal, self._caller, self._request_id, self._about = journal, caller, request_id, about
        self._notes: list[dict[str, Any]] = []
        self._blocks: list[Block] = []
        self._taken = False
        self._found, self._documents = found, frozenset[FileVersion]()

    def met(self, documents: Iterable[FileVersion]) -> None:
        """From here on texts of the call may have come of these documents, too."""
        self._documents |= frozenset(documents)

    def add(self, decision: Decided, place: str, policy: Policy, text: str | None) -> None:
        """Note a decision; ``text`` is kept only where the policy samples, and sealed."""
        told = {"policy": policy.name, "version": policy.version, "place": place}
        for one in decision.acted:
            finding: Finding = one.finding
            said = {"check": finding.check, "label": finding.label, "rule": finding.rule, "score": finding.score, "action": one.action}
            self._note({**told, **said})
            if one.action in policy.incidents.actions:
                self._block(Block(policy, place, finding.check, finding.label, finding.rule, text, self._documents))
        for name in decision.failed:
            self._note({**told, "check": name, "label": "failed", "rule": "gave no answer", "score": 1.0, "action": decision.action})
            if decision.action in policy.incidents.actions:
                self._block(Block(policy, place, name, "failed", "gave no answer", text, self._documents))

    def taken(self) -> list[dict[str, Any]]:
        """What the audit's row of the call is to tell; later decisions get a row of their own."""
        self._taken, notes = True, self._notes
        self._notes = []
        return notes

    async def keep(self) -> None:
        """Write down what was not yet: incidents, and an audit row where the call's own has gone already."""
        if self._blocks or (self._taken and self._notes):
            # Whoever asked may be gone; what was decided is kept all the same.
            await asyncio.shield(anyio.to_thread.run_sync(self.write))

    def write(self) -> None:
        """The same; blocks."""
        blocks, self._blocks = self._blocks, []
        notes = self.taken() if self._taken else []
        if blocks and self._found:
            found = frozenset(self._found())
            blocks = [replace(one, documents=one.documents | found) for one in blocks]
        if blocks or notes:
            self._journal.write(self._caller, self._request_id, blocks, notes, about=self._about)

    def _block(self, block: Block) -> None:
        if len(self._blocks) < _MOST:
            self._blocks.append(block)

    def _note(self, note: dict[str, Any]) -> None:
        if len(self._notes) < _MOST:
            self._notes.append(note)


PAGES: ContextVar[Pages | None] = ContextVar("guard_pages", default=None)


def met(documents: Iterable[FileVersion]) -> None:
    """Tell the pages of the present call, where it has some, that its texts may have come of these documents from here on."""
    if pages := PAGES.get():
        pages.met(documents)


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

    def noting(self, current: "Exchange", caller: Caller) -> None:
        """From here on what the guard decides in this call goes into its audit row, and blocks become incidents."""
        pages = self.open(caller, current.request_id)
        current.noted, current.after = pages.taken, pages.keep

    @contextmanager
    def around(self, caller: Caller, request_id: str, *, about: str, found: Found) -> Iterator[None]:
        """Work for a caller that is no call of the API: what the guard decides in it gets a row of its own as it ends; blocks.

        ``request_id`` is the row's own name for the work, ``about`` its object; ``found`` tells the documents in it.
        """
        pages = Pages(self, caller, request_id, about=about, found=found)
        pages.taken()
        token = PAGES.set(pages)
        try:
            yield
        finally:
            PAGES.reset(token)
            pages.write()

    def write(
        self, caller: Caller, request_id: str, blocks: Sequence[Block], notes: Sequence[dict[str, Any]], *, about: str | None = None
    ) -> None:
        """Keep blocks as incidents and notes as a row; blocks. What cannot be written is logged: the decision stands."""
        try:
            for block in blocks:
                self.incidents.happened(caller, request_id, block, self.topic)
            if notes:
                row = {"tenant": caller.tenant, "user": caller.user, "key_id": caller.key_id, "action": "guard", "outcome": "ok"}
                self.trail.write(row | {"object": about, "request_id": request_id, "status": 200, "guard": list(notes)})
        except Exception as error:  # noqa: BLE001 - see above
            self.log.failure("guard decision not kept", error)
            self.log.metric({"part": "guard"}, {"lost_decisions": 1})
