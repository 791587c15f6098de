"""What people thought of answers, summed: likes, dislikes, corrections, and how often the same was asked again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from maru.dynamo import Item


@dataclass
class Satisfaction:
    """Of some answers: ``asked_again`` of them were to a question that had been asked before in the session."""

    answers: int = 0
    asked_again: int = 0
    likes: int = 0
    dislikes: int = 0
    corrections: int = 0

    def answered(self, row: Item) -> None:
        """One of the ledger's rows that answers a question."""
        self.answers += 1
        self.asked_again += row["turn"] == "again"

    def rated(self, row: Item) -> None:
        """One row of feedback."""
        self.likes += row["rating"] == "like"
        self.dislikes += row["rating"] == "dislike"
        self.corrections += "correction" in row

    def public(self) -> dict[str, Any]:
        """As callers get it; shares are of the answers, null where there are none."""
        counts = {name: getattr(self, name) for name in ("answers", "asked_again", "likes", "dislikes", "corrections")}
        return counts | {
            "feedback_rate": self._share(self.likes + self.dislikes),
            "dislike_rate": self._share(self.dislikes),
            "ask_again_rate": self._share(self.asked_again),
        }

    def _share(self, part: int) -> float | None:
        return round(part / self.answers, 4) if self.answers else None


def by_agent(calls: Iterable[Item], ratings: Iterable[Item]) -> dict[str, Satisfaction]:
    """Sums by agent: ``calls`` are the ledger's rows, ``ratings`` those of feedback, both of the same time."""
    found: dict[str, Satisfaction] = {}
    for row in calls:
        # An answer that another model went on with has a row for each.
        if "turn" in row and row["status"] != "interrupted":
            found.setdefault(str(row.get("agent")), Satisfaction()).answered(row)
    for row in ratings:
        found.setdefault(str(row.get("agent")), Satisfaction()).rated(row)
    return dict(sorted(found.items()))
