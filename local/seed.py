"""Who may use a fresh local run: keys of two people and of an operator, and an identity for the token client."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from local.api import Api
from local.home import Home
from scripts import operator_key

TENANT = "demo"
_KEYS_FILE = "keys.json"


@dataclass(frozen=True)
class Access:
    """The keys of a local run: of `minji` (group hr), of `alex` (group engineering), of the operator."""

    api_key: str
    second_key: str
    admin_key: str


class Seed:
    """Gives a home its keys, once; they are kept beside its data, readable by its owner alone."""

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
