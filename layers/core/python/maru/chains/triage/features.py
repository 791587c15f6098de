"""What a scorer weighs in an event: signs, verbs, objects and their pairs, and the wording of its actions, each with its fact."""

import re
from collections.abc import Sequence

from maru.chains.triage.facts import Fact, phrase
from maru.chains.triage.signals import pairs, signals
from maru.chains.triage.vocabulary import actions, is_verdict, said

#: A failed change did nothing; a failed login is what attackers leave behind: the outcome means something only with its verb.
_OUTCOMES = ("failed", "succeeded", "automation", "exposed", "switched_off", "switched_on")
_WORD = re.compile(r"[a-z]{2,24}")
#: Characters and words of a value that are read, and words that a short one has.
_READ, _WORDS, _SHORT = 300, 30, 4


def features(found: Sequence[Fact]) -> dict[str, Fact | None]:
    """Names of features, each with the fact that has it; None for what is missing from the whole event."""
    shown = {f"sign:{name}": fact for name, fact in signals(found).items()}
    told = actions(found)
    verbs, objects = said(told)
    weighed: dict[str, Fact | None] = dict(shown)
    weighed |= {f"verb:{name}": fact for name, fact in verbs.items()}
    weighed |= {f"object:{name}": fact for name, fact in objects.items()}
    weighed |= {f"pair:{verb}+{thing}": verbs[verb] for verb, thing in pairs() if verb in verbs and thing in objects}
    for outcome in _OUTCOMES:
        if fact := shown.get(f"sign:{outcome}"):
            weighed |= {f"{outcome}:{name}": fact for name in verbs}
    if not verbs:
        weighed["verb:none"] = None
    for fact in found:
        weighed |= {name: fact for name in _wording(fact) if name not in weighed}
    return weighed


def _wording(fact: Fact) -> list[str]:
    """The words of a value, the value itself where it is short, and that the field is there at all.

    Only plain words count: identifiers, times and addresses say whose event it is, not what it is.
    """
    if is_verdict(fact):
        return []
    words = phrase(fact.text[:_READ]).split()[:_WORDS]
    plain = [word for word in words if _WORD.fullmatch(word)]
    if len(words) > _SHORT * 2 and len(plain) < len(words) / 2:
        return []
    named = [f"term:{word}" for word in plain] + [f"field:{fact.key}"]
    if 0 < len(words) <= _SHORT and all(_WORD.fullmatch(word) or word in {"0", "1"} for word in words):
        named.append(f"value:{fact.key}={' '.join(words)}")
    return named
