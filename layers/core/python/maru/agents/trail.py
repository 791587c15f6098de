"""What an answer leaves behind beside its turn: who read which documents, what it was made of, and that a store had no answer."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self

from maru import aws
from maru.agents.messages import Message
from maru.agents.reads import Answer, Reads
from maru.agents.settings import AgentSettings
from maru.dynamo import Table
from maru.http.audit import AuditStore
from maru.identity import Caller
from maru.knowledge.lineage import LineageStore
from maru.knowledge.passages import Passage
from maru.knowledge.questions import Kind, QuestionStore
from maru.knowledge.vector_stores import VectorStoreStore
from maru.telemetry import Telemetry

if TYPE_CHECKING:
    from maru.agents.answer import Asked


class Trail:
    """Writes it; blocks, and fails no answer."""

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
        self._reads, self._questions, self._stores, self._improving = Reads(audit, lineage, log), questions, stores, improving

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
        """The model was given these passages."""
        answer = Answer(asked.message_id, asked.caller, {"agent": asked.agent.name, **asked.where})
        self._reads.note(answer, _chunks(passages), cited)

    def open_question(self, caller: Caller, references: Sequence[str], kind: Kind, answer: Message, question: str) -> None:
        """No passage of these stores (ids or names) answered, or the answer was disliked."""
        stores = (self._stores.find(caller.tenant, reference) for reference in references)
        ids = sorted({store["id"] for store in stores if store})
        text = question if self._improving(caller.tenant) else None
        named = {"tenant": caller.tenant, "agent": answer.agent, "message_id": answer.id, "text": text}
        self._reads.kept(lambda: self._questions.add(ids, kind, **named))  # type: ignore[arg-type]


def _chunks(passages: Sequence[Passage]) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for one in passages:
        found.setdefault((one.file_id, one.version), []).append(one.chunk_id)
    return found
