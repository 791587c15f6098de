"""Looking an answer up before a model is asked, and keeping the one that it then gives."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal, Self

from maru.cache.entries import Entry, EntryStore
from maru.cache.likeness import alike
from maru.cache.question import Question
from maru.cache.rules import Rules
from maru.cache.semantic import SemanticIndex
from maru.cache.settings import CacheSettings
from maru.cache.wanted import Wanted
from maru.errors import MaruError, UpstreamTimeout
from maru.ledger.meter import Meter
from maru.ledger.plans import NANO
from maru.models.client import ModelClient
from maru.models.usage import Usage
from maru.telemetry import Telemetry

type Kind = Literal["exact", "semantic"]

#: Answers that came to their own end; what a limit or a filter cut off is not given again.
_ENDS = frozenset({"stop", "tool_calls", "function_call"})
_MARKER = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True)
class Found:
    """An answer that counts: ``age`` in seconds, ``kind`` why it counts."""

    entry: Entry
    kind: Kind
    age: int

    @property
    def completion(self) -> dict[str, Any]:
        """The ``chat.completion``, as the model gave it."""
        return self.entry.completion


@dataclass
class Lookup:
    """What came of looking: the answer, or the means to keep the one that a model gives instead."""

    cache: "ResponseCache"
    question: Question
    wanted: Wanted
    found: Found | None = None
    vector: Sequence[float] = field(default=())

    @property
    def headers(self) -> dict[str, str]:
        """``x-maru-cache``, and the answer's ``age``."""
        if self.found:
            return {"x-maru-cache": f"hit-{self.found.kind}", "age": str(self.found.age)}
        return {"x-maru-cache": "off" if self.wanted.mode == "off" else "miss"}

    @property
    def keeps(self) -> bool:
        """Whether an answer is wanted for later."""
        return self.wanted.mode != "off" and self.found is None

    async def keep(self, completion: dict[str, Any], *, model: str, usage: Usage | None, cost_usd: Decimal | None) -> None:
        """Keep a model's answer, if it came to its end."""
        if self.keeps and _whole(completion):
            question = self.question
            entry = Entry(
                question.key,
                completion,
                model,
                None if cost_usd is None else int(cost_usd * NANO),
                usage.total_tokens if usage else 0,
                question.text,
                question.passages,
                question.place if self.vector else None,
                files=question.files,
            )
            await self.cache.put(self, entry)


class ResponseCache:
    """The cache of one process. Where it cannot be reached a model is asked: it makes requests cheaper and never fail."""

    def __init__(self, rules: Rules, entries: EntryStore, semantic: SemanticIndex, log: Telemetry) -> None:
        self.rules, self._entries, self._semantic, self._log = rules, entries, semantic, log

    @classmethod
    def connect(cls, settings: CacheSettings, models: ModelClient, meter: Meter, log: Telemetry) -> Self:
        """On what the settings name; makes no call."""
        rules = Rules.load(settings.catalogue)
        semantic = SemanticIndex(rules.semantic, settings.engines(), models, meter)
        exact = rules.exact
        entries = EntryStore(meter.dynamo, settings.cache_table, entries=exact.entries, ttl_seconds=exact.ttl_seconds)
        return cls(rules, entries, semantic, log)

    async def look(self, question: Question, wanted: Wanted) -> Lookup:
        """Look an answer up. Raises :class:`UpstreamTimeout` where none is there and no model may be asked."""
        lookup = Lookup(self, question, wanted)
        if wanted.mode != "off":
            try:
                await self._look(lookup)
            except MaruError as error:
                self._log.failure("cache not read", error)
            hit = int(lookup.found is not None)
            self._log.metric({"part": "cache"}, {"cache_hits": hit, "cache_misses": 1 - hit}, tenant=question.caller.tenant)
        if wanted.only and lookup.found is None:
            raise UpstreamTimeout("No answer to this is in the cache, and 'only-if-cached' asks no model.", code="not_cached")
        return lookup

    async def _look(self, lookup: Lookup) -> None:
        tenant, question, wanted = lookup.question.caller.tenant, lookup.question, lookup.wanted
        if wanted.read and (entry := self._young(await self._entries.get(tenant, question.key), wanted)):
            lookup.found = self._as_found(entry, "exact", question)
            return
        if wanted.mode == "semantic" and self._semantic.reads(question):
            lookup.vector = await self._semantic.vector(question)
            if wanted.read:
                lookup.found = await self._similar(lookup)

    async def _similar(self, lookup: Lookup) -> Found | None:
        tenant, question = lookup.question.caller.tenant, lookup.question
        for key in await self._semantic.near(question, lookup.vector):
            entry = await self._entries.get(tenant, key)
            if entry is None:
                await self._semantic.remove(tenant, question.place, key)
            elif self._young(entry, lookup.wanted) and entry.text is not None and alike(question.text or "", entry.text):
                return self._as_found(entry, "semantic", question)
        return None

    async def put(self, lookup: Lookup, entry: Entry) -> None:
        """Keep an entry, and its vector where it has one."""
        tenant = lookup.question.caller.tenant
        try:
            gone = await self._entries.put(tenant, entry)
            if lookup.vector and gone is not None:
                await self._semantic.add(lookup.question, lookup.vector)
            for one in gone or ():
                if one.place:
                    await self._semantic.remove(tenant, one.place, one.key)
        except MaruError as error:
            self._log.failure("cache not written", error)

    def _young(self, entry: Entry | None, wanted: Wanted) -> Entry | None:
        old = entry is None or (wanted.max_age is not None and entry.age(self._entries.clock()) > wanted.max_age)
        return None if old else entry

    def _as_found(self, entry: Entry, kind: Kind, question: Question) -> Found:
        if entry.passages and entry.passages != question.passages:
            entry = replace(entry, completion=_renumbered(entry.completion, entry.passages, question.passages))
        return Found(entry, kind, entry.age(self._entries.clock()))


def _whole(completion: dict[str, Any]) -> bool:
    return all(one.get("finish_reason") in _ENDS and not one["message"].get("refusal") for one in completion["choices"]) and any(
        one["message"].get("content") or one["message"].get("tool_calls") or one["message"].get("function_call")
        for one in completion["choices"]
    )


def _renumbered(completion: dict[str, Any], before: Sequence[str], now: Sequence[str]) -> dict[str, Any]:
    """The answer with its markers ``[n]`` naming the same passages in the order in which they stand now."""
    places = {str(old + 1): str(now.index(key) + 1) for old, key in enumerate(before)}

    def moved(message: dict[str, Any]) -> dict[str, Any]:
        text = message.get("content")
        return message | {"content": _MARKER.sub(lambda one: f"[{places.get(one[1], one[1])}]", text)} if isinstance(text, str) else message

    return completion | {"choices": [one | {"message": moved(one["message"])} for one in completion["choices"]]}
