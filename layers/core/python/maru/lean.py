"""DynamoDB for the way of a request: its JSON protocol over kept connections, without a thread and without botocore's own work.

One boto3 call takes about a millisecond of processor time, one of these a quarter of it. Requests and answers are in the wire
form that boto3's client takes too, and errors are botocore's, so that both serve behind the same code.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import random
import time
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol, Self

import anyio.to_thread
from botocore.exceptions import ClientError

from maru.connections import Connections
from maru.dynamo import call, in_our_terms
from maru.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

#: How often a call is made that finds DynamoDB busy or its connection broken, and how long each may take.
ATTEMPTS = 4
TIMEOUT_SECONDS = 10.0
_KEEP_ALIVE_SECONDS = 20.0
_CONNECTIONS = 50
_TYPE = "application/x-amz-json-1.0"


class Dynamo(Protocol):
    """What the way of a request asks of DynamoDB."""

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """One call, named as in the API (``TransactWriteItems``), in wire form. Raises as :func:`maru.dynamo.call` does."""
        ...


class ThreadedDynamo:
    """The same through a boto3 client, in a thread: where no event loop lives long enough to keep connections."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """One call."""
        name = "".join("_" + char.lower() if char.isupper() else char for char in operation).lstrip("_")
        answer: dict[str, Any] = await anyio.to_thread.run_sync(partial(call, self._client, name, **request))
        return answer


class LeanDynamo:
    """One per process; use it as an async context manager. Region, endpoint and credentials are those of a boto3 client."""

    def __init__(self, endpoint: str, region: str, credentials: Any) -> None:
        self._endpoint, self._region, self._credentials = endpoint.rstrip("/") + "/", region, credentials
        self._host = self._endpoint.split("/")[2]
        self._connections: Connections | None = None

    @classmethod
    def like(cls, client: "DynamoDBClient") -> Self:
        """To where ``client`` would go; makes no call."""
        return cls(*place_of(client))

    async def __aenter__(self) -> Self:
        self._connections = Connections(
            self._endpoint, limit=_CONNECTIONS, idle_seconds=_KEEP_ALIVE_SECONDS, timeout_seconds=TIMEOUT_SECONDS
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connections:
            self._connections.close()
        self._connections = None

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """One call, again after a pause where DynamoDB is busy or its connection breaks."""
        body = body_of(operation, request)
        for attempt in range(1, ATTEMPTS):
            try:
                return await self._once(operation, body)
            except Unavailable:
                await asyncio.sleep(pause_after(attempt))
        return await self._once(operation, body)

    async def _once(self, operation: str, body: bytes) -> dict[str, Any]:
        assert self._connections is not None, "used outside of its context"  # noqa: S101 - a mistake of ours
        credentials = self._credentials.get_frozen_credentials()
        headers = signed_headers(self._host, operation, body, credentials, region=self._region, now=time.gmtime())
        try:
            status, raw = await self._connections.post(headers, body)
        except OSError as error:
            raise silent() from error
        answer: dict[str, Any] = json.loads(raw) if raw else {}
        if status == 200:
            return answer
        raise as_error(operation, status, answer)


def place_of(client: "DynamoDBClient") -> tuple[str, str, Any]:
    """Endpoint, region and credentials of a boto3 client."""
    import botocore.session

    return client.meta.endpoint_url, client.meta.region_name, botocore.session.get_session().get_credentials()


def body_of(operation: str, request: dict[str, Any]) -> bytes:
    """What a call sends. Sent again after a broken connection, a transaction must not count twice: it gets a token."""
    if operation == "TransactWriteItems":
        request = {"ClientRequestToken": f"{random.getrandbits(128):032x}", **request}
    return _ENCODER.encode(request).encode()


def pause_after(attempt: int) -> float:
    """Seconds to wait before the next attempt, of which the first is 1."""
    return random.uniform(0, 0.05 * 2**attempt)  # noqa: S311 - jitter


def silent() -> Unavailable:
    """What a call raises whose connection breaks."""
    return Unavailable("The database does not answer. Try again in a moment.", retry_after=1)


def signed_headers(host: str, operation: str, body: bytes, credentials: Any, *, region: str, now: time.struct_time) -> dict[str, str]:
    """The headers of a call with AWS Signature Version 4.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", now)
    headers = {"content-type": _TYPE, "host": host, "x-amz-date": stamp}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    headers["x-amz-target"] = f"DynamoDB_20120810.{operation}"
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/dynamodb/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(_key(credentials.secret_key, stamp[:8], region), text.encode(), "sha256").hex()
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return headers


@lru_cache(maxsize=4)
def _key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, "dynamodb", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def as_error(operation: str, status: int, answer: dict[str, Any]) -> Exception:
    """What an answer other than 200 is to callers, as botocore's errors are in :func:`maru.dynamo.in_our_terms`."""
    code = str(answer.get("__type", "")).rpartition("#")[2] or str(status)
    message = str(answer.get("message") or answer.get("Message") or "")
    # Botocore, too, takes every other answer from 500 on for a server that is busy.
    shown = "InternalServerError" if status >= 500 else code
    response: Any = {"Error": {"Code": shown, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    response |= {name: answer[name] for name in ("CancellationReasons", "Item") if name in answer}
    return in_our_terms(ClientError(response, operation))


def _as_text(value: Any) -> str:
    """Binary values as they travel."""
    return base64.b64encode(value).decode()


#: Made once: `json.dumps` makes one for each call.
_ENCODER = json.JSONEncoder(default=_as_text, separators=(",", ":"))
