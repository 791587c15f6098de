"""What of a session the model may see: turns within a token limit, nothing that stands on documents the reader no longer sees."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

from maru.agents.messages import Message
from maru.agents.sessions import Summary
from maru.knowledge.cite.markers import without_markers
from maru.knowledge.rights import FileVersion

#: Messages of a session that are looked at: more than any limit of tokens holds in practice.
RECENT = 400


@dataclass(frozen=True)
class Turn:
    """A question and its answer."""

    question: Message
    answer: Message

    def tokens(self) -> int:
        """About how many tokens it takes in a prompt."""
        return estimate_tokens(self.question.content) + estimate_tokens(self.answer.content) + 8

    def messages(self) -> list[dict[str, str]]:
        """The turn in OpenAI's shape; markers are left out, for the numbers of passages change from answer to answer."""
        return [
            {"role": "user", "content": self.question.content},
            {"role": "assistant", "content": without_markers(self.answer.content)},
        ]


@dataclass(frozen=True)
class Recollection:
    """What the model is told of the session: perhaps a summary of the older turns, then ``turns``; ``overflow`` found no room."""

    summary: Summary | None
    turns: tuple[Turn, ...]
    overflow: tuple[Turn, ...]

    @property
    def used(self) -> frozenset[FileVersion]:
        """The file versions whose content it may repeat."""
        told = {version for turn in self.turns for version in turn.answer.sources()}
        return frozenset(told | (self.summary.used if self.summary else set()))


def estimate_tokens(text: str) -> int:
    """About the tokens of a text: four ASCII characters, or one of another script, make one."""
    ascii_characters = sum(char < "\x80" for char in text)
    return (ascii_characters + 3) // 4 + len(text) - ascii_characters


def recollect(messages: Sequence[Message], summary: Summary | None, visible: AbstractSet[FileVersion], *, limit: int) -> Recollection:
    """Choose from ``messages`` (in their order) what fits into ``limit`` tokens, newest first.

    A turn, or a summary, that used a file version which is not ``visible`` is left out altogether.
    """
    kept = summary if summary and summary.used <= visible else None
    turns = [turn for turn in _turns(messages) if turn.answer.sources() <= visible]
    fresh = [turn for turn in turns if kept is None or turn.answer.place > kept.until]
    room = limit - (estimate_tokens(kept.text) if kept else 0)
    fitting: list[Turn] = []
    for turn in reversed(fresh):
        room -= turn.tokens()
        if room < 0:
            break
        fitting.append(turn)
    fitting.reverse()
    return Recollection(kept, tuple(fitting), tuple(fresh[: len(fresh) - len(fitting)]))


def asks_again(question: str, turns: Sequence[Turn]) -> bool:
    """Whether the question is the last one once more, apart from case, spaces and punctuation."""
    return bool(turns) and _bare(question) == _bare(turns[-1].question.content)


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def needed(messages: Sequence[Message], summary: Summary | None) -> set[FileVersion]:
    """Every file version whose visibility decides about these messages."""
    return {version for message in messages for version in message.sources()} | (set(summary.used) if summary else set())


def _turns(messages: Sequence[Message]) -> list[Turn]:
    """Questions with their answers; a question without a whole answer is no turn."""
    turns: list[Turn] = []
    for question, answer in pairwise(messages):
        if question.role == "user" and answer.role == "assistant" and answer.status == "completed":
            turns.append(Turn(question, answer))
    return turns
