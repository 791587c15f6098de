"""The public API over plain urllib, as the local run's own steps use it."""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class Refused(Exception):
    """The API answered with an error; the message is the API's."""


class Api:
    """The public API as the seed uses it. Raises :class:`Refused` on errors that are not expected."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, key

    def call(self, method: str, path: str, body: Any = None, *, expected: tuple[int, ...] = ()) -> Any:
        """The answer's JSON; None for a status in `expected`."""
        data = None if body is None else json.dumps(body).encode()
        return self._send(method, path, data, "application/json", expected)

    def upload(self, path: str, name: str, content: bytes, fields: Mapping[str, str]) -> Any:
        """A multipart upload of one file."""
        border = uuid.uuid4().hex
        parts = [f'--{border}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
        disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        head = f"--{border}\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n"
        body = b"".join([*parts, head.encode(), content, f"\r\n--{border}--\r\n".encode()])
        return self._send("POST", path, body, f"multipart/form-data; boundary={border}", ())

    def events(self, path: str, body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """The server-sent events that answer a POST, as they come: name and data."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url + path, data=json.dumps(body).encode(), method="POST", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                yield from _events(answer)
        except urllib.error.HTTPError as error:
            raise _refused("POST", path, error) from error

    def _send(self, method: str, path: str, data: bytes | None, kind: str, expected: tuple[int, ...]) -> Any:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": kind}
        request = urllib.request.Request(self._url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code in expected:
                error.close()
                return None
            raise _refused(method, path, error) from error


def _events(lines: Iterable[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    for line in lines:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data" and value != "[DONE]":
            yield name, json.loads(value)


def _refused(method: str, path: str, error: urllib.error.HTTPError) -> Refused:
    with error:
        return Refused(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:500]}")
