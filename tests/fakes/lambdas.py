"""Lambda's invoke, answered by Python functions."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

type Handler = Callable[[dict[str, Any], object], Any]


class Lambdas:
    """Functions by name; what one raises is a function error, as Lambda tells it."""

    def __init__(self, functions: Mapping[str, Handler]) -> None:
        self._functions = functions

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's
        """One synchronous call."""
        assert InvocationType == "RequestResponse"
        try:
            answer = self._functions[FunctionName](json.loads(Payload), None)
        except Exception:  # noqa: BLE001 - as Lambda does
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}
