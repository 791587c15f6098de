"""What one answer used of models, over all the calls it made."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from maru.identity import Caller
from maru.models import Completion, ModelStream, Usage, record
from maru.telemetry import Telemetry


class Spending:
    """Counts calls, and writes each into the metrics of usage."""

    def __init__(self, log: Telemetry, caller: Caller) -> None:
        self._log, self._caller = log, caller
        self._usage = Usage()
        #: USD, None where a price is unknown.
        self.cost_usd: Decimal | None = Decimal(0)
        #: Seconds spent waiting for models.
        self.model_seconds = 0.0

    def stream(self, alias: str, stream: ModelStream | None, outcome: str) -> None:
        """A streamed call has ended; None where it never began."""
        target, usage, cost = (stream.target, stream.usage_so_far(), stream.cost_usd) if stream else (None, None, None)
        record(self._log, self._caller, alias, target=target, usage=usage, cost_usd=cost, outcome=outcome)
        self._add(usage, cost)

    def call(self, alias: str, answer: Completion) -> None:
        """A whole call has ended."""
        record(self._log, self._caller, alias, target=answer.target, usage=answer.usage, cost_usd=answer.cost_usd)
        self._add(answer.usage, answer.cost_usd)

    @contextmanager
    def model_time(self) -> Iterator[None]:
        """Count the time inside as the model's."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.model_seconds += time.perf_counter() - began

    def usage(self) -> dict[str, Any]:
        """OpenAI's usage of all calls together."""
        counted = self._usage
        return {
            "prompt_tokens": counted.prompt_tokens,
            "completion_tokens": counted.completion_tokens,
            "total_tokens": counted.total_tokens,
        }

    def _add(self, usage: Usage | None, cost: Decimal | None) -> None:
        self._usage += usage or Usage(estimated=True)
        self.cost_usd = None if self.cost_usd is None or cost is None else self.cost_usd + cost
