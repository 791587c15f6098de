"""What a check found in a text."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Finding:
    """A span of the original text, in code points, end exclusive.

    ``check`` is the family (``pii``, ``secrets``, ``injection``, …), ``label`` the kind within it (``PHONE``), ``rule`` what
    found it, ``score`` how sure it is, in [0, 1].
    """

    check: str
    label: str
    start: int
    end: int
    score: float
    rule: str

    def moved(self, offset: int) -> "Finding":
        """The same finding, ``offset`` code points further on."""
        return replace(self, start=self.start + offset, end=self.end + offset)


def without_overlaps(findings: list[Finding]) -> list[Finding]:
    """Of findings that overlap the surest stays, of equally sure ones the longest; in order of their place."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda one: (-one.score, one.start - one.end, one.start)):
        if all(finding.end <= other.start or other.end <= finding.start for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda one: one.start)
