"""Keys, tokens and the authenticator that remembers them."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from threading import Barrier
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from maru.errors import BadRequest, Conflict, Forbidden, NotFound
from maru.identity import ROLES, Caller
from maru.identity.authenticator import Authenticator
from maru.identity.caller import scopes_of
from maru.identity.directory import IdentityStore, TenantStore
from maru.identity.keys import KeyStore
from maru.identity.tokens import Issuer, TokenVerifier
from tests.conftest import MakeTable
from tests.fakes.serving import serving

ISSUER = "https://issuer.test/pool"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def jwks_url() -> Iterator[str]:
    """A real JWKS endpoint on this machine."""
    rsa_jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY.public_key())) | {"kid": "r1", "use": "sig", "alg": "RS256"}
    ec_jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key())) | {"kid": "e1", "use": "sig", "alg": "ES256"}
    body = json.dumps({"keys": [rsa_jwk, ec_jwk]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    with serving(Handler) as port:
        yield f"http://127.0.0.1:{port}/jwks.json"


@pytest.fixture
def identities(make_table: MakeTable) -> IdentityStore:
    return IdentityStore(make_table(IdentityStore.SPEC))


@pytest.fixture
def tenants(make_table: MakeTable) -> TenantStore:
    return TenantStore(make_table(TenantStore.SPEC))


@pytest.fixture
def verifier(jwks_url: str, identities: IdentityStore, tenants: TenantStore) -> TokenVerifier:
    issuer = Issuer(ISSUER, jwks_url, "client-1", "custom:tenant", "groups")
    return TokenVerifier(issuer, identities=identities, tenants=tenants)


def token(key: Any = RSA_KEY, kid: str = "r1", algorithm: str = "RS256", **claims: Any) -> str:
    body = {
        "iss": ISSUER,
        "sub": "client-1",
        "client_id": "client-1",
        "token_use": "access",
        "scope": "maru/chat maru/operator",
        "exp": time.time() + 600,
    }
    return jwt.encode({k: v for k, v in (body | claims).items() if v is not None}, key, algorithm=algorithm, headers={"kid": kid})


def test_a_mapped_client_gets_the_intersection_of_scopes(verifier: TokenVerifier, identities: IdentityStore) -> None:
    identities.put(issuer=ISSUER, subject="client-1", tenant="acme", user="robot", groups=["ops"], scopes=["chat", "admin"])
    found = verifier.verify(token())
    assert found
    assert found[0] == Caller("acme", "robot", ("ops",), frozenset({"chat"}), "jwt:client-1")
    assert verifier.verify(token(EC_KEY, "e1", "ES256"))


@pytest.mark.parametrize(
    "made",
    [
        lambda: token(exp=time.time() - 60),
        lambda: token(exp=None),
        lambda: token(iss="https://elsewhere.test"),
        lambda: token(client_id="client-2"),
        lambda: token(token_use="id", aud="client-1"),
        lambda: token(token_use=None, aud="client-1", nonce="n"),
        lambda: token(OTHER_KEY),
        lambda: token(kid="unknown"),
        lambda: token("a" * 32, algorithm="HS256"),
        lambda: token()[:-4] + "AAAA",
        lambda: jwt.encode({"iss": ISSUER, "exp": time.time() + 9}, "", algorithm="none", headers={"kid": "r1"}),
        lambda: "not.a.token",
    ],
)
def test_anything_not_wholly_right_is_nobody(verifier: TokenVerifier, identities: IdentityStore, made: Any) -> None:
    identities.put(issuer=ISSUER, subject="client-1", tenant="acme", user="robot", groups=[], scopes=["chat"])
    assert verifier.verify(made()) is None


def test_a_user_token_names_tenant_and_groups_by_signed_claims(verifier: TokenVerifier, tenants: TenantStore) -> None:
    claims: dict[str, Any] = {
        "token_use": None,
        "client_id": None,
        "aud": ["client-1"],
        "sub": "u-1",
        "custom:tenant": "acme",
        "groups": ["hr"],
    }
    assert verifier.verify(token(**claims)) is None, "an unknown tenant"
    tenants.create("acme")
    found = verifier.verify(token(**claims))
    assert found
    assert found[0] == Caller("acme", "u-1", ("hr",), frozenset({"chat"}), "jwt:u-1")
    assert verifier.verify(token(**(claims | {"custom:tenant": None}))) is None


def test_who_comes_first_together_is_let_in_together(verifier: TokenVerifier, tenants: TenantStore) -> None:
    """A page asks several things at once, and the issuer's keys are fetched for the first of them."""
    tenants.create("acme")
    bearer = token(client_id=None, aud="client-1", sub="u1", token_use=None, **{"custom:tenant": "acme"})
    ready = Barrier(8)

    def verified(_: int) -> bool:
        ready.wait(30)
        return verifier.verify(bearer) is not None

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(verified, range(8))) == [True] * 8


def test_the_authenticator_remembers_and_forgets(make_table: MakeTable) -> None:
    keys = KeyStore(make_table(KeyStore.SPEC))
    made = keys.create(tenant="acme", user="u", groups=["b", "a"], scopes=["chat"])
    patient, forgetful = Authenticator(keys), Authenticator(keys, cache_seconds=0)
    assert patient.remembered(made.key) is None
    caller = patient.authenticate(made.key)
    assert caller == patient.remembered(made.key) == forgetful.authenticate(made.key)
    assert caller
    assert caller.principals == ("user:u", "group:a", "group:b", "public")
    keys.revoke("acme", made.id)
    assert forgetful.authenticate(made.key) is None


def test_keys_are_listed_and_revoked_in_their_tenant_alone(make_table: MakeTable) -> None:
    keys = KeyStore(make_table(KeyStore.SPEC))
    made = keys.create(tenant="acme", user="u", groups=[], scopes=["chat"])
    assert [row["id"] for row in keys.list("acme")] == [made.id]
    assert keys.list("other") == []
    assert "secret_hash" not in keys.list("acme")[0]
    with pytest.raises(NotFound):
        keys.revoke("other", made.id)


def test_roles_and_scopes_are_checked(tenants: TenantStore, identities: IdentityStore) -> None:
    assert scopes_of("operator", None) == ROLES["operator"]
    for role, scopes, field in (("king", None, "role"), ("user", ["chat"], "role"), (None, ["fly"], "scopes"), (None, [], "scopes")):
        with pytest.raises(BadRequest) as raised:
            scopes_of(role, scopes)
        assert raised.value.param == field
    admin = Caller("acme", "a", (), ROLES["admin"], "k")
    assert admin.tenant_for(None) == admin.tenant_for("acme") == "acme"
    with pytest.raises(Forbidden):
        admin.tenant_for("other")
    tenants.create("acme")
    with pytest.raises(Conflict):
        tenants.create("acme")
    with pytest.raises(BadRequest):
        tenants.create("Not OK")
    identities.put(issuer="i", subject="s", tenant="acme", user="u", groups=[], scopes=["chat"])
    with pytest.raises(Conflict):
        identities.put(issuer="i", subject="s", tenant="other", user="u", groups=[], scopes=["chat"])
    with pytest.raises(NotFound):
        identities.delete("other", "i", "s")
    identities.delete("acme", "i", "s")
    assert identities.list("acme") == []
