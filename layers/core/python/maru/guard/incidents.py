"""Incidents: what a policy blocked, by rule and day, from the first alert over sealed samples to the policy that answers it."""

import hashlib
import json
import time
from dataclasses import dataclass
from statistics import mean, pstdev
from typing import Any, Literal, NamedTuple

from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import Conflict, NotFound
from maru.guard.policy import Policy
from maru.guard.sealing import Sealer
from maru.identity import Caller
from maru.knowledge.rights import FileVersion
from maru.telemetry import Telemetry
from maru.topic import Topic

#: Samples of one incident, and the characters of each that are kept.
_SAMPLES, _CHARACTERS = 5, 4_000
_DAY = 86_400
#: Blocks of a day below which none are a jump, and the days before with which they are compared.
_FEWEST, _DAYS = 10, 14
#: So many standard deviations above the mean of those days are unusual, as in the alarm of CloudWatch.
_UNUSUAL = 3.0

type Status = Literal["open", "acknowledged", "patched", "tested", "released", "dismissed"]


@dataclass(frozen=True)
class Block:
    """A finding on which a policy acted so that it counts as an incident; ``text`` may have come of these ``documents``."""

    policy: Policy
    place: str
    check: str
    label: str
    rule: str
    text: str | None
    documents: frozenset[FileVersion] = frozenset()


class Sample(NamedTuple):
    """A text that was kept, and the documents that it may have come of."""

    text: str
    documents: frozenset[FileVersion]


