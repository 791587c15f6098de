"""Originals at rest: one data key for each map, made and wrapped by KMS, the map under AES-256-GCM (envelope encryption)."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from maru.errors import Unavailable

_NONCE = 12


class Sealer:
    """Seals maps under a KMS key; ``context`` names whose a map is, and without the same one nothing opens."""

    def __init__(self, kms: Any, key_id: str) -> None:
        self._kms, self._key_id = kms, key_id

    def canary(self, *whose: str) -> str:
        """A word that nobody writes by chance, the same for the same owner, so that a model's prompt stays the same; makes no call."""
        told = json.dumps(whose).encode()
        return f"m9-{hmac.new(self._key_id.encode(), told, hashlib.sha256).hexdigest()[:20]}"

    def seal(self, originals: Mapping[str, str], context: Mapping[str, str]) -> bytes:
        """The map as it may be stored; blocks. Raises Unavailable where KMS does not answer."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            made = self._kms.generate_data_key(KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=dict(context))
        except (ClientError, BotoCoreError) as error:
            raise _down() from error
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(made["Plaintext"]).encrypt(nonce, json.dumps(originals, ensure_ascii=False).encode(), _bound(context))
        wrapped: bytes = made["CiphertextBlob"]
        return len(wrapped).to_bytes(2, "big") + wrapped + nonce + sealed

    def open(self, stored: bytes, context: Mapping[str, str]) -> dict[str, str]:
        """The map; blocks. Raises Unavailable where KMS does not answer or the context is another."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        length = int.from_bytes(stored[:2], "big")
        wrapped, rest = stored[2 : 2 + length], stored[2 + length :]
        try:
            key = self._kms.decrypt(CiphertextBlob=wrapped, KeyId=self._key_id, EncryptionContext=dict(context))["Plaintext"]
            opened: dict[str, str] = json.loads(AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], _bound(context)))
        except (ClientError, BotoCoreError, InvalidTag) as error:
            raise _down() from error
        return opened


def _bound(context: Mapping[str, str]) -> bytes:
    return json.dumps(dict(context), sort_keys=True).encode()


def _down() -> Unavailable:
    return Unavailable("What was hidden in this session cannot be opened at present.", code="guard_unavailable", retry_after=5)
