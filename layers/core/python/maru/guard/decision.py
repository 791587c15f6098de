"""What a policy makes of findings: the strongest action, and the text as it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from maru.guard.check import Place
from maru.guard.finding import Finding
from maru.guard.masking import Vault, defuse
from maru.guard.policy import STRENGTH, Action, Policy

#: Places whose texts somebody else wrote.
_FOREIGN = ("passage", "tool_result")


@dataclass(frozen=True, slots=True)
class Acted:
    """A finding, and what the policy does with it."""

    finding: Finding
    action: Action


@dataclass(frozen=True)
class Decision:
    """What became of a text: ``output`` is the text as it goes on, empty where it is blocked.

    ``failed`` are checks that gave no answer; ``unchecked`` those of them without which the text went on.
    """

    action: Action
    output: str
    acted: tuple[Acted, ...] = ()
    failed: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether anything was found that the policy does not allow, or a check failed closed."""
        return any(one.action != "allow" for one in self.acted) or self.blocked

    @property
    def blocked(self) -> bool:
        """Whether the text must not go on."""
        return self.action == "block"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, in order of place."""
        return tuple(one.finding for one in self.acted)


@dataclass(frozen=True)
class Found:
    """What the checks of a place gave: findings above their thresholds, and the names of the checks that failed."""

    findings: tuple[Finding, ...]
    failed: tuple[str, ...]


def decide(text: str, place: Place, policy: Policy, found: Found, vault: Vault, *, known: Vault | None = None) -> Decision:
    """What the policy makes of findings. Values that ``known`` holds are the user's own and no findings."""
    unchecked = tuple(name for name in found.failed if policy.fails_open(name))
    counted = [one for one in found.findings if not (known and known.knows(text[one.start : one.end]))]
    acted = acted_on(Found(tuple(counted), found.failed), place, policy)
    strongest: Action = max((one.action for one in acted), key=STRENGTH.index, default="allow")
    if strongest == "block" or len(unchecked) < len(found.failed):
        return Decision("block", "", acted, found.failed, unchecked)
    output = _rewritten(text, place, policy, acted, vault)
    return Decision(strongest, output, acted, found.failed, unchecked)


def acted_on(found: Found, place: Place, policy: Policy) -> tuple[Acted, ...]:
    """The findings on which the policy acts, with what it does."""
    acted = (Acted(one, policy.action(one.check, one.label, place)) for one in found.findings)
    return tuple(one for one in acted if one.action != "allow")


def replacements(text: str, policy: Policy, acted: Sequence[Acted], vault: Vault) -> list[tuple[int, int, str]]:
    """What stands where instead, in order and without overlaps: start, end, the new text."""
    changing = {one.finding: one.action for one in acted if one.action in {"mask", "strip", "replace"}}
    return [
        (one.start, one.end, _instead(text[one.start : one.end], one, changing.get(one, "mask"), policy, vault))
        for one in _disjoint(list(changing))
    ]


def _rewritten(text: str, place: Place, policy: Policy, acted: Sequence[Acted], vault: Vault) -> str:
    if place not in _FOREIGN and any(one.action in {"mask", "strip", "replace"} for one in acted):
        vault.reserve(text)
    pieces, at = [], 0
    for start, end, instead in replacements(text, policy, acted, vault):
        pieces.append(_outside(text[at:start], place))
        pieces.append(instead)
        at = end
    return "".join((*pieces, _outside(text[at:], place)))


def _outside(text: str, place: Place) -> str:
    return defuse(text) if place in _FOREIGN else text


def _instead(value: str, finding: Finding, action: Action, policy: Policy, vault: Vault) -> str:
    if action == "strip":
        return ""
    if action == "replace":
        return policy.replacement(finding.check, finding.label)
    return vault.placeholder(_label(finding), value)


def _label(finding: Finding) -> str:
    """A finding's label as placeholders carry it: capitals and underscores."""
    return "".join(one if one.isascii() and one.isalpha() else "_" for one in finding.label.upper()).strip("_") or "HIDDEN"


def _disjoint(findings: list[Finding]) -> list[Finding]:
    """Spans without overlaps that cover everything found: of overlapping ones the surest names the whole."""
    merged: list[Finding] = []
    for finding in sorted(findings, key=lambda one: (one.start, -one.end)):
        last = merged[-1] if merged else None
        if last and finding.start < last.end:
            best = max(last, finding, key=lambda one: one.score)
            merged[-1] = replace(best, start=last.start, end=max(last.end, finding.end))
        else:
            merged.append(finding)
    return merged
