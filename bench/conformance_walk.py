"""The score of one group of endpoints: which properties of OpenAI's schemas count, and what every answer that was given is worth.

Formula: (1 for each property accepted with effect or echoed, or present in an answer that was really given; 1/2 for each that is refused
with 400 naming it) / all properties. A request's properties are those of its body's schema and its query parameters, an answer's those
of its schema; every endpoint of the group that Maru has counts. A property of an object counts where any endpoint that answers with the
object gave it: a store that was just made has no error to tell. What an answer has beyond its schema breaks no client and is no error.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.conformance_probe import found, problems, tokens
from bench.openai_schema import Endpoint, endpoints, properties

#: Answers that contradict their schema as the document's own examples do.
_SPEC_CONTRADICTS_ITSELF = {
    # The example shows the user's message; the schema, an assistant's alone.
    "GET /chat/completions/{completion_id}/messages": ("'assistant' was expected", "is not one of ['assistant']"),
}
#: Of an empty list there is no first and no last object, as OpenAI's own service says with null; what is more than the schema is Maru's.
_EXCUSED = ("first_id: None", "last_id: None", "Additional properties are not allowed")


@dataclass
class Walk:
    """One group under way."""

    group: str
    send: Callable[..., Any]
    asked: dict[tuple[str, str], float] = field(default_factory=dict)
    given: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    streamed: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.endpoints: dict[str, Endpoint] = {one.name: one for one in endpoints(self.group)}

    def _kin(self, name: str, kept: dict[str, list[Any]]) -> list[Any]:
        """What was given of an endpoint's object, by whichever endpoint answers with the same one."""
        told = self.endpoints[name].response or {}
        same = [one for one, endpoint in self.endpoints.items() if "$ref" in told and endpoint.response == told]
        return [value for one in {name, *same} for value in kept[one]]

    def call(self, name: str, *, ids: dict[str, str] | None = None, **request: Any) -> Any:
        """Call an endpoint; an answer in JSON counts, and is held against its schema."""
        method, _, path = name.partition(" ")
        for key, value in (ids or {}).items():
            path = path.replace("{" + key + "}", value)
        answer = self.send(method, path, **request)
        endpoint = self.endpoints[name]
        if answer.status_code < 300 and endpoint.response and answer.headers["content-type"].startswith("application/json"):
            self._take(name, answer.json(), endpoint.response, self.given)
        return answer

    def event(self, name: str, chunk: Any) -> None:
        """An event of a stream."""
        events = self.endpoints[name].events
        assert events is not None, name
        self._take(name, chunk, events, self.streamed)

    def _take(self, name: str, value: Any, schema: Any, kept: dict[str, list[Any]]) -> None:
        kept[name].append(value)
        excused = (*_EXCUSED, *_SPEC_CONTRADICTS_ITSELF.get(name, ()))
        self.wrong += [f"{name}: {one}" for one in problems(schema, value) if not any(excuse in one for excuse in excused)]

    def probe(self, name: str, path: str, answer: Any, *, effect: bool) -> None:
        """What came of a request that held the property."""
        worth = 0.0
        if answer.status_code < 300:
            worth = float(effect)
        elif answer.status_code == 400 and str(answer.json()["error"]["param"] or "").split(".")[0] == tokens(path)[0]:
            worth = 0.5
        self.asked[name, path] = max(worth, self.asked.get((name, path), 0.0))

    def effect(self, name: str, path: str, *, holds: bool) -> None:
        """A property whose effect was looked for in its own way."""
        self.asked[name, path] = float(holds)

    def results(self) -> Iterator[tuple[str, str, float]]:
        """Endpoint, property and worth of every property of the group."""
        for name, one in self.endpoints.items():
            for path in [*(properties(one.request) if one.request else ()), *(f"?{query}" for query in one.query)]:
                yield name, path, self.asked.get((name, path), 0.0)
            for schema, kept, side in ((one.response, self.given, "->"), (one.events, self.streamed, "~>")):
                for path in properties(schema) if schema else ():
                    yield name, f"{side} {path}", float(any(found(value, path) for value in self._kin(name, kept)))

    @property
    def score(self) -> float:
        """The score, in percent."""
        worths = [worth for _, _, worth in self.results()]
        return 100 * sum(worths) / len(worths)

    def lacking(self) -> list[str]:
        """Properties that do not count whole, with what they are worth."""
        return [f"{name}: {path} ({worth:g})" for name, path, worth in self.results() if worth < 1]
