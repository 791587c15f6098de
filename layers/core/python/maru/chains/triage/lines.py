"""Events of one line: syslog by RFC 3164 and RFC 5424, CEF (ArcSight), LEEF 1.0 and 2.0 (QRadar), ``name=value`` of firewalls."""

import re
from typing import Any

_FACILITIES = (
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock",
    "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
)  # fmt: skip
_SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug")
_PRI = r"(?:<(?P<pri>\d{1,3})>)"
_5424 = re.compile(
    _PRI + r"(?P<version>[1-9]\d?) (?P<timestamp>\S+) (?P<host>\S+) (?P<app>\S+) (?P<pid>\S+) (?P<msgid>\S+) (?P<rest>.*)", re.DOTALL
)
_3164 = re.compile(
    _PRI + r"?(?P<timestamp>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]?\d \d\d:\d\d:\d\d|"
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)) "
    r"(?:(?P<host>[^\s:\[\]]+) )?(?P<rest>.*)",
    re.DOTALL,
)
_TAG = re.compile(r"(?P<app>[\w./-]{1,48})(?:\[(?P<pid>\d+)\])?: ?(?P<message>.*)", re.DOTALL)
_ELEMENT = re.compile(r'\[(?P<id>[^\s="\]]+)(?P<params>(?: [^\s="\]]+="(?:[^"\\\]]|\\.)*")*)\]')
_PARAM = re.compile(r' (?P<name>[^\s="\]]+)="(?P<value>(?:[^"\\\]]|\\.)*)"')
_CEF = re.compile(r"CEF:(?P<version>\d+)\|(?P<rest>.*)", re.DOTALL)
_LEEF = re.compile(r"LEEF:(?P<version>[12](?:\.0)?)\|(?P<rest>.*)", re.DOTALL)
_BAR = re.compile(r"(?<!\\)\|")
_PAIR = re.compile(r'(?:^|(?<=\s))(?P<name>[A-Za-z_][\w.-]*)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>\S*))')
_ONLY_PRI = re.compile(r"^<\d{1,3}>")
_PAIRS = 3  # fewer may stand in any sentence
_KEY = re.compile(r"(?:^|(?<=\s))([\w.\[\]-]+)=")


def rfc5424(line: str) -> dict[str, Any] | None:
    """A line by RFC 5424, its structured data as objects; None for any other."""
    found = _5424.fullmatch(line)
    if found is None:
        return None
    rest, data = found["rest"], {}
    rest = rest.removeprefix("-")
    while element := _ELEMENT.match(rest):
        data[element["id"]] = {one["name"]: _unescaped(one["value"]) for one in _PARAM.finditer(element["params"])}
        rest = rest[element.end() :]
    named = {name: found[name] for name in ("timestamp", "host", "app", "pid", "msgid") if found[name] != "-"}
    return {**_priority(found["pri"]), **named, **({"structured_data": data} if data else {}), "message": rest.strip().lstrip("\ufeff")}


def rfc3164(line: str) -> dict[str, Any] | None:
    """A line by RFC 3164, with or without its priority; None for any other."""
    found = _3164.fullmatch(line)
    if found is None:
        return None
    fields = {**_priority(found["pri"]), "timestamp": found["timestamp"]}
    if found["host"]:
        fields["host"] = found["host"]
    tag = None if found["rest"].startswith(("CEF:", "LEEF:")) else _TAG.fullmatch(found["rest"])
    if tag is None:
        return fields | {"message": found["rest"]}
    return fields | {name: value for name, value in tag.groupdict().items() if value is not None}


def cef(line: str) -> dict[str, Any] | None:
    """A line of ArcSight's Common Event Format; None for any other."""
    found = _CEF.fullmatch(line)
    parts = _BAR.split(found["rest"], 6) if found else []
    if len(parts) < 6:
        return None
    names = ("device_vendor", "device_product", "device_version", "signature_id", "name", "severity")
    head = {name: part.replace("\\|", "|").replace("\\\\", "\\") for name, part in zip(names, parts, strict=False)}
    return head | _labelled(_extension(parts[6] if len(parts) > 6 else ""))


def leef(line: str) -> dict[str, Any] | None:
    """A line of QRadar's Log Event Extended Format; None for any other."""
    found = _LEEF.fullmatch(line)
    if found is None:
        return None
    second = found["version"].startswith("2")
    parts = found["rest"].split("|", 5 if second else 4)
    if len(parts) < 4:
        return None
    head = dict(zip(("device_vendor", "device_product", "device_version", "event_id"), parts, strict=False))
    delimiter, attributes = "\t", parts[4] if len(parts) > 4 else ""
    if second and len(parts) > 5:
        delimiter, attributes = _delimiter(parts[4]), parts[5]
    pairs = (pair.partition("=") for pair in attributes.split(delimiter) if "=" in pair)
    return head | {name.strip(): value.strip() for name, _, value in pairs}


def pairs(line: str) -> dict[str, Any] | None:
    """A line that begins with ``name=value`` pairs, values with blanks in quotes, as many firewalls write; None for any other."""
    line = _ONLY_PRI.sub("", line)
    found = list(_PAIR.finditer(line))
    if len(found) < _PAIRS or found[0].start() > 0:
        return None
    return {one["name"]: one["bare"] if one["quoted"] is None else _unescaped(one["quoted"]) for one in found}


def _priority(pri: str | None) -> dict[str, Any]:
    if pri is None or int(pri) > 191:
        return {}
    return {"facility": _FACILITIES[int(pri) // 8], "syslog_severity": _SEVERITIES[int(pri) % 8]}


def _extension(text: str) -> dict[str, str]:
    """``name=value`` pairs whose values hold spaces: a value ends where the next name begins."""
    keys = [one for one in _KEY.finditer(text) if not text[: one.start()].endswith("\\")]
    ends = [one.start() for one in keys[1:]] + [len(text)]
    return {key[1]: _unescaped(text[key.end() : end].strip()) for key, end in zip(keys, ends, strict=True)}


def _labelled(extension: dict[str, str]) -> dict[str, str]:
    """Custom fields under the names that their labels give: ``cs1Label=Rule cs1=x`` is ``Rule=x``."""
    labels = {key.removesuffix("Label"): value for key, value in extension.items() if key.endswith("Label")}
    return {labels.get(key) or key: value for key, value in extension.items() if not (key.endswith("Label") and key[:-5] in extension)}


def _delimiter(given: str) -> str:
    if re.fullmatch(r"(?:0x|x)[0-9A-Fa-f]{1,4}", given):
        return chr(int(given.lower().removeprefix("0").removeprefix("x"), 16))
    return given[:1] or "\t"


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), text, flags=re.DOTALL)
