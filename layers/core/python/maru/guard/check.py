"""What every check of the guard is: a reader of one text that gives findings. Policies decide what follows from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args

from maru.guard.disguise import readings
from maru.guard.finding import Finding
from maru.guard.normalise import Normalised, normalise

#: Where a text stands on its way. ``tool_result`` is what tools gave, in messages of role ``tool`` too; ``tool_arguments`` what goes to
#: one. What was said before is ``history``, a model's earlier calls of tools included.
type Place = Literal["input", "history", "passage", "tool_arguments", "tool_result", "output"]
PLACES: tuple[Place, ...] = get_args(Place.__value__)

#: How a check reads a stream: spans wherever they end, sentence by sentence, or only the whole text.
type Unit = Literal["span", "sentence", "whole"]


@dataclass(frozen=True)
class Subject:
    """One text under check, read once for all checks: ``read`` is it without disguises, findings have offsets of ``text``.

    ``options`` are the policy's own words for the check that is asked. ``facts`` is what the caller knows beside the text:
    ``hosts`` (those that passages named) for links, ``passages`` for grounding, ``canary`` for leaks of the system prompt.
    """

    text: str
    place: Place
    options: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    read: Normalised = field(default=None)  # type: ignore[assignment]
    _kept: list[Normalised] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.read is None:
            object.__setattr__(self, "read", normalise(self.text))

    @property
    def readings(self) -> list[Normalised]:
        """The text as :func:`maru.guard.disguise.readings` reads it, once for all checks that ask."""
        if not self._kept:
            self._kept.extend(readings(self.read))
        return self._kept


class Check(Protocol):
    """A check that thinks by itself, without network and in time linear in the text; whatever it raises makes it fail.

    ``name`` is the entry of policies that it obeys and the ``check`` of its findings; the engine drops findings below the
    policy's threshold for their label, so that a check reports scores and knows no thresholds.
    """

    @property
    def name(self) -> str:
        """The policy's entry: moderation, pii, secrets, injection, code, topics, links, size or grounding."""
        ...

    @property
    def unit(self) -> Unit:
        """What of a stream it has to see at once."""
        ...

    def find(self, subject: Subject) -> Iterable[Finding]:
        """What stands in the text; labels are the check's own (``PHONE``, ``hate/threatening``, ``direct``)."""
        ...


class RemoteCheck(Protocol):
    """A check that asks somebody else: a model alias, a service of AWS. The engine bounds its time by the policy's deadline."""

    @property
    def name(self) -> str:
        """The policy's entry."""
        ...

    @property
    def unit(self) -> Unit:
        """What of a stream it has to see at once."""
        ...

    async def ask(self, subject: Subject) -> Iterable[Finding]:
        """As :meth:`Check.find`; raises whatever kept it from an answer that can be trusted."""
        ...


type AnyCheck = Check | RemoteCheck
