"""API keys of model servers: by name from the settings or from Secrets Manager, never from the catalogue."""

import json
import time
from collections.abc import Mapping
from typing import Any

import anyio.to_thread

from maru.errors import Unavailable

#: A rotated key is picked up after this long.
_KEEP_SECONDS = 300.0


class KeyRing:
    """Gives keys by name: from ``keys``, else from ``secret``, a JSON object in Secrets Manager that is read every five minutes."""

    def __init__(self, keys: Mapping[str, str], secret: str | None = None, *, secrets_manager: Any = None) -> None:
        self._keys, self._secret, self._client = dict(keys), secret, secrets_manager
        self._read: dict[str, str] = {}
        self._until = 0.0

    async def get(self, name: str) -> str | None:
        """The key, None where no such name is known. Raises :class:`Unavailable` when the secret cannot be read."""
        if name in self._keys or self._secret is None:
            return self._keys.get(name)
        if time.monotonic() >= self._until:
            self._read = await anyio.to_thread.run_sync(self._ask, self._secret)
            self._until = time.monotonic() + _KEEP_SECONDS
        return self._read.get(name)

    def _ask(self, secret: str) -> dict[str, str]:
        from botocore.exceptions import BotoCoreError, ClientError

        from maru import aws

        client = self._client or aws.client("secretsmanager")
        try:
            held = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
            return {str(name): str(key) for name, key in held.items()}
        except (BotoCoreError, ClientError, ValueError, AttributeError):
            # Nothing of it is chained: a parser's error quotes what it could not read.
            raise Unavailable("The model's credentials cannot be read at present.", code="model_unavailable") from None
