"""Objects dropped into S3 as events of chains: read within bounds, unpacked, and parsed where their name says how."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from maru.chains.triggers import EVENTS
from maru.errors import BadRequest

#: What an object may hold, unpacked: a run's input of this size is still read and checked within seconds.
MAX_BYTES = 5_000_000
_GONE = {"NoSuchKey", "NoSuchVersion", "404"}


class Dropped:
    """The S3 door of the stage, as far as it holds events."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def place(self, detail: Mapping[str, Any]) -> tuple[str, str] | None:
        """Tenant and name of an object that holds events; None for documents, other buckets, and what consoles make as folders."""
        if detail["bucket"]["name"] != self._bucket:
            return None
        tenant, _, rest = str(detail["object"]["key"]).partition("/")
        kind, _, name = rest.partition("/")
        return (tenant, name) if kind == EVENTS and name and not name.endswith("/") else None

    def event(self, detail: Mapping[str, Any], name: str, time: str) -> dict[str, Any] | None:
        """The event of an object, see :class:`~maru.chains.triggers.S3Trigger`; None where it is gone.

        Raises :class:`BadRequest` for one that is too large, no text, or not what its name says.
        """
        told = detail["object"]
        if int(told.get("size", 0)) > MAX_BYTES:
            raise BadRequest(f"'{name}' has more than {MAX_BYTES} bytes.", param="size")
        which = {"VersionId": told["version-id"]} if told.get("version-id") else {}
        try:
            body = self._s3.get_object(Bucket=self._bucket, Key=told["key"], **which)["Body"].read(MAX_BYTES + 1)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise
        content = _text(body, name)
        facts = {"key": told["key"], "name": name, "size": int(told.get("size", len(body))), "etag": told.get("etag"), "time": time}
        return {**facts, "content": content, "json": _parsed(content, name.removesuffix(".gz"))}


def identity(detail: Mapping[str, Any]) -> str:
    """What makes one writing of an object one event, however often S3 tells of it."""
    told = detail["object"]
    return "|".join(str(told.get(part, "")) for part in ("key", "version-id", "sequencer"))


def _text(body: bytes, name: str) -> str:
    if name.endswith(".gz"):
        body = _unpacked(body, name)
    if len(body) > MAX_BYTES:
        raise BadRequest(f"'{name}' has more than {MAX_BYTES} bytes.", param="size")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest(f"'{name}' is not UTF-8.", param="content") from error


def _unpacked(body: bytes, name: str) -> bytes:
    unpacked, rest = b"", body
    try:
        while rest:  # a file may hold several members, one behind the other
            unpacker = zlib.decompressobj(wbits=31)
            unpacked += unpacker.decompress(rest, MAX_BYTES + 1 - len(unpacked))
            if not unpacker.eof:
                break
            rest = unpacker.unused_data
    except zlib.error as error:
        raise BadRequest(f"'{name}' is not packed by gzip.", param="content") from error
    if len(unpacked) <= MAX_BYTES and not unpacker.eof:
        raise BadRequest(f"'{name}' ends in the middle.", param="content")
    return unpacked


def _parsed(content: str, name: str) -> Any:
    try:
        if name.endswith(".json"):
            return json.loads(content)
        if name.endswith((".jsonl", ".ndjson")):
            return [json.loads(line) for line in content.splitlines() if line.strip()]
    except ValueError as error:
        raise BadRequest(f"'{name}' holds no JSON: {error}", param="content") from error
    return None
