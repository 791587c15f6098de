"""What starts a chain by itself, as data of its document: files dropped into S3, events on EventBridge, a schedule."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, ConfigDict, Field, JsonValue

from maru.exact import Exact, Several

#: The second segment of keys at the S3 door that hold events for chains: ``{tenant}/events/{name}``.
EVENTS = "events"


class _Strict(Exact):
    model_config = ConfigDict(frozen=True)


class RunAs(_Strict):
    """Under whose rights runs are: groups that whoever publishes is in, and a user that is nobody else.

    Without ``user`` that is ``trigger:{chain}``, a name of no person, who sees what is public to the tenant and to ``groups``. The tenant
    is always the chain's own.
    """

    user: str | None = Field(default=None, min_length=1, max_length=128)
    groups: Several[Annotated[str, Field(min_length=1, max_length=128)]] = Field(default=(), max_length=20)


class _Trigger(_Strict):
    """What all have. ``input`` makes the run's input; ``$states.input`` is the event."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    description: str = Field(default="", max_length=500)
    run_as: RunAs = RunAs()
    input: JsonValue = "{% $states.input %}"


def _relative(prefix: str) -> str:
    if prefix.startswith("/") or ".." in prefix.split("/"):
        raise ValueError("a prefix is relative to the tenant's events and has neither a leading '/' nor '..'")
    return prefix


class S3Trigger(_Trigger):
    """An object written to ``{tenant}/events/{prefix}…`` at the S3 door.

    The event: ``{key, name, size, etag, time, content, json}``. ``name`` is the key behind ``events/``, ``content`` the text (``.gz`` is
    unpacked), ``json`` the value of ``.json``, the list of ``.jsonl`` and ``.ndjson``, else null.
    """

    kind: Literal["s3"]
    prefix: Annotated[str, AfterValidator(_relative)] = Field(default="", max_length=500)
    suffix: str = Field(default="", max_length=100)


class EventTrigger(_Trigger):
    """An event on the account's bus that concerns the tenant: ``detail.tenant`` says so, or the stage for services of AWS.

    The event: ``{id, source, detail_type, time, region, resources, detail}``.
    """

    kind: Literal["event"]
    source: Several[Annotated[str, Field(min_length=1, max_length=256)]] = Field(min_length=1, max_length=20)
    detail_type: Several[Annotated[str, Field(min_length=1, max_length=256)]] = Field(default=(), max_length=20)
    when: str | None = Field(default=None, max_length=5000)


def _schedule(expression: str) -> str:
    if len(expression.split()) != 5:
        raise ValueError("a schedule has five fields: minute hour day month weekday, as '0 9 * * 1-5'")
    try:
        next(CronSim(expression, datetime.now(UTC)))
    except CronSimError as error:
        raise ValueError(f"the schedule cannot be read: {error}") from error
    except StopIteration:
        raise ValueError("the schedule never comes round") from None
    return expression


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone '{name}'; use one as 'Asia/Seoul'") from error
    return name


class ScheduleTrigger(_Trigger):
    """A moment that comes round: cron's five fields in a time zone. The event: ``{trigger, scheduled_at}``."""

    kind: Literal["schedule"]
    cron: Annotated[str, AfterValidator(_schedule)] = Field(max_length=200)
    timezone: Annotated[str, AfterValidator(_zone)] = Field(default="UTC", max_length=64)

    def after(self, moment: datetime) -> datetime:
        """The first moment later than ``moment``, in UTC."""
        return next(CronSim(self.cron, moment.astimezone(ZoneInfo(self.timezone)))).astimezone(UTC)


Trigger = Annotated[S3Trigger | EventTrigger | ScheduleTrigger, Field(discriminator="kind")]
KINDS = ("s3", "event", "schedule")
