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
_DATA = re.compile(r"data:(image/[a-z+.-]+);base64,", re.IGNORECASE)
_BEGINNINGS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}


@dataclass(frozen=True)
class Image:
    """``data`` is base64, ``kind`` a media type; ``breakpoint`` where the caller wants the prompt cached up to here."""

    kind: str
    data: str
    breakpoint: bool = False


def image_of(part: Mapping[str, Any], place: str) -> Image:
    """The image of a content part. Raises :class:`BadRequest` naming ``place`` for an address, an unknown type or too many bytes.

    Addresses are refused, whoever would fetch them: a model server inside the walls sees hosts that a caller must not reach.
    """
    told = part.get("image_url")
    url = told.get("url") if isinstance(told, Mapping) else None
    if not isinstance(url, str):
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
    return Image(kind, data, bool(part.get("prompt_cache_breakpoint")))


def _bytes_of(data: str, place: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("The image is not valid base64.", param=place, code="invalid_image_format") from None
