"""What a request for a completion says beside its messages: tools, schemas of answers, words to stop at, who asks.

All of it is the application's own word, and read as its system messages are (place ``history``): what a tool is for is said in orders.
Who asks is read as the question is (place ``input``). A parameter that nobody thought of is read too.
"""

import re
from typing import Any

from maru.guard.check import Place
from maru.guard.engine import Guard
from maru.guard.leaves import Leaves, Where, kept, walk
from maru.guard.long_texts import Changes, changed
from maru.guard.masking import PLACEHOLDER, Vault, pseudonym
from maru.guard.policy import Policy

type Body = dict[str, Any]

_PLACE: Place = "history"

#: Parameters with places of their own, the catalogue's own names, and tables of token ids.
ELSEWHERE = frozenset({"messages", "prediction", "moderation", "model", "logit_bias"})
#: Who asks, in a form of the application's: it tells users apart and is no text. A digest does that too, as OpenAI itself advises.
IDENTIFIERS = frozenset({"user", "safety_identifier", "prompt_cache_key"})
#: Members of these lists are read one by one: another tool beside it leaves what is known of a tool as it is.
_LISTS = ("tools", "functions")
#: Words of JSON schema and of the protocol, which say nothing.
_WORDS = frozenset(
    ("type", "function", "custom", "name", "description", "parameters", "strict", "string", "number", "integer", "boolean", "object",
     "array", "null", "properties", "required", "items", "enum", "const", "default", "title", "format", "anyOf", "oneOf", "allOf", "not",
     "pattern", "additionalProperties", "minimum", "maximum", "json_schema", "json_object", "text", "schema", "auto",
     "none", "low", "medium", "high")
)  # fmt: skip
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]")
_LONGEST_NAME, _LONG_NUMBER = 64, 1_000_000


class Parameters:
    """The parameters of one request. ``renames`` are the names of tools that had to be changed, each with its new one."""

    def __init__(self, guard: Guard, policy: Policy, vault: Vault) -> None:
        self._guard, self._policy, self._vault = guard, policy, vault
        self.renames: dict[str, str] = {}
        self.unchecked: set[str] = set()
        self.refused = False

    async def let(self, body: Body) -> Body:
        """The body with all of them as they may go on; :attr:`refused` where one must not."""
        beside = {name: value for name, value in body.items() if name not in ELSEWHERE}
        lists = {name: beside.pop(name) for name in _LISTS if isinstance(beside.get(name), list)}
        who = {name: beside.pop(name) for name in IDENTIFIERS if isinstance(beside.get(name), str)}
        found: Body = {name: [await self._one(one) for one in members] for name, members in lists.items()}
        found |= {name: await self._pseudonym(value) for name, value in who.items()}
        found |= await self._one(beside)
        if "stop" in found:
            found["stop"] = _stops(found["stop"])
        return body | found

    async def named(self, name: str) -> str:
        """The name of a tool as its model knows it, in a message too."""
        if name not in self.renames and (found := await self._read(name)).changes and not self.refused:
            return self._name(name, found.made(name))
        return self.renames.get(name, name)

    async def _one[T](self, value: T) -> T:
        if not self._policy.active(_PLACE):
            return value  # as the policy of completions that ships: tools can be long, and come with every request
        olds: dict[Any, None] = {}
        walk(value, lambda leaf, where, _: olds.setdefault(leaf) if _told(leaf, where) else None)
        leaves = Leaves()
        for old in olds:
            leaves.add(old, "\n\n")  # apart: what stands before it is no word about it
        found = await self._read(leaves.text)
        if self.refused:
            return value
        news = {old: new for old, new in zip(olds, leaves.rewritten(found.changes), strict=True) if kept(old, new) != old}
        news |= {old: new for old, new in self.renames.items() if old in olds}
        made: T = walk(value, lambda leaf, where, key: self._new(leaf, news[leaf], where, key) if leaf in news else leaf)
        return made

    async def _read(self, text: str, place: Place = _PLACE) -> Changes:
        if self._policy.acts(place):
            self._vault.reserve(text)
        found = await changed(self._guard, text, place, self._policy, self._vault, remember=True)
        self.refused = self.refused or found.refused
        self.unchecked |= found.unchecked
        return found

    async def _pseudonym(self, value: str) -> str:
        found = await self._read(value, "input")
        return pseudonym(value) if found.changes else value

    def _new(self, old: Any, new: str, where: Where, key: bool) -> str:
        """A changed text in the form that its field takes."""
        if where[-1:] == ("pattern",) and not key:
            return PLACEHOLDER.sub(lambda match: re.escape(match[0]), new)
        named = where[-1:] == ("name",) and not key and not {"parameters", "schema"} & set(where)
        return self._name(str(old), new) if named else new

    def _name(self, old: str, new: str) -> str:
        """As servers take names, and none that another tool has."""
        name, number = _UNFIT.sub("_", new.replace("[", "").replace("]", ""))[:_LONGEST_NAME] or "_", 1
        while name in self.renames.values() and old not in self.renames:
            number += 1
            name = f"{name[: _LONGEST_NAME - 5]}_{number}"
        return self.renames.setdefault(old, name)


def _told(leaf: Any, where: Where) -> bool:
    """Whether a leaf says anything; a number does where it is long enough to be somebody's."""
    if isinstance(leaf, str):
        return bool(leaf) and leaf not in _WORDS
    return abs(leaf) >= _LONG_NUMBER and where != ("seed",)


def _stops(stop: Any) -> Any:
    """Without what nothing is left of: no model may stop at every place."""
    return [one for one in stop if one] or None if isinstance(stop, list) else stop or None
