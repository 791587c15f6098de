"""Values of a run by reference: small ones lie in the row itself, larger ones in S3 under their own hash, lists item by item."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from maru.dynamo import Item

#: Of JSON, in bytes, what a row carries itself: a row names the values of all variables in reach.
_INLINE = 1_500
_CACHE_BYTES = 32_000_000
_DIGITS = 12  # of a position in a list's object

#: ``{"json": text}`` or ``{"key": place in the bucket}``.
type Reference = Item


class Values:
    """What runs keep, below ``runs/{tenant}/{run_id}/``."""

    PREFIX = "runs/"

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def put(self, place: str, value: Any) -> Reference:
        """Keep a value of the run ``place`` (``{tenant}/{run_id}``)."""
        text = canonical(value)
        if len(text.encode()) <= _INLINE:
            return {"json": text}
        return {"key": self._write(place, text.encode())}

    def get(self, reference: Reference) -> Any:
        """The value."""
        if "json" in reference:
            return json.loads(reference["json"])
        return json.loads(self._read(reference["key"]))

    def put_list(self, place: str, items: Sequence[Any]) -> Reference:
        """Keep a list so that one item can be read alone: a table of positions, then the items."""
        texts = [canonical(item).encode() for item in items]
        head = (len(texts) + 1) * _DIGITS
        positions = [head]
        for text in texts:
            positions.append(positions[-1] + len(text))
        table = b"".join(b"%012d" % position for position in positions)
        return {"list": self._write(place, table + b"".join(texts)), "count": len(texts)}

    def item(self, reference: Reference, index: int) -> Any:
        """One item of a list."""
        start, end = (int(self._part(reference["list"], (index + at) * _DIGITS, _DIGITS)) for at in (0, 1))
        return json.loads(self._part(reference["list"], start, end - start))

    def _part(self, key: str, start: int, length: int) -> bytes:
        if key in self._kept:
            return self._kept[key][start : start + length]
        answer = self._s3.get_object(Bucket=self._bucket, Key=key, Range=f"bytes={start}-{start + length - 1}")
        return bytes(answer["Body"].read())

    def _write(self, place: str, content: bytes) -> str:
        key = f"{self.PREFIX}{place}/{hashlib.sha256(content).hexdigest()}.json"
        if key not in self._kept:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType="application/json")
            self._keep(key, content)
        return key

    def _read(self, key: str) -> bytes:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        content = bytes(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())
        self._keep(key, content)
        return content

    def _keep(self, key: str, content: bytes) -> None:
        self._kept[key] = content
        self._size += len(content)
        while self._size > _CACHE_BYTES and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone)


def canonical(value: Any) -> str:
    """The one JSON text of a value: keys sorted, nothing between."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()
