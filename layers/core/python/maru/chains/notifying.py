"""Telling the outside: the stage's topic, and webhooks on its list of hosts, signed, never to a private address."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any, cast

from maru.agents.tools.carrying_out import PublicNames, is_public
from maru.chains.failures import DeliveryFailed, InvalidRequest
from maru.chains.kinds import Notify
from maru.chains.templates import refused_address

_SECONDS = 20.0
_SUBJECT = 100  # characters that SNS takes

#: The header that carries ``t={seconds since 1970},v1={HMAC-SHA256 over "{t}.{body}" in hexadecimal}``.
SIGNATURE = "x-maru-signature"


class Notifier:
    """``secret`` signs for all tenants; each has its own key, derived from it. ``public`` decides which addresses may be reached."""

    def __init__(
        self,
        *,
        topic_arn: str | None,
        hosts: frozenset[str],
        secret: Callable[[], str],
        sns: Any = None,
        public: Callable[[str], bool] = is_public,
        ssl: Any = True,
    ) -> None:
        self._topic, self._hosts, self._secret, self._sns = topic_arn, hosts, secret, sns
        self._public, self._ssl = public, ssl

    async def send(self, tenant: str, message: dict[str, Any], *, delivery: str) -> dict[str, Any]:
        """Deliver one message (as :func:`message_of` gives it); raises :class:`DeliveryFailed` and :class:`InvalidRequest`.

        ``delivery`` names it: a receiver that saw it before may drop it.
        """
        if message["channel"] == "sns":
            return await asyncio.to_thread(self._publish, tenant, message, delivery)
        if wrong := refused_address(message["url"], self._hosts):
            raise InvalidRequest(f"The notification was not sent: {wrong}.")
        body = json.dumps(body_of(message), ensure_ascii=False).encode()
        headers = {"content-type": "application/json", "user-agent": "maru-chains", "x-maru-delivery": delivery}
        headers[SIGNATURE] = self.signature(tenant, body, int(time.time()))
        return await self._post(message["url"], body, headers)

    def key(self, tenant: str) -> str:
        """The key that a tenant's receivers check signatures with, in hexadecimal."""
        return hmac.new(self._secret().encode(), f"webhook:{tenant}".encode(), hashlib.sha256).hexdigest()

    def signature(self, tenant: str, body: bytes, now: int) -> str:
        """The value of :data:`SIGNATURE`."""
        signed = hmac.new(self.key(tenant).encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
        return f"t={now},v1={signed}"

    def _publish(self, tenant: str, message: dict[str, Any], delivery: str) -> dict[str, Any]:
        if not self._topic:
            raise InvalidRequest("This stage has no topic for notifications.")
        text = message.get("text") or json.dumps(message.get("body"), ensure_ascii=False)
        about = {name: {"DataType": "String", "StringValue": value} for name, value in (("tenant", tenant), ("delivery", delivery))}
        subject = " ".join(str(message.get("subject") or "Maru").split())[:_SUBJECT]
        self._sns.publish(TopicArn=self._topic, Subject=_ascii(subject), Message=text, MessageAttributes=about)
        return {"delivered": True, "status": 200}

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        import aiohttp

        # No cache of names: the address that was judged is the one that is connected to.
        connector = aiohttp.TCPConnector(
            resolver=cast("Any", PublicNames(self._public)), use_dns_cache=False, ssl=self._ssl, force_close=True
        )
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, trust_env=False, timeout=timeout) as session,
                session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
            raise DeliveryFailed("The webhook's host could not be reached.") from error
        if status == 429 or status >= 500:
            raise DeliveryFailed(f"The webhook answered {status}.")
        if not 200 <= status < 300:
            raise InvalidRequest(f"The webhook answered {status}.")
        return {"delivered": True, "status": status}


def message_of(step: Notify, values: dict[str, Any]) -> dict[str, Any]:
    """What is to be delivered, and what an approval is about: ``values`` are the step's templates evaluated; empty ones stay out."""
    message: dict[str, Any] = {"channel": step.channel, "url": step.url, **values}
    if step.jira is not None:
        fields = {"project": step.jira.project, "issue_type": step.jira.issue_type, **(values.get("jira") or {})}
        message["jira"] = {name: value for name, value in fields.items() if value is not None}
    return {name: value for name, value in message.items() if value not in (None, "", {})}


def body_of(message: dict[str, Any]) -> Any:
    """The body that a channel's service takes.

    Sources: https://api.slack.com/messaging/webhooks, https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-issues/
    """
    subject, text = message.get("subject", ""), message.get("text", "")
    if message["channel"] == "slack":
        return message.get("body") or {"text": f"*{subject}*\n{text}" if subject else text}
    if message["channel"] == "jira":
        jira = message["jira"]
        fields = {"project": {"key": jira["project"]}, "issuetype": {"name": jira["issue_type"]}, "summary": str(subject)[:255]}
        fields |= {"description": text} if text else {}
        fields |= {"priority": {"name": jira["priority"]}} if jira.get("priority") else {}
        fields |= {"labels": jira["labels"]} if jira.get("labels") else {}
        return {"fields": {**fields, **(message.get("body") or {})}}
    return message.get("body", {"subject": subject, "text": text})


def _ascii(text: str) -> str:
    # SNS refuses other subjects; the whole text stands in the message.
    return text if text.isascii() else text.encode("ascii", "ignore").decode().strip() or "Maru"
