"""Step Functions' client for erasures: what it was asked, all of which is gone already."""

from typing import Any

from botocore.exceptions import ClientError


class Machines:
    """``asked`` has each operation with the first thing that it named."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def __getattr__(self, operation: str) -> Any:
        def ask(**request: str) -> None:
            self.asked.append((operation, next(iter(request.values()))))
            raise ClientError({"Error": {"Code": "ResourceNotFound"}}, operation)

        return ask
