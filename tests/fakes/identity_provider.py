"""An OpenID Connect provider on this machine: authorization code with PKCE, refresh tokens that rotate, signed access tokens, keys."""

import base64
import hashlib
import http.server
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.serving import serving

CLIENT = "console"


@dataclass
class Provider:
    """Signs everybody in who comes, as ``user`` of ``tenant``. What a test changes: how long tokens live, and what goes wrong."""

    url: str = ""
    tenant: str = ""
    user: str = "sora"
    scope: str = "maru/chat maru/knowledge:read"
    #: Seconds that an access token is said to live, and how much earlier than that it ends in truth.
    lifetime: int = 3600
    too_early: int = 0
    refreshing: bool = True
    #: The code in the redirect is one that somebody else asked for, with a challenge of their own; or the state is another.
    foreign_code: bool = False
    foreign_state: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refreshes: set[str] = field(default_factory=set)
    #: What the token endpoint answered: the grant and the status.
    answered: list[tuple[str, int]] = field(default_factory=list)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65_537, 2048))

    def described(self) -> dict[str, str]:
        """What OpenID Connect Discovery tells."""
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        return {"issuer": self.url, **{name: f"{self.url}/{path}" for name, path in ends.items()}}

    def jwks(self) -> dict[str, Any]:
        """The key that tokens are signed with."""
        public: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "k1", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to. Raises ValueError for a request that is none of this client's."""
        if asked.get("client_id") != CLIENT or asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            raise ValueError("unauthorized_client")
        code = secrets.token_urlsafe()
        self.codes[code] = asked | ({"code_challenge": _challenge("somebody else's")} if self.foreign_code else {})
        state = "another" if self.foreign_state else asked["state"]
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': state})}"

    def token(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """RFC 6749, section 4.1.3 and 6; RFC 7636, section 4.6."""
        grant = asked.get("grant_type", "")
        good = self._by_code(asked) if grant == "authorization_code" else self._by_refresh(asked)
        status = 200 if good else 400
        self.answered.append((grant, status))
        return status, self._tokens() if good else {"error": "invalid_grant"}

    def _by_code(self, asked: dict[str, str]) -> bool:
        kept = self.codes.pop(asked.get("code", ""), None)
        verified = kept is not None and _challenge(asked.get("code_verifier", "")) == kept["code_challenge"]
        return verified and kept is not None and asked.get("redirect_uri") == kept["redirect_uri"] and asked.get("client_id") == CLIENT

    def _by_refresh(self, asked: dict[str, str]) -> bool:
        known = asked.get("refresh_token", "") in self.refreshes and asked.get("client_id") == CLIENT
        self.refreshes.discard(asked.get("refresh_token", ""))
        return known

    def _tokens(self) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": self.user, "tenant": self.tenant, "scope": self.scope, "iat": now}
        claims["exp"] = now + self.lifetime - self.too_early
        found = {"access_token": jwt.encode(claims, self.key, "RS256", {"kid": "k1"}), "token_type": "Bearer", "expires_in": self.lifetime}
        if self.refreshing:
            found["refresh_token"] = secrets.token_urlsafe()
            self.refreshes.add(str(found["refresh_token"]))
        return found


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@contextmanager
def provider() -> Iterator[Provider]:
    """Serves one."""
    with serving(_Handler) as port:
        one = Provider(url=f"http://127.0.0.1:{port}")
        _Handler.providers[port] = one
        yield one


class _Handler(http.server.BaseHTTPRequestHandler):
    providers: dict[int, Provider] = {}  # noqa: RUF012 - by port

    @property
    def _provider(self) -> Provider:
        return self.providers[self.server.server_address[1]]  # type: ignore[index]

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/authorize":
            try:
                self._answer(302, b"", Location=self._provider.authorize(dict(parse_qsl(address.query))))
            except ValueError as error:
                self._answer(400, str(error).encode())
        elif address.path == "/jwks":
            self._json(200, self._provider.jwks())
        elif address.path == "/.well-known/openid-configuration":
            self._json(200, self._provider.described())
        else:
            self._answer(404, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._json(*self._provider.token(dict(parse_qsl(body))))

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._answer(status, json.dumps(body).encode(), **{"Content-Type": "application/json"})

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Access-Control-Allow-Origin": "*", "Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
