"""Published keys: they stand in web pages for everybody to read, so they open one agent's chat, from the pages of some origins alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from maru.dynamo import Item
from maru.errors import BadRequest, Forbidden

#: As browsers write it (RFC 6454, section 6.1): scheme, host, and a port that is not the scheme's own.
_ORIGIN = re.compile(r"(https?)://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?")
_USUAL_PORTS = {"https": ":443", "http": ":80"}
#: What a published key may hold.
SCOPES = frozenset({"chat"})
MOST_ORIGINS = 20
REQUESTS_PER_MINUTE = 30


@dataclass(frozen=True)
class Published:
    """What a key is held to that everybody can read; whoever sends no such ``Origin`` is refused, and so is every other route.

    Outside of browsers an Origin is easily made up: what a thief of the key gets is the agent's chat at ``requests_per_minute``.
    """

    origins: frozenset[str]
    agent: str
    requests_per_minute: int

    @classmethod
    def of(cls, row: Item) -> Self | None:
        """What a key's row says; None for a key that is secret."""
        kept = row.get("published")
        return cls(frozenset(kept["origins"]), kept["agent"], int(kept["requests_per_minute"])) if kept else None

    def row(self) -> Item:
        """What :meth:`of` reads."""
        return {"origins": sorted(self.origins), "agent": self.agent, "requests_per_minute": self.requests_per_minute}

    def admit(self, method: str, path: str, origin: str | None) -> None:
        """Raise :class:`Forbidden` for a request that is not this key's."""
        if origin is None:
            raise Forbidden("This key works in web pages alone: the request names no Origin.", code="origin_required")
        if origin not in self.origins:
            raise Forbidden("This key is not for pages of this origin. An administrator sets 'allowed_origins'.", code="origin_not_allowed")
        if (method, path) not in {("POST", f"/v1/agents/{self.agent}/chat"), ("POST", "/v1/feedback")}:
            raise Forbidden(f"This key stands in web pages and opens the chat with '{self.agent}' alone.", code="key_is_published")


def checked_origins(given: Iterable[str]) -> frozenset[str]:
    """Origins as browsers write them. Raises :class:`BadRequest` naming the one that is none."""
    origins = frozenset(given)
    for origin in origins:
        found = _ORIGIN.fullmatch(origin)
        if found is None or found[4] == _USUAL_PORTS[found[1]]:
            message = f"'{origin}' is no origin. Write it as browsers do: https://www.example.com, with a port where it has its own one"
            raise BadRequest(f"{message}; no path, no wildcard, lower case.", param="allowed_origins")
    return origins
