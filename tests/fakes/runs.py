"""Step Functions for the tests of what starts its machines."""

from typing import Any

from maru.errors import Unavailable


class Runs:
    """Step Functions, which only notes what is started."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []
        self.down = False

    def start_execution(self, **run: Any) -> None:
        if self.down:
            raise Unavailable("down")
        self.started.append(run)
