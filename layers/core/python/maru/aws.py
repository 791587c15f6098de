"""AWS clients, made once per process and only when first asked for."""

from functools import cache
from threading import Lock
from typing import Any

_LOCK = Lock()


def client(service: str) -> Any:
    """The process's boto3 client of ``service``; region, credentials and endpoint are botocore's own affair."""
    with _LOCK:  # boto3's default session is not safe to use from several threads at once
        return _client(service)


@cache
def _client(service: str) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=3,
        read_timeout=20,
        max_pool_connections=50,
        retries={"mode": "standard", "total_max_attempts": 4},
        s3={"addressing_style": "auto"},
        signature_version="s3v4" if service == "s3" else None,
    )
    return boto3.client(service, config=config)  # type: ignore[call-overload]  # the stubs know literals only
