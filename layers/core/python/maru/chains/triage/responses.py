"""What to do about an alert: actions with their arguments out of the events; what changes something outside needs a person's approval."""

from collections.abc import Iterable, Sequence
from typing import Any

from maru.chains.triage.iocs import Ioc
from maru.chains.triage.normalise import Normal

#: Every action that may be recommended; True where it runs only after approval.
ACTIONS = {
    "ticket": False, "investigate": False, "collect_evidence": False, "notify_owner": False,
    "block": True, "isolate": True, "delete": True, "disable_account": True, "reset_credentials": True,
}  # fmt: skip
_BLOCKED = ("ipv4", "ipv6", "domain", "url")
_MOST_BLOCKED = 5
_HOST_TECHNIQUES = frozenset({"T1003", "T1059", "T1105", "T1204", "T1218", "T1486", "T1490", "T1496", "T1547", "T1611", "T1219"})
_ACCOUNT_TECHNIQUES = frozenset({"T1078", "T1098", "T1098.001", "T1110", "T1136", "T1550", "T1552", "T1556"})


def action(name: str, **arguments: Any) -> dict[str, Any]:
    """``{name, arguments, needs_approval}``; raises KeyError for a name that is no action."""
    return {"name": name, "arguments": arguments, "needs_approval": ACTIONS[name]}


def recommended(priority: str, events: Sequence[Normal], iocs: Iterable[Ioc], techniques: Sequence[str]) -> list[dict[str, Any]]:
    """Actions for an alert, the mildest first; info asks for nothing, only high and critical for what needs approval."""
    if priority == "info":
        return []
    found = [action("ticket", priority=priority)]
    if priority == "low":
        return found
    users, hosts = _values(events, "user.name"), _values(events, "host.name")
    found.append(action("investigate", **{name: values for name, values in (("users", users), ("hosts", hosts)) if values}))
    if priority == "medium":
        return found
    found += [action("collect_evidence", host=host) for host in hosts[:1]]
    found += _containing(users, hosts, list(iocs), techniques)
    return found


def _containing(users: list[str], hosts: list[str], iocs: list[Ioc], techniques: Sequence[str]) -> list[dict[str, Any]]:
    found = [action("block", type=one.type, value=one.value) for one in iocs if one.type in _BLOCKED][:_MOST_BLOCKED]
    if not _HOST_TECHNIQUES.isdisjoint(techniques):
        found += [action("isolate", host=host) for host in hosts[:1]]
        found += [action("delete", file_hash=one.value) for one in iocs if one.type == "sha256"][:1]
    if not _ACCOUNT_TECHNIQUES.isdisjoint(techniques):
        found += [action("disable_account", user=user) for user in users[:1]]
    return found


def _values(events: Sequence[Normal], name: str) -> list[str]:
    return list(dict.fromkeys(value for one in events if (value := one.value(name))))[:5]
