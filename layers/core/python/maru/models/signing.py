"""AWS Signature Version 4 for model endpoints that take the function's own role instead of a key."""

from functools import cache
from typing import Any

from maru.errors import Unavailable


def signed(url: str, body: bytes, headers: dict[str, str], region: str, service: str = "bedrock") -> dict[str, str]:
    """``headers`` with the signature's added. Blocks where credentials must be fetched; raises :class:`Unavailable` without any."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    credentials = _credentials()
    if credentials is None:
        raise Unavailable("The model's credentials cannot be read at present.", code="model_unavailable")
    request = AWSRequest(method="POST", url=url, data=body, headers=headers)
    SigV4Auth(credentials.get_frozen_credentials(), service, region).add_auth(request)
    return dict(request.headers.items())


@cache
def _credentials() -> Any:
    import botocore.session

    return botocore.session.get_session().get_credentials()
