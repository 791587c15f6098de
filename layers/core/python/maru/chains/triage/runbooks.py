"""What runbooks say about an alert: passages that a model named, or that name the alert's technique, as references."""

import re
from collections.abc import Mapping
from typing import Any

#: Passages that stand in an alert without a model's naming them.
_MOST_BY_TECHNIQUE = 2
_QUOTE = 300
_KEPT = ("index", "file_id", "version", "chunk_id", "source", "page", "score")


def told(alert: Mapping[str, Any], passages: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """The alert with its evidence from ``passages`` (as a search gives them, by number) as ``{reference: {index, source, quote, …}}``."""
    named = [one["reference"] for one in alert["evidence"] if "reference" in one]
    about = [number for number, one in passages.items() if "technique" in alert and _names(_whole(one), alert["technique"])]
    numbers = dict.fromkeys([*named, *about[:_MOST_BY_TECHNIQUE]])
    fields = [one for one in alert["evidence"] if "reference" not in one]
    return {**alert, "evidence": [*fields, *({"reference": _reference(passages[one], alert)} for one in numbers if one in passages)]}


def _whole(passage: Mapping[str, Any]) -> str:
    """A passage with its heading, in which runbooks name what they are for."""
    return f"{passage.get('heading') or ''}\n{passage['text']}"


def _names(text: str, technique: str) -> bool:
    """Whether a text is about a technique; what is about the whole of it is about its parts."""
    return any(re.search(rf"\b{re.escape(one)}\b(?!\.\d)", text) for one in {technique, technique.partition(".")[0]})


def _reference(passage: Mapping[str, Any], alert: Mapping[str, Any]) -> dict[str, Any]:
    """A passage with the part of it that begins where the technique is named, as far as it is."""
    text = str(passage["text"])
    at = text.find(alert.get("technique", "").partition(".")[0] or text[:1])
    start = max(0, text.rfind("\n", 0, at) + 1) if at > 0 else 0
    return {**{name: passage[name] for name in _KEPT if name in passage}, "quote": text[start : start + _QUOTE].strip()}
