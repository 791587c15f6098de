"""Events of Windows as the event viewer and `wevtutil` export them: XML, one `Event` or many."""

import re
import xml.etree.ElementTree as ET
from typing import Any

_EVENT = re.compile(r"<Event[\s>].*?</Event>", re.DOTALL)
_NAMESPACE = re.compile(r"^\{[^}]*\}")


def events(text: str) -> list[dict[str, Any]]:
    """The events of an export, each ``{"Event": {"System": …, "EventData": {name: value}}}``; none where the text is no such export."""
    if not text.startswith("<") or "<!" in text:  # a document type may define entities, and no export has one
        return []
    try:
        return [{"Event": _value(ET.fromstring(one))} for one in _EVENT.findall(text)]  # noqa: S314 - no entities, see above
    except ET.ParseError:
        return []


def _value(element: ET.Element) -> Any:
    """An element as an object of its attributes and children; ``Data`` elements go by their ``Name``."""
    attributes = {name: value for name, value in element.attrib.items() if name != "Name" or element.tag.endswith("Provider")}
    children: dict[str, Any] = {}
    for number, child in enumerate(element):
        name = child.get("Name") if _tag(child) == "Data" else _tag(child)
        children[name or f"Data{number}"] = _value(child)
    text = (element.text or "").strip()
    if not attributes and not children:
        return text
    return attributes | children | ({"value": text} if text else {})


def _tag(element: ET.Element) -> str:
    return _NAMESPACE.sub("", element.tag)
