"""What office files draw (DrawingML): charts as tables, diagrams, text boxes on sheets, and the words that stand for pictures."""

import re
from collections.abc import Iterator
from typing import Any

from maru.knowledge.parse.clean import named_picture
from maru.knowledge.parse.package import child, local, number, value

#: What Office writes below a description that it made itself.
_AUTOMATIC = re.compile(r"\s*(?:Description automatically generated.*|자동 생성된 설명.*)\Z", re.DOTALL)


def described(properties: Any) -> str:
    """The words that stand for a picture, of its non-visual properties; "" where nobody wrote any."""
    return named_picture(_AUTOMATIC.sub("", value(properties, "descr") or ""))


def box_lines(drawing: Any) -> Iterator[str]:
    """The text boxes of a sheet's drawing, one after the other."""
    for shape in drawing.iter() if drawing is not None else ():
        if local(shape) == "sp" and child(shape, "txBody") is not None:
            lines = (text_of(paragraph).strip() for paragraph in child(shape, "txBody") if local(paragraph) == "p")
            yield "\n".join(line for line in lines if line)


def reference(element: Any, name: str) -> str:
    """The id of the part that an attribute of this name refers to; "" where there is none."""
    return next((text for key, text in element.attrib.items() if key.startswith("{") and key.endswith("}" + name)), "")


def text_of(paragraph: Any) -> str:
    """The text of a paragraph of DrawingML, or of all in an element."""
    parts = []
    for element in paragraph.iter():
        name = local(element)
        if name == "t":
            parts.append(element.text or "")
        elif name in {"br", "tab"}:
            parts.append(" ")
    return "".join(parts)


def chart_rows(root: Any) -> list[list[str]]:
    """A chart as the table it shows: categories down, series across."""
    if root is None:
        return []
    series = [element for element in root.iter() if local(element) == "ser"]
    names = [" ".join(_points(child(one, "tx")).values()) for one in series]
    categories = _points(child(series[0], "cat") if series else None)
    values = [_points(_first(child(one, "val"), child(one, "yVal"))) for one in series]
    places = sorted({place for column in [categories, *values] for place in column})
    heading = child(root, "chart", "title")
    title = "" if heading is None else text_of(heading)
    rows = [[categories.get(place, ""), *(column.get(place, "") for column in values)] for place in places[:10_000]]
    return [[title, *names], *rows] if rows else []


def _first(*elements: Any) -> Any:
    return next((element for element in elements if element is not None), None)


def _points(holder: Any) -> dict[int, str]:
    """The cached points below an element, by their index."""
    if holder is None:
        return {}
    points = (element for element in holder.iter() if local(element) == "pt")
    return {number(value(point, "idx")): (getattr(child(point, "v"), "text", None) or "") for point in points}


def diagram_lines(root: Any) -> Iterator[str]:
    """The texts of a diagram's points."""
    for element in root.iter() if root is not None else ():
        if local(element) == "p" and (text := text_of(element).strip()):
            yield text
