"""From an ``Authorization`` header to a caller, remembered for half a minute."""

import hashlib
import time

from maru.identity.caller import Caller
from maru.identity.keys import KeyStore
from maru.identity.tokens import TokenVerifier

#: A revoked key works this long at most (the contract says 60 s); an expired one ends at its time.
CACHE_SECONDS = 30.0
_CACHE_SIZE = 10_000


class Authenticator:
    """Keys and tokens behind one question: who is this bearer?"""

    def __init__(self, keys: KeyStore, tokens: TokenVerifier | None = None, *, cache_seconds: float = CACHE_SECONDS) -> None:
        self._keys, self._tokens, self._cache_seconds = keys, tokens, cache_seconds
        self._known: dict[bytes, tuple[Caller, float]] = {}

    def remembered(self, bearer: str) -> Caller | None:
        """The caller if this bearer was verified lately; costs no call."""
        caller, until = self._known.get(_digest(bearer), (None, 0.0))
        return caller if time.time() < until else None

    def authenticate(self, bearer: str) -> Caller | None:
        """Verify the bearer; None for anything that is not wholly right. Blocks: it reads a table or the issuer's keys."""
        verifier, until = self._keys if bearer.startswith("mk_") else self._tokens, time.time() + self._cache_seconds
        verified = verifier.verify(bearer) if verifier else None
        if verified is None:
            self._known.pop(_digest(bearer), None)
            return None
        caller, expires_at = verified
        if len(self._known) >= _CACHE_SIZE:
            self._known.clear()
        self._known[_digest(bearer)] = (caller, min(expires_at, until))
        return caller


def _digest(bearer: str) -> bytes:
    return hashlib.sha256(bearer.encode()).digest()
