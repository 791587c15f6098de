"""DynamoDB for workers that serve one event after the other: boto3's calls over one kept connection a thread, at a quarter of its work.

Requests and answers are in the wire form that boto3's client takes, and errors are botocore's, so that both serve behind one
:class:`~maru.dynamo.Table`. A thread keeps its connection from event to event.
"""

import base64
import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Self

from maru.errors import Unavailable
from maru.lean import ATTEMPTS, TIMEOUT_SECONDS, as_error, body_of, pause_after, place_of, signed_headers, silent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

#: An idle connection is closed by DynamoDB after about a minute; one that may be is not used.
_IDLE_SECONDS = 20.0


class PlainDynamo:
    """In place of a boto3 client of DynamoDB; operations are named as there (``get_item``)."""

    def __init__(
        self,
        endpoint: str,
        region: str,
        credentials: Any,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        scheme, _, self._host = endpoint.rstrip("/").partition("://")
        self._secure, self._region, self._credentials = scheme == "https", region, credentials
        self._clock, self._sleep = clock, sleep
        self._own = threading.local()

    @classmethod
    def like(cls, client: "DynamoDBClient") -> Self:
        """To where ``client`` would go; makes no call."""
        return cls(*place_of(client))

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation.startswith("_"):
            raise AttributeError(operation)
        call = partial(self._call, operation.title().replace("_", ""))
        setattr(self, operation, call)
        return call

    def _call(self, operation: str, **request: Any) -> Any:
        body = body_of(operation, request)
        for attempt in range(1, ATTEMPTS):
            try:
                return self._once(operation, body)
            except Unavailable:
                self._sleep(pause_after(attempt))
        return self._once(operation, body)

    def _once(self, operation: str, body: bytes) -> Any:
        headers = signed_headers(
            self._host, operation, body, self._credentials.get_frozen_credentials(), region=self._region, now=time.gmtime()
        )
        try:
            connection = self._connection()
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            raw = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._own.connection = None
            raise silent() from error
        self._own.used = self._clock()
        answer: dict[str, Any] = _read(raw)
        if response.status == 200:
            return answer
        raise as_error(operation, response.status, answer)

    def _connection(self) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if kept is not None:
            if self._clock() - self._own.used < _IDLE_SECONDS:
                return kept
            kept.close()
        if self._secure:
            made: http.client.HTTPConnection = http.client.HTTPSConnection(self._host, timeout=TIMEOUT_SECONDS, context=_tls())
        else:
            made = http.client.HTTPConnection(self._host, timeout=TIMEOUT_SECONDS)
        self._own.connection, self._own.used = made, self._clock()
        return made


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _read(raw: bytes) -> Any:
    # As boto3 gives binary values: in bytes. A hook called for every object is paid only where there may be some.
    return json.loads(raw, object_hook=_binary if b'"B":' in raw else None) if raw else {}


def _binary(value: dict[str, Any]) -> dict[str, Any]:
    if len(value) == 1 and isinstance(found := value.get("B"), str):
        return {"B": base64.b64decode(found)}
    return value
