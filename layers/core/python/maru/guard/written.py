"""What a model writes in a completion: the texts of one choice, each under a guard of its own, and the fields that are read at all."""

from typing import TYPE_CHECKING, Any

from maru.guard.check import Place
from maru.guard.masking import Restorer
from maru.guard.messages import CALLS, OLD_CALL, TEXTS, every_text
from maru.guard.stream import GuardedStream

if TYPE_CHECKING:
    from maru.guard.completions import Screen

#: What leaves of an answer where the policy hides anything: no other field was read, and servers add ones that repeat what is said
#: (``citations``, ``reasoning_details``, ``prompt_logprobs``). Of a call ``extra_content`` is a signature that goes back to its model.
ANSWER = frozenset({"id", "object", "created", "model", "choices", "usage", "service_tier", "system_fingerprint"})
CHOICE = frozenset({"index", "message", "delta", "finish_reason", "logprobs"})
MESSAGE = frozenset({"role", "tool_calls", "annotations", OLD_CALL, *TEXTS})
CALL = frozenset({"id", "type", "index", "extra_content", *CALLS})
CALLED = frozenset({"name", *CALLS.values()})


class Texts:
    """The texts of one choice, each under a guard of its own; ``blocked`` once one of them was cut off."""

    def __init__(self, screen: "Screen") -> None:
        self._screen = screen
        self._open: dict[Any, tuple[Restorer, GuardedStream]] = {}
        self.blocked = False

    async def whole(self, text: str, place: Place, *, plain: bool = False) -> str:
        """A text that is complete."""
        return await self.feed(object(), text, place, plain=plain) + "".join([out for _, out in await self.finish()])

    async def apart(self, text: str, place: Place) -> str:
        """A text that came whole beside those that are still being written."""
        beside = Texts(self._screen)
        out = await beside.whole(text, place, plain=True)
        self.blocked = self.blocked or beside.blocked
        return out

    async def all_of(self, value: Any) -> Any:
        """A JSON value that came whole, with every text of it as it may leave."""
        return await every_text(value, "output", self.apart)

    async def feed(self, key: Any, delta: str, place: Place, *, plain: bool = False) -> str:
        """What of a piece of the text ``key`` may leave now."""
        if key not in self._open:
            self._open[key] = self._screen.restorer(place, plain=plain), self._screen.stream(place)
        restorer, stream = self._open[key]
        # Checked as the model wrote it: placeholders are nobody's data. Then the caller's own words come back.
        out = await stream.feed(delta)
        self.blocked = self.blocked or stream.blocked
        return restorer.feed(out)

    async def finish(self) -> list[tuple[Any, str]]:
        """What was held back of every text."""
        rest = []
        for key, (restorer, stream) in self._open.items():
            out = restorer.feed(await stream.finish()) + restorer.finish()
            self._screen.count(stream)
            self.blocked = self.blocked or stream.blocked
            rest.append((key, out))
        self._open = {}
        return rest
