"""What an answer depends on, and the keys that follow: two requests with one key would be given the same answer."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from maru.identity import Caller
from maru.knowledge.rights import FileVersion
from maru.models.catalogue import Alias

type Body = Mapping[str, Any]

#: Parameters that change how an answer travels or who is told of it, never what it says.
_BESIDE = frozenset(
    {"model", "stream", "stream_options", "user", "safety_identifier", "metadata", "store", "service_tier"}
    | {"prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"}
)
#: With one of these an answer is no plain text to one question, and only the very same request has it.
_SPECIAL = ("tools", "functions", "response_format", "logprobs", "audio", "prediction", "web_search_options", "logit_bias", "stop")


@dataclass(frozen=True)
class Question:
    """A request as the cache sees it.

    ``body`` is everything that shapes the answer but ``text``, the question itself, which is None where only the same request may
    share the answer. ``agent`` and ``prompts`` name their versions; ``passages`` are the keys of what was found, in their order.
    ``files`` are the documents behind passages and earlier turns, each in its oldest version: they decide over nothing, and the answer
    goes with them.
    """

    caller: Caller
    alias: Alias
    body: Body
    text: str | None = None
    agent: str = ""
    prompts: str = ""
    passages: tuple[str, ...] = ()
    files: tuple[FileVersion, ...] = ()

    @classmethod
    def of_completion(cls, caller: Caller, alias: Alias, wire: Body) -> Self:
        """The question that a chat completion asks."""
        body = {name: value for name, value in wire.items() if name not in _BESIDE and value is not None}
        last = body["messages"][-1]
        text = last.get("content")
        if last["role"] != "user" or not isinstance(text, str) or any(body.get(one) for one in _SPECIAL) or (body.get("n") or 1) > 1:
            return cls(caller, alias, body)
        return cls(caller, alias, {**body, "messages": [*body["messages"][:-1], {**last, "content": None}]}, text)

    @property
    def key(self) -> str:
        """The key of the exact entry."""
        return digest([self._scope(), self.body, self.text])

    @property
    def place(self) -> str:
        """Where questions lie that may ask the same: all but the text is equal, and without an agent's documents it is one user's."""
        own = None if self.agent else self.caller.user
        return digest([self._scope(), self.body, own])

    @property
    def rights(self) -> str:
        """The caller's rights on documents, as a principal of the vector store."""
        return "cache:" + digest(self._rights())

    def _rights(self) -> list[Any]:
        return [self.caller.tenant, sorted(set(self.caller.groups))]

    def _scope(self) -> dict[str, Any]:
        # Another server or model behind the alias answers otherwise.
        targets = [[one.provider, one.base_url, one.model, one.endpoint, one.component] for one in self.alias.targets]
        return {
            "rights": self._rights(),
            "alias": self.alias.alias,
            "targets": targets,
            "agent": self.agent,
            "prompts": self.prompts,
            "knowledge": sorted(self.passages),
        }


def digest(value: Any) -> str:
    """SHA-256, in hexadecimal, of a JSON value in canonical form: keys in order, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def keys_of(passages: Sequence[Any]) -> tuple[str, ...]:
    """The keys of passages: another version of a document, or another cut of it, is another passage."""
    return tuple(f"{one.file_id}/{one.version}/{one.chunk_id}/{digest(one.text)[:16]}" for one in passages)


def rows_of_questions(place: str) -> str:
    """The vector store under whose name the vectors of a place's questions lie."""
    return f"cache_{place}"
