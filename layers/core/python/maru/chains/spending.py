"""What calls of models cost a step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass
class Spent:
    """What the calls of one step used: nanodollars (None: unknown) and tokens.

    ``lost`` calls may have been made by attempts that died, ``estimated`` is the most that they cost; ``cost`` is without them.
    """

    cost: int | None = 0
    estimated: int = 0
    lost: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    calls: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a call by its row in the ledger, or by the answer that was kept of it; one that no model took is none."""
        tokens = row.get("input_tokens") or 0, row.get("output_tokens") or 0
        if row.get("status") == "failed" and not any(tokens):
            return
        self.calls += 1
        self.input_tokens, self.output_tokens = self.input_tokens + tokens[0], self.output_tokens + tokens[1]
        self.cost = None if row["cost"] is None or self.cost is None else self.cost + row["cost"]

    def facts(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """As a step's row has it, with what the row says of ``before``; nothing where no call was made."""
        if not self.calls and not self.lost:
            return {}
        counts = {"input_tokens": self.input_tokens, "output_tokens": self.output_tokens, "calls": self.calls}
        counts |= {"lost_calls": self.lost, "estimated_nanodollars": self.estimated} if self.lost else {}
        cost = None if self.cost is None else before.get("cost_nanodollars", 0) + self.cost
        return {name: before.get(name, 0) + count for name, count in counts.items()} | {"cost_nanodollars": cost}
