"""Images in chat requests: given as data, of known types, of a bearable size. Nothing is ever fetched for a caller."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maru.errors import BadRequest

#: Bytes of one image, decoded: what every provider takes. Source: the smallest of their limits (Bedrock's 3.75 MB).
LARGEST = 3_750_000
#: How finely a model may be asked to look; what OpenAI's API knows.
DETAILS = ("auto", "low", "high")
_DATA = re.compile(r"data:(image/[a-z+.-]+);base64,", re.IGNORECASE)
_BEGINNINGS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}


@dataclass(frozen=True)
class Image:
    """``data`` is base64, ``kind`` a media type; ``breakpoint`` where the caller wants the prompt cached up to here.

    ``detail`` is how finely the model is to look at it: one of :data:`DETAILS`.
    """

    kind: str
    data: str
    breakpoint: bool = False
    detail: str = "auto"


def image_of(part: Mapping[str, Any], place: str, number: int = 0) -> Image:
    """The image of a content part, the ``number``th at ``place``. Raises :class:`BadRequest` naming it for an address, an unknown type,
    too many bytes, or a detail that is none.

    Addresses are refused, whoever would fetch them: a model server inside the walls sees hosts that a caller must not reach.
    """
    told = part.get("image_url")
    if not isinstance(told, Mapping) or not isinstance(url := told.get("url"), str):
        raise BadRequest("An image is given as image_url.url.", param=place)
    head = _DATA.match(url, 0, 64)
    if head is None:
        message = "Images are given as data URLs (data:image/png;base64,…); addresses are not fetched."
        raise BadRequest(message, param=place, code="invalid_image_url")
    kind, data = head[1].lower().replace("image/jpg", "image/jpeg"), url[head.end() :]
    if kind not in _BEGINNINGS:
        raise BadRequest(f"Images are of {', '.join(_BEGINNINGS)}.", param=place, code="invalid_image_format")
    if len(data) * 3 // 4 > LARGEST + 2:
        raise BadRequest(f"An image has at most {LARGEST} bytes.", param=place, code="image_too_large")
    if not _BEGINNINGS[kind].match(_bytes_of(data, place)):
        raise BadRequest(f"The image is no {kind.removeprefix('image/')}.", param=place, code="invalid_image_format")
    detail = told.get("detail") or "auto"
    if detail not in DETAILS:
        raise BadRequest(f"'detail' is one of {', '.join(DETAILS)}.", param=detail_of(place, number))
    return Image(kind, data, bool(part.get("prompt_cache_breakpoint")), detail)


def detail_of(place: str, number: int) -> str:
    """What refusals call the detail of the ``number``th part at ``place``."""
    return f"{place}.{number}.image_url.detail"


def _bytes_of(data: str, place: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("The image is not valid base64.", param=place, code="invalid_image_format") from None