class IncidentStore:
    """The table of incidents, by tenant and id: one for a policy's version, place, check and label a day, with a count."""

    SPEC = TableSpec("incidents", key="tenant", sort="id", ttl="expires_at")

    def __init__(self, table: Table, sealer: Sealer, log: Telemetry) -> None:
        self._table, self._sealer, self._log = table, sealer, log

    def happened(self, caller: Caller, request_id: str, block: Block, topic: Topic | None) -> str:
        """Count a block; the first of its kind alerts, and so does a jump of their number. Gives the incident's id. Blocks."""
        policy, now = block.policy, int(time.time())
        told = {"policy": policy.name, "version": policy.version, "place": block.place, "check": block.check, "label": block.label}
        key = {"tenant": caller.tenant, "id": _id(caller.tenant, told, now)}
        first = {**told, "rule": block.rule, "status": "open", "created_at": now, "first_request": request_id}
        sets = [f"#{name} = if_not_exists(#{name}, :{name})" for name in first]
        row = self._table.update(
            key,
            f"SET {', '.join(sets)}, #last_at = :now, #last_request = :request, #expires_at = :expires ADD #count :one",
            names={f"#{name}": name for name in (*first, "last_at", "last_request", "expires_at", "count")},
            values={f":{name}": value for name, value in first.items()}
            | {":now": now, ":request": request_id, ":expires": now + policy.incidents.keep_days * _DAY, ":one": 1},
        )
        if policy.incidents.sample and block.text:
            self._sample(key, Sample(block.text, block.documents), caller)
        if row["count"] == 1 and policy.incidents.alert:
            self._alert(topic, {"incident": key["id"], "tenant": caller.tenant, **told, "rule": block.rule})
        if self._jumps(caller.tenant, row):
            self._table.set(key, {"jumped_at": now})
            if policy.incidents.alert:
                self._alert(topic, {"incident": key["id"], "tenant": caller.tenant, **told, "jump": int(row["count"])})
        return str(key["id"])

    def get(self, tenant: str, id_: str) -> Item:
        """The row; raises NotFound."""
        row = self._table.get({"tenant": tenant, "id": id_})
        if row is None:
            raise NotFound(f"No incident '{id_}'.", param="incident_id")
        return row

    def listed(self, tenant: str, status: str | None) -> list[dict[str, Any]]:
        """Incidents of a tenant, the one that happened last first."""
        rows = [row for row in self._table.query("tenant = :tenant", {":tenant": tenant}) if status in {None, row["status"]}]
        return [public_incident(row) for row in sorted(rows, key=lambda row: -int(row["last_at"]))]

    def samples(self, tenant: str, id_: str) -> list[Sample]:
        """The texts that were kept, opened; raises NotFound and Unavailable."""
        context = {"tenant": tenant, "incident": id_}
        return [_opened(self._sealer.open(bytes(one), context)) for one in self.get(tenant, id_).get("samples", ())]

    def change(self, tenant: str, id_: str, changes: Item, *, unless: tuple[Status, ...] = ("released",)) -> Item:
        """Set fields; raises NotFound, and Conflict where the incident is over."""
        row = self.get(tenant, id_)
        if row["status"] in unless:
            raise Conflict(f"The incident is {row['status']} already.", param="incident_id", code="incident_closed")
        more = {**changes, "updated_at": int(time.time())}
        return self._table.set({"tenant": tenant, "id": id_}, more, condition="attribute_exists(tenant)")

    def _jumps(self, tenant: str, row: Item) -> bool:
        """Whether a day's blocks of a kind are far more than those of the days before; asked at ten, twenty, forty, ….

        CloudWatch learns what is usual for a stage; this needs no CloudWatch and knows each tenant and kind.
        """
        tens, rest = divmod(int(row["count"]), _FEWEST)
        if rest or not tens or tens & (tens - 1) or "jumped_at" in row:
            return False
        before = [0] * _DAYS
        for other in self._table.query("tenant = :tenant", {":tenant": tenant}):
            days = int(row["created_at"]) // _DAY - int(other["created_at"]) // _DAY
            if 0 < days <= _DAYS and all(other[name] == row[name] for name in ("policy", "place", "check", "label")):
                before[days - 1] += int(other["count"])
        return int(row["count"]) > mean(before) + _UNUSUAL * pstdev(before)

    def _sample(self, key: Item, sample: Sample, caller: Caller) -> None:
        told = {"text": sample.text[:_CHARACTERS], "documents": json.dumps(sorted(sample.documents))}
        sealed = self._sealer.seal(told, {"tenant": caller.tenant, "incident": key["id"]})
        try:
            self._table.update(
                key,
                "SET #samples = list_append(if_not_exists(#samples, :none), :one)",
                names={"#samples": "samples"},
                values={":none": [], ":one": [sealed], ":most": _SAMPLES},
                condition="attribute_not_exists(#samples) OR size(#samples) < :most",
            )
        except ConditionFailed:
            self._log.metric({"part": "guard"}, {"samples_left_out": 1})

    def _alert(self, topic: Topic | None, told: dict[str, Any]) -> None:
        self._log.log("WARNING", "guard incident", **told)
        if topic:
            often = " far more often than usual" if "jump" in told else ""
            topic.publish(f"Maru: {told['check']} acted{often} in {told['place']}", json.dumps(told))


def public_incident(row: Item) -> dict[str, Any]:
    """An incident as callers get it; samples only as their number."""
    names = ("id", "status", "policy", "version", "place", "check", "label", "rule", "count", "created_at", "last_at", "first_request")
    more = ("jumped_at", "last_request", "note", "handled_by", "candidate", "test", "released_version", "updated_at")
    shown = {name: row.get(name) for name in (*names, *more)}
    shown["candidate"] = json.loads(row["candidate"]) if row.get("candidate") else None
    return {"object": "guard.incident", **shown, "samples": len(row.get("samples", ()))}


def _opened(told: dict[str, str]) -> Sample:
    return Sample(told["text"], frozenset((file_id, int(version)) for file_id, version in json.loads(told.get("documents", "[]"))))


def _id(tenant: str, told: dict[str, Any], now: int) -> str:
    whole = json.dumps([tenant, told, now // _DAY], sort_keys=True)
    return "inc_" + hashlib.sha256(whole.encode()).hexdigest()[:24]
