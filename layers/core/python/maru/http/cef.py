"""Audit rows in ArcSight's Common Event Format (CEF 0, implementation standard v25), one line each, for a SIEM."""

import json
from datetime import datetime
from typing import Any

from maru.dynamo import Item

_VERSION = "1"
_SEVERITY = {"ok": 2, "failed": 5}
#: What the guard did makes a call graver than its status does.
_GUARDED = {"block": 8, "mask": 4, "strip": 4, "replace": 4}


def line(row: Item) -> str:
    """One event; values are escaped as the format asks."""
    notes: list[dict[str, Any]] = row.get("guard") or []
    name = str(row.get("action") or "-")
    severity = max([_SEVERITY.get(str(row.get("outcome")), 3), *(_GUARDED.get(str(one["action"]), 2) for one in notes)])
    head = "|".join(("CEF:0", "Maru", "Maru", _VERSION, _header(name), _header(name), str(severity)))
    return head + "|" + " ".join(f"{key}={_value(value)}" for key, value in _extension(row, notes).items() if value not in {None, ""})


def _extension(row: Item, notes: list[dict[str, Any]]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "rt": _milliseconds(str(row.get("at", ""))),
        "suser": row.get("user"),
        "suid": row.get("key_id"),
        "outcome": row.get("outcome"),
        "externalId": row.get("request_id"),
        "request": row.get("object"),
        "cn1": row.get("status"),
        "cn1Label": "status",
        "cs1": row.get("tenant"),
        "cs1Label": "tenant",
    }
    if notes:
        said |= {"cs2": json.dumps(notes, ensure_ascii=False, separators=(",", ":")), "cs2Label": "guard"}
    return said


def _milliseconds(at: str) -> int | None:
    stamp = at.partition("#")[0]
    return int(datetime.fromisoformat(stamp).timestamp() * 1000) if stamp else None


def _header(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def _value(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("=", "\\=").replace("\r", "\\r").replace("\n", "\\n")
