"""Builds the events that API Gateway's REST APIs (proxy integration, version 1) hand to Lambda."""

import base64
import json
from collections.abc import Mapping
from typing import Any

HOST = "abc123.execute-api.ap-northeast-2.amazonaws.com"
IDENTITY_FIELDS = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
)

Values = Mapping[str, str | list[str]]


def rest_event(
    method: str,
    path: str,
    *,
    body: Any = None,
    headers: Values | None = None,
    query: Values | None = None,
    stage: str = "prod",
    authorizer: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The event of one request.

    `path` is without the stage, as the gateway sends it. A `body` of bytes goes as base64, a str as it is, anything else as JSON.
    Headers and query parameters may repeat: `{name: [first, second]}`.
    """
    many = _lists(
        {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "User-Agent": "probe/1"} | dict(headers or {})
    )
    parameters = _lists(query or {})
    if body is not None and not isinstance(body, bytes | str):
        body = json.dumps(body, ensure_ascii=False)
        many.setdefault("Content-Type", ["application/json"])
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in many.items()},
        "multiValueHeaders": many,
        "queryStringParameters": {name: values[-1] for name, values in parameters.items()} or None,
        "multiValueQueryStringParameters": parameters or None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": _context(method, path, stage, authorizer),
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": isinstance(body, bytes),
    }


def form_event(path: str, fields: Mapping[str, str], *, filename: str, content: bytes, headers: Values) -> dict[str, Any]:
    """The event of a multipart POST with text fields and a file in the field `file`."""
    mark = "form-boundary"
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
    body = ("".join(parts) + head).encode() + content + f"\r\n--{mark}--\r\n".encode()
    return rest_event("POST", path, body=body, headers={**headers, "Content-Type": f"multipart/form-data; boundary={mark}"})


def _lists(values: Values) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in values.items()}


def _context(method: str, path: str, stage: str, authorizer: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "accountId": "123456789012",
        "apiId": "abc123",
        "authorizer": authorizer,
        "domainName": HOST,
        "domainPrefix": "abc123",
        "extendedRequestId": "extended-1",
        "httpMethod": method,
        "identity": dict.fromkeys(IDENTITY_FIELDS) | {"sourceIp": "203.0.113.9", "userAgent": "probe/1"},
        "path": f"/{stage}{path}",
        "protocol": "HTTP/1.1",
        "requestId": "gateway-request-1",
        "requestTime": "21/Nov/2026:03:00:00 +0000",
        "requestTimeEpoch": 1795230000000,
        "resourceId": "r1",
        "resourcePath": "/{proxy+}",
        "stage": stage,
    }
