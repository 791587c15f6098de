"""Structured data for AppSync: says who may come in, and answers the fields of the schema, by the code behind ``/v1/data``."""

import json
import os
from functools import cache
from typing import Any

from functions.data.settings import Settings
from maru import telemetry, tracing
from maru.errors import MaruError
from maru.http.audit import AuditStore
from maru.identity import Caller
from maru.identity.authenticator import Authenticator
from maru.identity.connecting import authenticator
from maru.structured.graphql import resolved
from maru.structured.reader import DataReader
from maru.telemetry import Telemetry

#: What callers need, as at ``/v1/data``.
SCOPE = "knowledge:read"


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry point."""
    telemetry.request_id.set(context.aws_request_id)
    with tracing.invocation():
        return handle(*_built(), event)


def handle(who: Authenticator, reader: DataReader, event: dict[str, Any]) -> dict[str, Any]:
    """Answer one event of AppSync: a token that somebody sent, or a field that somebody who was let in asks for.

    https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    """
    if "authorizationToken" in event:
        return _admitted(who, str(event["authorizationToken"]))
    caller = _caller(json.loads(event["caller"]))
    try:
        view = reader.views.find(caller, event["field"])
        return {"data": resolved(reader, caller, view, event["arguments"])}
    except MaruError as error:
        return {"error": {"message": error.message, "code": error.code}}


def _admitted(who: Authenticator, token: str) -> dict[str, Any]:
    """Whether the caller may ask, and who it is for the fields. Keys that stand in web pages open nothing here."""
    bearer = token.removeprefix("Bearer ").strip()
    caller = who.remembered(bearer) or who.authenticate(bearer)
    if caller is None or caller.published or SCOPE not in caller.scopes:
        return {"isAuthorized": False}
    told = {"tenant": caller.tenant, "user": caller.user, "groups": caller.groups, "scopes": sorted(caller.scopes), "key_id": caller.key_id}
    return {"isAuthorized": True, "resolverContext": {"caller": json.dumps(told)}}


def _caller(told: dict[str, Any]) -> Caller:
    return Caller(told["tenant"], told["user"], tuple(told["groups"]), frozenset(told["scopes"]), told["key_id"])


@cache
def _built() -> tuple[Authenticator, DataReader]:
    settings = Settings.from_env(os.environ)
    return authenticator(settings), DataReader.connect(settings, trail=AuditStore.connect(settings), log=Telemetry(settings.function))
