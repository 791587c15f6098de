"""A diff read into numbered lines, and findings about it that stand where they say they stand."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from maru.chains.arguments import list_of, text_of
from maru.chains.builtins import RunFacts, builtin
from maru.chains.triage.tables import yaml_beside
from maru.errors import BadRequest

SEVERITIES = ("critical", "high", "medium", "low", "info")
#: Characters of one part of a diff that a model reads at once.
_PART = 12_000
_MOST_PARTS = 200
_HUNK = re.compile(r"@@ -\d+(?:,(?P<old>\d+))? \+(?P<start>\d+)(?:,(?P<new>\d+))? @@")
#: How lines of a hunk begin; mail programs cut the blank of an empty one. Those behind a hunk that counts too few.
_MARKS, _CHANGED = frozenset(["+", "-", " ", "", "\r"]), frozenset("+-")
_IS_DIFF = re.compile(r"^(?:@@ -\d|diff --git )", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """A line of the new file; ``added`` tells it from context."""

    file: str
    number: int
    text: str
    added: bool


@builtin("review.read", summary="A unified diff as parts with numbered lines, and findings that need no model")
def read(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{diff, language?}`` gives ``{parts: [{files, text}], findings, lines}``. Raises BadRequest for what is no unified diff."""
    lines = _lines(text_of(arguments, "diff", most=2_000_000))
    parts = _parts(lines)
    if len(parts) > _MOST_PARTS:
        raise BadRequest(f"The diff has {len(parts)} parts; {_MOST_PARTS} are taken. Review it in pieces.", param="diff")
    return {"parts": parts, "findings": _by_rule(lines, korean=arguments.get("language") == "ko"), "lines": sum(one.added for one in lines)}


