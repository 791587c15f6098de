"""JSON over HTTP to an engine that has a server of its own."""

import json
from typing import Any

import urllib3

from maru.errors import Unavailable
from maru.knowledge.stores.bulk import Busy, Refused

_BUSY = frozenset({408, 429, 502, 503, 504})


class Missing(Exception):
    """What the path names is not there."""


class Rest:
    """A server at ``base``; threads share the connections. ``timeout`` is in seconds."""

    def __init__(self, base: str, headers: dict[str, str] | None = None, *, timeout: float = 10) -> None:
        self._base = base.rstrip("/")
        self._headers = {"content-type": "application/json", **(headers or {})}
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False, maxsize=20, block=False)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON, None where it is empty. Raises Missing (404), Busy, Refused, or Unavailable where nobody answers."""
        payload = None if body is None else json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        try:
            reply = self._pool.request(method, self._base + path, body=payload, headers=self._headers)
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable("The vector store does not answer.") from error
        if reply.status == 404:
            raise Missing
        if reply.status in _BUSY:
            raise Busy
        if reply.status >= 400:
            raise Refused(f"http_{reply.status}")
        return json.loads(reply.data) if reply.data else None

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.clear()
