"""What was asked and answered so far, for whoever has to keep it."""

import time
from typing import Any

from maru.agents.evidence import Row
from maru.agents.guarded_writing import GuardedWriting
from maru.agents.guarding import UNSAID, Guarding
from maru.agents.messages import Message
from maru.agents.writing import Writing
from maru.guard.masking import Vault
from maru.ids import new_id
from maru.knowledge.passages import Passage
from maru.knowledge.retention import strictest
from maru.knowledge.rights import FileVersion


class Said:
    """One turn under way; nothing of it is stored but with placeholders."""

    def __init__(self) -> None:
        self._guarding: Guarding | None = None
        self._writing: GuardedWriting | None = None
        self._refusal = ""
        self.used: frozenset[FileVersion] = frozenset()
        #: The message as the model may see it, once the guard let it in.
        self.question = UNSAID
        #: What the model was given of documents and of rows.
        self.passages: tuple[Passage, ...] = ()
        #: Tools that the model called, as callers are told of them.
        self.tool_calls: tuple[dict[str, Any], ...] = ()
        #: How far what the model was given supports the answer.
        self.grounding: dict[str, Any] | None = None

    @property
    def guarding(self) -> Guarding:
        """The guard of this answer; there is none before :meth:`under`."""
        assert self._guarding is not None  # noqa: S101 - opened first of all
        return self._guarding

    def under(self, guarding: Guarding) -> None:
        """From here on this guard stands around it."""
        self._guarding = guarding

    def begin(self, writing: Writing, used: frozenset[FileVersion]) -> GuardedWriting:
        """The model is about to write, having seen these file versions."""
        self._writing, self.used = GuardedWriting(writing, self.guarding), used
        return self._writing

    def cite(self, row: Row) -> int:
        """The model is about to be given this row; gives the number by which it cites it."""
        assert self._writing  # noqa: S101 - tools are called while it writes
        self.used |= {(row.passage.file_id, row.passage.version)}
        self.passages = (*self.passages, row.passage)
        return self._writing.extend(row)

    def refuse(self) -> str:
        """The fixed sentence that is said instead of an answer."""
        self._refusal = self.guarding.refusal("input")
        return self._refusal

    @property
    def text(self) -> str:
        """The text so far."""
        return self._writing.text if self._writing else self._refusal

    @property
    def references(self) -> tuple[dict[str, Any], ...]:
        """The references so far."""
        return self._writing.references if self._writing else ()

    @property
    def cited(self) -> frozenset[FileVersion]:
        """The file versions that the references so far are to."""
        return frozenset((str(one["file_id"]), int(one["version"])) for one in self.references)

    @property
    def data_class(self) -> str | None:
        """The class that decides how long this turn is kept; None where it stands on no document."""
        return strictest({one.data_class for one in self.passages}) if self.passages else None

    @property
    def outcome(self) -> str:
        """``blocked`` where the guard cut it off or refused the message, else ``completed``."""
        return "blocked" if self._refusal or (self._writing and self._writing.blocked) else "completed"

    @property
    def vault(self) -> Vault:
        """What the session hides."""
        return self._guarding.vault if self._guarding else Vault()

    def turn(self, session_id: str, message_id: str, agent: str, usage: dict[str, Any], status: str) -> list[Message]:
        """The question and the answer as they are stored."""
        now = int(time.time())
        return [
            Message(new_id("msg_"), session_id, "user", self.question, now, agent=agent),
            Message(
                message_id,
                session_id,
                "assistant",
                self.vault.hide(self.text),
                now,
                agent=agent,
                status=status,
                references=self.vault.hidden(self.references),
                tool_calls=self.vault.hidden(self.tool_calls),
                grounding=self.grounding,
                used=self.used,
                usage=usage,
            ),
        ]
