"""The routes of an answer's calls of models: what they quote and what was said decide whether only private targets may see them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from maru.identity import Caller
from maru.knowledge.rights import FileVersion
from maru.models import Route
from maru.models.rules import Preference

if TYPE_CHECKING:
    from maru.agents.answer import Models, Search


@dataclass(frozen=True)
class Wishes:
    """What the caller's headers ask of every route of its answer."""

    private: bool = False
    preference: Preference = "balanced"


@dataclass(frozen=True)
class Routes:
    """Decides for one answer of the agent that asks the alias ``model``."""

    models: "Models"
    search: "Search"
    caller: Caller
    model: str
    wishes: Wishes

    async def decide(
        self, body: dict[str, Any], *, said: Iterable[str], used: frozenset[FileVersion] = frozenset(), classes: Iterable[str] = ()
    ) -> Route:
        """The route of a request that repeats what was ``said``, and content of the file versions ``used`` and of data ``classes``.

        Raises what :meth:`~maru.models.routing.Router.decide` does.
        """
        alias = self.models.catalogue.find(self.model, "chat")
        quoted = set(classes)
        if used and not all(target.private for target in alias.targets):
            quoted |= await anyio.to_thread.run_sync(self.search.classes, self.caller, used)
        asked, preference = self.wishes.private, self.wishes.preference
        return await self.models.route(alias, body, said=said, classes=quoted, asked=asked, preference=preference)


@dataclass(frozen=True)
class Basis:
    """What all requests of one answer repeat; tools add what they gave, in the messages and to its data ``classes``."""

    routes: Routes
    said: tuple[str, ...]
    used: frozenset[FileVersion]
    classes: frozenset[str]

    def given(self, classes: Iterable[str]) -> "Basis":
        """The same once tools have given data of these classes too."""
        return replace(self, classes=self.classes | frozenset(classes))

    async def decide(self, body: dict[str, Any]) -> Route:
        """The route of one of them."""
        given = [str(one["content"]) for one in body["messages"] if one["role"] == "tool"]
        return await self.routes.decide(body, said=[*self.said, *given], used=self.used, classes=self.classes)
