"""Why a request may go to private targets only: whose documents it quotes, and the personal data that the guard finds in it."""

from collections.abc import Iterable

from maru.guard.engine import Guard
from maru.guard.policy import CheckRule, Policy, Rule
from maru.models.catalogue import Alias
from maru.models.routing import CALLERS_WORD
from maru.models.rules import Sensitive

#: A name by its context alone is a guess: of half-sure ones a request would go astray.
_NAMES = Rule(default="score", threshold=0.6)
_LOOKING = Policy(name="routing", checks={"pii": CheckRule(default="score", labels={"NAME": _NAMES})})


class Sensitivity:
    """Looks at texts on their way to an alias that has targets outside."""

    def __init__(self, guard: Guard, rules: Sensitive) -> None:
        self._guard, self._rules = guard, rules

    async def reasons(
        self, alias: Alias, texts: Iterable[str | list[int]], *, classes: Iterable[str] = (), asked: bool = False
    ) -> tuple[str, ...]:
        """The reasons in plain ASCII, empty where there is none.

        ``classes`` are the data classes of quoted passages, ``asked`` is the caller's own word. Where all targets are private nothing is
        looked for. What the guard could not look at counts as personal, as do texts that come as numbers of tokens.
        """
        told = [CALLERS_WORD] if asked else []
        told += [f"class {name}" for name in sorted(set(classes) & self._rules.data_classes)]
        if self._rules.personal_data and not all(target.private for target in alias.targets):
            given = list(texts)
            told += await self._personal("\n\n".join(one for one in given if isinstance(one, str)))
            told += [] if all(isinstance(one, str) for one in given) else ["tokens, which cannot be checked for personal data"]
        return tuple(told)

    async def _personal(self, text: str) -> list[str]:
        found = await self._guard.found(text, "input", _LOOKING, ["pii"])
        if found.failed:
            return ["not checked for personal data"]
        labels = {one.label for one in found.findings} & self._rules.personal_data
        return [f"personal data {label}" for label in sorted(labels)]
