"""What an answer leaves behind beside its turn: who read which documents, what it was made of, and that a store had no answer."""

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Self

from maru import aws, telemetry
from maru.agents.messages import Message
from maru.agents.settings import AgentSettings
from maru.dynamo import Item, Table
from maru.errors import Unavailable
from maru.http.audit import AuditStore
from maru.identity import Caller
from maru.knowledge.lineage import LineageStore
from maru.knowledge.questions import Kind, QuestionStore
from maru.knowledge.retrieve import Passage
from maru.knowledge.vector_stores import VectorStoreStore
from maru.structured.rows import PREFIX
from maru.telemetry import Telemetry
from maru.transactions import LIMIT, transact

if TYPE_CHECKING:
    from maru.agents.answer import Asked

#: What the audit calls the reading of a document by an answer.
READ = "answer.read"


class Trail:
    """Writes it; blocks. What cannot be written is logged and counted, and the answer goes out: it has happened."""

    def __init__(
        self,
        *,
        audit: AuditStore,
        lineage: LineageStore,
        questions: QuestionStore,
        stores: VectorStoreStore,
        improving: Callable[[str], bool],
        log: Telemetry,
    ) -> None:
        self._audit, self._lineage, self._questions, self._stores = audit, lineage, questions, stores
        self._improving, self._log = improving, log

    @classmethod
    def connect(cls, settings: AgentSettings, *, audit: AuditStore, log: Telemetry) -> Self:
        """On what the settings name; makes no call."""
        from maru.knowledge.retention import RetentionStore

        client = aws.client("dynamodb")
        return cls(
            audit=audit,
            lineage=LineageStore(Table(client, settings.lineage_table, LineageStore.SPEC)),
            questions=QuestionStore(Table(client, settings.questions_table, QuestionStore.SPEC)),
            stores=VectorStoreStore(Table(client, settings.vector_stores_table, VectorStoreStore.SPEC)),
            improving=RetentionStore(Table(client, settings.retention_table, RetentionStore.SPEC)).improving,
            log=log,
        )

    def read(self, asked: "Asked", passages: Sequence[Passage], cited: frozenset[tuple[str, int]]) -> None:
        """The model was given these passages: a row of the audit and one of the lineage for each file version, both or none. That rows of
        structured data were read is in the audit already."""
        caller, chunks = asked.caller, _chunks(passages)
        if not chunks:
            return
        answer = {"tenant": caller.tenant, "user": caller.user, "agent": asked.agent.name, **asked.where}
        pairs = []
        for number, ((file_id, version), ids) in enumerate(chunks.items()):
            row = [] if file_id.startswith(PREFIX) else [self._audit.entry(_audited(asked, f"{file_id}/{version}"), part=f"/{number}")]
            row.append(self._lineage.entry(answer, file_id=file_id, version=version, chunks=ids, cited=(file_id, version) in cited))
            pairs.append(row)
        for batch in itertools.batched(pairs, LIMIT // 2, strict=False):
            self._kept(partial(transact, self._lineage.table, [action for row in batch for action in row]))

    def open_question(self, caller: Caller, references: Sequence[str], kind: Kind, answer: Message, question: str) -> None:
        """No passage of these stores (ids or names) answered, or the answer was disliked."""
        stores = (self._stores.find(caller.tenant, reference) for reference in references)
        ids = sorted({store["id"] for store in stores if store})
        text = question if self._improving(caller.tenant) else None
        named = {"tenant": caller.tenant, "agent": answer.agent, "message_id": answer.id, "text": text}
        self._kept(lambda: self._questions.add(ids, kind, **named))  # type: ignore[arg-type]

    def _kept(self, write: Callable[[], None]) -> None:
        try:
            write()
        except Unavailable as error:
            self._log.failure("trail lost", error)
            self._log.metric({"part": "audit"}, {"lost_rows": 1})


def _chunks(passages: Sequence[Passage]) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for one in passages:
        found.setdefault((one.file_id, one.version), []).append(one.chunk_id)
    return found


def _audited(asked: "Asked", named: str) -> Item:
    caller = asked.caller
    return {
        "tenant": caller.tenant,
        "user": caller.user,
        "key_id": caller.key_id,
        "action": READ,
        "object": named,
        "message_id": asked.message_id,
        "status": 200,
        "outcome": "ok",
        "request_id": telemetry.request_id.get() or asked.message_id,
    }
