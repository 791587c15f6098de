"""API keys of model servers: by name from the settings or from Secrets Manager, never from the catalogue."""

import time
from collections.abc import Mapping
from typing import Any

import anyio.to_thread

from maru.errors import Unavailable

#: A rotated key is picked up after this long.
_KEEP_SECONDS = 300.0


class KeyRing:
    """Gives keys by name. ``secrets_manager`` is asked once in five minutes for those that are secrets."""

    def __init__(self, keys: Mapping[str, str], secrets: Mapping[str, str], secrets_manager: Any = None) -> None:
        self._keys, self._secrets, self._client = dict(keys), dict(secrets), secrets_manager
        self._read: dict[str, tuple[str, float]] = {}

    async def get(self, name: str) -> str | None:
        """The key, None where no such name is known. Raises :class:`Unavailable` when its secret cannot be read."""
        if name not in self._secrets:
            return self._keys.get(name) or None
        value, until = self._read.get(name, ("", 0.0))
        if time.monotonic() >= until:
            value = await anyio.to_thread.run_sync(self._ask, self._secrets[name])
            self._read[name] = (value, time.monotonic() + _KEEP_SECONDS)
        return value

    def _ask(self, secret: str) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        from maru import aws

        client = self._client or aws.client("secretsmanager")
        try:
            return str(client.get_secret_value(SecretId=secret)["SecretString"])
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("The model's credentials cannot be read at present.", code="model_unavailable") from error
