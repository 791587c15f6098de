"""An agent's answers out of the cache: what was written before to the same question from the same passages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from maru.agents.agent import Agent
from maru.agents.history import Recollection
from maru.agents.prompting import Prompts
from maru.cache.question import Question, digest, keys_of
from maru.cache.responses import Lookup, ResponseCache
from maru.cache.wanted import Wanted
from maru.identity import Caller
from maru.knowledge.passages import Passage
from maru.models import Alias, ModelStream
from maru.models.recording import RecordedStream


@dataclass(frozen=True)
class Subject:
    """Who asks which agent, and what of the cache it wants."""

    caller: Caller
    agent: Agent
    wanted: Wanted


@dataclass(frozen=True)
class Recall:
    """The lookup of one answer; the alias is known once its route is decided."""

    cache: ResponseCache
    question: Question
    wanted: Wanted

    @classmethod
    def of(
        cls, cache: ResponseCache, subject: Subject, alias: Alias, prompts: Prompts, *, said: tuple[str, Recollection, Sequence[Passage]]
    ) -> Self:
        """The answer depends on the agent and the prompts as they are now, on what was said before, on the passages as they are now.

        ``said`` is the question, the session and the passages, all as the model sees them.
        """
        text, history, passages = said
        before = {
            "summary": history.summary.text if history.summary else None,
            "turns": [message for turn in history.turns for message in turn.messages()],
        }
        agent = f"{subject.agent.name}@{digest(subject.agent.model_dump(mode='json'))}"
        used = {(one.file_id, one.version) for one in passages} | history.used
        files = tuple(sorted(dict(sorted(used, reverse=True)).items()))
        keys = keys_of(passages)
        question = Question(subject.caller, alias, before, text, agent=agent, prompts=prompts.version, passages=keys, files=files)
        return cls(cache, question, subject.wanted)

    async def look(self, alias: Alias) -> Lookup:
        """Look up what the targets of this alias would answer."""
        return await self.cache.look(replace(self.question, alias=alias), self.wanted)


def heard(stream: ModelStream, lookup: Lookup) -> Any:
    """The stream, kept for the cache where that is wanted."""

    async def keep(completion: dict[str, Any]) -> None:
        await lookup.keep(completion, model=stream.target.model, usage=stream.usage, cost_usd=stream.cost_usd)

    return RecordedStream(stream, keep) if lookup.keeps else stream
