"""Structured logs and metrics: one JSON line each on standard output, metrics in CloudWatch's embedded format.

Texts, secrets and personal data never come here: log identifiers, counts, durations and codes.
"""

import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any, TextIO

from pydantic_core import to_json

#: The namespace of every metric; infra's dashboard and alarms import it.
NAMESPACE = "Maru"

#: The request under way, so that every line of a log can be found by it.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class Telemetry:
    """Writes logs and metrics of one function to ``stream``."""

    def __init__(self, function: str, *, stream: TextIO | None = None) -> None:
        self._function = function
        self._stream = stream

    def log(self, level: str, message: str, **fields: Any) -> None:
        """One line; ``fields`` are identifiers and numbers, never texts of users."""
        self._write({"level": level, "message": message, **fields})

    def failure(self, message: str, error: BaseException, **fields: Any) -> None:
        """An error with its traceback. The exception's own text is left out: it may quote what a user wrote."""
        frames = traceback.extract_tb(error.__traceback__)
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        self.log("ERROR", message, error=type(error).__name__, cause=type(error.__cause__).__name__, traceback=where, **fields)

    def metric(self, dimensions: Mapping[str, str], values: Mapping[str, float | Sequence[float]], **fields: Any) -> None:
        """Metrics in the embedded metric format (EMF); names that end in ``_ms`` are milliseconds, in ``_score`` bare numbers, all others
        counts. Several numbers (100 at most) are a distribution.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
        """
        units = [{"Name": name, "Unit": _unit(name)} for name in values]
        directive = {"Namespace": NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": units}
        self._write(
            {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}, **dimensions, **values, **fields},
        )

    def _write(self, line: dict[str, Any]) -> None:
        head = {"function": self._function, "time": round(time.time(), 3)}
        if current := request_id.get():
            head["request_id"] = current
        stream = self._stream or sys.stdout
        stream.write(to_json(head | line, fallback=str).decode() + "\n")
        stream.flush()


def _unit(name: str) -> str:
    return "Milliseconds" if name.endswith("_ms") else "None" if name.endswith("_score") else "Count"
