"""Why a request may go to private targets only: whose documents it quotes, and the personal data that the guard finds in it."""

from collections.abc import Iterable

from maru.guard.engine import Guard
from maru.guard.policy import CheckRule, Policy, Rule
from maru.models.catalogue import Alias
from maru.models.rules import Sensitive

#: A name by its context alone is a guess: of half-sure ones a request would go astray.
_NAMES = Rule(default="score", threshold=0.6)
_LOOKING = Policy(name="routing", checks={"pii": CheckRule(default="score", labels={"NAME": _NAMES})})


class Sensitivity:
    """Looks at requests on their way to an alias that has targets outside."""

    def __init__(self, guard: Guard, rules: Sensitive) -> None:
        self._guard, self._rules = guard, rules

    async def reasons(
        self, alias: Alias, texts: Iterable[str], *, policy: Policy, classes: Iterable[str] = (), asked: bool = False
    ) -> tuple[str, ...]:
        """The reasons in plain ASCII, empty where there is none.

        ``classes`` are the data classes of quoted passages, ``asked`` is the caller's own word. The guard looks for personal data where
        its ``policy`` does, and where the alias has private targets to choose; text that a check could not look at counts as personal.
        """
        told = ["the caller's word"] if asked else []
        told += [f"class {name}" for name in sorted(set(classes) & self._rules.data_classes)]
        private = [target.private for target in alias.targets]
        if not all(private) and (any(private) or "pii" in policy.active("input")):
            told += await self._personal("\n\n".join(texts))
        return tuple(told)

    async def _personal(self, text: str) -> list[str]:
        found = await self._guard.found(text, "input", _LOOKING, ["pii"])
        if found.failed:
            return ["not checked for personal data"]
        labels = {one.label for one in found.findings} & self._rules.personal_data
        return [f"personal data {label}" for label in sorted(labels)]
