"""Bytes in S3: where the contents of files, parts and renderings lie in Maru's own bucket, and how they get there."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from maru.dynamo import Item

#: S3's least size of a part in a multipart upload is 5 MiB; ours bounds the worker's memory.
_PIECE = 16 * 1024 * 1024
_READ = 1024 * 1024
_ABSENT = {"404", "NoSuchKey", "NoSuchVersion", "NotFound"}


class ObjectGone(Exception):
    """There is no such object, or not in that version."""


@dataclass(frozen=True)
class Blob:
    """One version of one object; ``version_id`` is None where the bucket keeps none."""

    bucket: str
    key: str
    version_id: str | None = None

    def to_item(self) -> Item:
        """What a row keeps."""
        return {"bucket": self.bucket, "key": self.key, **({"version_id": self.version_id} if self.version_id else {})}

    @classmethod
    def from_item(cls, item: Item) -> "Blob":
        """The blob that a row keeps."""
        return cls(item["bucket"], item["key"], item.get("version_id"))

    def address(self) -> dict[str, str]:
        """As boto3 names it."""
        return {"Bucket": self.bucket, "Key": self.key, **({"VersionId": self.version_id} if self.version_id else {})}


class Blobs:
    """Maru's own bucket, and the reading of others."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def own(self, key: str) -> Blob:
        """An object of Maru's bucket, in its latest version."""
        return Blob(self._bucket, key)

    def content(self, tenant: str, file_id: str, version: int) -> Blob:
        """Where a file's bytes belong."""
        return Blob(self._bucket, f"files/{tenant}/{file_id}/{version}")

    def rendering(self, tenant: str, file_id: str, version: int) -> Blob:
        """Where a file version's rendering belongs."""
        return Blob(self._bucket, f"renderings/{tenant}/{file_id}/{version}")

    def part(self, upload_id: str, part_id: str) -> Blob:
        """Where a part of an upload belongs."""
        return Blob(self._bucket, f"uploads/{upload_id}/{part_id}")

    def put(self, blob: Blob, body: bytes, *, media_type: str = "application/octet-stream") -> Blob:
        """Write an object; gives it in the version that it has now."""
        written = self._s3.put_object(Bucket=blob.bucket, Key=blob.key, Body=body, ContentType=media_type)
        return Blob(blob.bucket, blob.key, written.get("VersionId"))

    def head(self, blob: Blob) -> dict[str, Any]:
        """S3's description of an object. Raises ObjectGone."""
        return dict(self._ask("head_object", **blob.address()))

    def get(self, blob: Blob) -> bytes:
        """A whole object. Raises ObjectGone."""
        body: bytes = self._ask("get_object", **blob.address())["Body"].read()
        return body

    def stream(self, blob: Blob) -> Iterator[bytes]:
        """An object, piece after piece; it is opened before this returns. Raises ObjectGone."""
        body = self._ask("get_object", **blob.address())["Body"]
        return iter(body.iter_chunks(_READ))

    def below(self, bucket: str, prefix: str, *, after: str, limit: int) -> list[dict[str, Any]]:
        """S3's description of up to ``limit`` objects below a prefix, in the order of their keys, behind the key ``after``."""
        request: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": limit}
        found = self._s3.list_objects_v2(**request, **({"StartAfter": after} if after else {}))
        return list(found.get("Contents", []))

    def remove(self, blob: Blob) -> None:
        """Remove one version of an object."""
        self._s3.delete_object(**blob.address())

    def delete(self, blob: Blob) -> None:
        """Remove every version of the object; nothing happens where there is none."""
        for version in self._versions(blob):
            self._s3.delete_object(Bucket=blob.bucket, Key=blob.key, **version)

    def under(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        """Every object of Maru's bucket whose key begins so, with its content."""
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            for one in page.get("Contents", []):
                yield one["Key"], self.get(Blob(self._bucket, one["Key"]))

    def delete_under(self, prefix: str, *, bucket: str | None = None) -> None:
        """Remove every object of Maru's bucket, or of another, whose key begins so, in all versions."""
        bucket = bucket or self._bucket
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
        for page in pages:
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
            if objects:
                self._s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})

    def presigned_put(self, blob: Blob, *, size: int, seconds: int) -> str:
        """An address that takes exactly ``size`` bytes by PUT, without a key."""
        parameters = {"Bucket": blob.bucket, "Key": blob.key, "ContentLength": size}
        url: str = self._s3.generate_presigned_url("put_object", Params=parameters, ExpiresIn=seconds, HttpMethod="PUT")
        return url

    def copy(self, source: Blob, target: Blob, *, etag: str) -> None:
        """Copy an object inside S3, as it was when it had this ETag. Raises ObjectGone where it is another by now."""
        # Asked for twice: S3 decides atomically by the condition, and not everything that speaks its protocol knows it.
        if self.head(source)["ETag"] != etag:
            raise ObjectGone
        self._ask("copy_object", Bucket=target.bucket, Key=target.key, CopySource=source.address(), CopySourceIfMatch=etag)

    def join(self, parts: Iterable[Blob], target: Blob) -> str:
        """Write the parts one behind the other, in memory that does not grow with them; returns the MD5 in hexadecimal."""
        digest = hashlib.md5(usedforsecurity=False)
        upload = self._s3.create_multipart_upload(Bucket=target.bucket, Key=target.key)["UploadId"]
        address = {"Bucket": target.bucket, "Key": target.key, "UploadId": upload}
        done: list[dict[str, Any]] = []
        try:
            for number, piece in enumerate(_pieces(self, parts), start=1):
                digest.update(piece)
                tag = self._s3.upload_part(**address, PartNumber=number, Body=piece)["ETag"]
                done.append({"PartNumber": number, "ETag": tag})
            self._s3.complete_multipart_upload(**address, MultipartUpload={"Parts": done})
        except BaseException:
            self._s3.abort_multipart_upload(**address)
            raise
        return digest.hexdigest()

    def _versions(self, blob: Blob) -> list[dict[str, str]]:
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=blob.bucket, Prefix=blob.key)
        found = [one for page in pages for one in (*page.get("Versions", []), *page.get("DeleteMarkers", [])) if one["Key"] == blob.key]
        return [{"VersionId": one["VersionId"]} for one in found if one.get("VersionId")] or [{}]

    def _ask(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._s3, operation)(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT | {"PreconditionFailed", "412"}:
                raise ObjectGone from error
            raise


def _pieces(blobs: Blobs, parts: Iterable[Blob]) -> Iterator[bytes]:
    held = bytearray()
    empty = True
    for part in parts:
        for read in blobs.stream(part):
            held += read
            while len(held) >= _PIECE:
                yield bytes(held[:_PIECE])
                empty = False
                del held[:_PIECE]
    if held or empty:
        yield bytes(held)
