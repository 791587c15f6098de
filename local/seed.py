"""What a fresh local run is filled with: keys, an identity for the token client, agents, sample documents; twice is once."""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from local.home import Home
from tools import operator_key

TENANT = "demo"
_KEYS_FILE = "keys.json"


class SeedFailed(Exception):
    """The API refused what a fresh run is filled with; the message is the API's."""


@dataclass(frozen=True)
class Access:
    """The keys of a local run: of `minji` (group hr), of `alex` (group engineering), of the operator."""

    api_key: str
    second_key: str
    admin_key: str


class Api:
    """The public API as the seed uses it. Raises :class:`SeedFailed` on errors that are not expected."""

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

    def _send(self, method: str, path: str, data: bytes | None, kind: str, expected: tuple[int, ...]) -> Any:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": kind}
        request = urllib.request.Request(self._url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code in expected:
                return None
            raise SeedFailed(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:500]}") from error


class Seed:
    """Fills one run; every step looks first whether it is done."""

    def __init__(self, home: Home, url: str, session: Any, outputs: Mapping[str, str], *, say: Callable[[str, str], None]) -> None:
        self._home, self._url, self._session, self._outputs, self._say = home, url, session, outputs, say

    def access(self) -> Access:
        """The keys of this home, made when it has none that still open anything."""
        kept = self._home.read(_KEYS_FILE)
        if kept and all(self._opens(kept[name]) for name in ("api_key", "second_key", "admin_key")):
            return Access(**kept)
        self._say("keys", "키")
        admin = operator_key.mint(self._session, self._outputs, tenant=TENANT, user="operator")
        operator = Api(self._url, admin)
        minji = operator.call("POST", "/v1/keys", {"user": "minji", "groups": ["hr"], "role": "builder"})
        alex = operator.call("POST", "/v1/keys", {"user": "alex", "groups": ["engineering"], "role": "editor"})
        access = Access(minji["key"], alex["key"], admin)
        self._identity(operator)
        self._home.write(_KEYS_FILE, asdict(access))
        return access

    def _opens(self, key: str) -> bool:
        # Keys made in the last two seconds before a kill -9 are in the file and not in the table.
        return Api(self._url, key).call("GET", "/v1/models", expected=(401, 403, 404)) is not None

    def _identity(self, operator: Api) -> None:
        pool, client = self._outputs["UserPoolId"], self._outputs["ClientId"]
        issuer = f"https://cognito-idp.{pool.partition('_')[0]}.amazonaws.com/{pool}"
        row = {"issuer": issuer, "subject": client, "user": "minji", "groups": ["hr"], "role": "builder"}
        operator.call("POST", "/v1/identities", row)

    def content(self, access: Access) -> None:
        """Documents and agents of the samples."""
        del access