@builtin("review.check", summary="Which findings of a model stand in the diff: the file, the line, and the code that they quote")
def check(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{diff, findings}`` gives ``{findings, dropped, listed}``.

    A finding is ``{file, line, severity, reason, code}``; ``code`` is what stands in the line. One whose code stands elsewhere in the same
    file is moved there; one that stands nowhere is dropped. ``listed`` shows those that are left, numbered, for a second model.
    """
    lines = _lines(text_of(arguments, "diff", most=2_000_000))
    kept: list[dict[str, Any]] = []
    dropped: list[dict[str, Any]] = []
    for one in list_of(arguments, "findings", most=2_000):
        placed = _placed(one, lines) if isinstance(one, dict) else None
        if placed is None:
            dropped.append({"finding": one, "why": "not in the diff"})
        elif not any(_same(placed, other) for other in kept):
            kept.append(placed)
    listed = "\n".join(f"{number}. {one['file']}:{one['line']} `{one['code']}`: {one['reason']}" for number, one in enumerate(kept, 1))
    return {"findings": kept, "dropped": dropped, "listed": listed}


@builtin("review.merge", summary="Findings that a second model did not contradict, with those by rule, the gravest first")
def merge(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{findings, by_rule, verdicts, dropped}`` gives ``{findings, dropped, counts}``; ``verdicts`` are ``[{finding, real, reason?}]``.

    What a rule found needs no verdict. A finding without a verdict stays, marked ``checked: false``.
    """
    return _merged(arguments)


@builtin("review.join", summary="What rules found and what came of each part of the diff, in one list")
def join(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{by_rule, parts}`` gives ``{findings, dropped, counts}``; a part that failed is null and gives nothing."""
    parts = [one for one in list_of(arguments, "parts") if isinstance(one, dict)]
    kept = _merged({"by_rule": arguments.get("by_rule")})["findings"]
    for one in (finding for part in parts for finding in part["findings"]):
        if not any(_same(one, other) for other in kept):
            kept.append(one)
    return _sorted(kept, [one for part in parts for one in part["dropped"]])


def _merged(arguments: dict[str, Any]) -> dict[str, Any]:
    verdicts = {
        one["finding"]: one for one in list_of(arguments, "verdicts") if isinstance(one, dict) and isinstance(one.get("finding"), int)
    }
    kept = [{**one, "by": "rule", "checked": True} for one in list_of(arguments, "by_rule")]
    dropped = list_of(arguments, "dropped")
    for number, one in enumerate(list_of(arguments, "findings"), 1):
        verdict = verdicts.get(number)
        if verdict and verdict.get("real") is False:
            dropped = [*dropped, {"finding": one, "why": str(verdict.get("reason") or "a second model disagrees")}]
        elif not any(_same(one, other) for other in kept):
            kept.append({**one, "by": "model", "checked": verdict is not None})
    return _sorted(kept, dropped)


def _sorted(kept: list[dict[str, Any]], dropped: list[Any]) -> dict[str, Any]:
    kept.sort(key=lambda one: (SEVERITIES.index(one["severity"]), one["file"], one["line"]))
    counts = {name: sum(one["severity"] == name for one in kept) for name in SEVERITIES}
    return {"findings": kept, "dropped": dropped, "counts": counts}


def _lines(diff: str) -> list[Line]:
    """The lines of the new files; none where a diff only deletes, renames, or changes modes and binaries."""
    if not _IS_DIFF.search(diff):
        raise BadRequest("'diff' is no unified diff: it has no hunk '@@ -a,b +c,d @@' and no 'diff --git' line.", param="diff")
    found: list[Line] = []
    file, number, old, new = "", 0, 0, 0
    given = diff.split("\n")
    for at, text in enumerate(given):
        if hunk := _HUNK.match(text):
            number, old, new = int(hunk["start"]), int(hunk["old"] or 1), int(hunk["new"] or 1)
        elif _begins_file(given, at):
            file, number, old, new = _path(given[at + 1][4:]), 0, 0, 0
        elif text[:1] in (_MARKS if old > 0 or new > 0 else _CHANGED if number else ()):
            old, new = old - (text[:1] != "+"), new - (text[:1] != "-")
            if text[:1] != "-":
                found.append(Line(file, number, text[1:].removesuffix("\r"), text[:1] == "+"))
                number += 1
        elif text[:1] != "\\":
            number, old, new = 0, 0, 0
    return found


def _begins_file(given: list[str], at: int) -> bool:
    """Whether a file's two header lines begin here: a deleted line may look like the first, but no hunk follows it like this."""
    return given[at].startswith("--- ") and at + 2 < len(given) and given[at + 1].startswith("+++ ") and given[at + 2].startswith("@@ ")


def _path(header: str) -> str:
    """A file's name as a header gives it: git writes what is not ASCII in octal, between quotes."""
    name = header.split("\t", maxsplit=1)[0].strip()
    if name.startswith('"') and name.endswith('"'):
        octal = re.sub(rb"\\([0-7]{3})", lambda one: bytes([int(one[1], 8) & 255]), name[1:-1].encode())
        name = re.sub(r'\\(["\\])', r"\1", octal.decode(errors="replace"))
    return name.removeprefix("b/")


def _parts(lines: list[Line]) -> list[dict[str, Any]]:
    """Lines gathered until a part is full; each as ``FILE:LINE + text``."""
    parts: list[dict[str, Any]] = []
    for line in lines:
        text = f"{line.file}:{line.number} {'+' if line.added else ' '} {line.text[:500]}\n"
        if not parts or len(parts[-1]["text"]) + len(text) > _PART:
            parts.append({"files": [], "text": ""})
        part = parts[-1]
        part["text"] += text
        if line.file not in part["files"]:
            part["files"].append(line.file)
    return [part for part in parts if "+ " in part["text"]]


def _by_rule(lines: list[Line], *, korean: bool) -> list[dict[str, Any]]:
    return [
        {
            "file": line.file,
            "line": line.number,
            "severity": rule["severity"],
            "reason": rule["ko" if korean else "en"],
            "code": line.text.strip()[:200],
        }
        for line in lines
        if line.added
        for pattern, rule in _rules()
        if pattern.search(line.text)
    ]


def _placed(one: dict[str, Any], lines: list[Line]) -> dict[str, Any] | None:
    code = " ".join(str(one.get("code") or "").strip("`+ ").split())
    mine = [line for line in lines if line.file == str(one.get("file") or "").removeprefix("b/")]
    at = [line for line in mine if line.number == one.get("line")]
    holding = [line for line in mine if code and code in " ".join(line.text.split())]
    line = next((each for each in at if not code or each in holding), None) or next((each for each in holding if each.added), None)
    if line is None or one.get("severity") not in SEVERITIES or not str(one.get("reason") or "").strip():
        return None
    reason = str(one["reason"]).strip()[:1_000]
    return {"file": line.file, "line": line.number, "severity": one["severity"], "reason": reason, "code": line.text.strip()[:200]}


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (one["file"], one["line"]) == (other["file"], other["line"]) and (
        one["reason"] == other["reason"] or one.get("by") != other.get("by")
    )


@cache
def _rules() -> list[tuple[re.Pattern[str], dict[str, str]]]:
    return [(re.compile(rule["pattern"]), rule) for rule in yaml_beside(__file__, "review")["rules"]]
