"""AWS's binary event stream: frames with two checksums, out of bytes that are cut anywhere.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html and Smithy's event stream specification,
https://smithy.io/2.0/aws/amazon-eventstream.html
"""

import struct
from binascii import crc32
from collections.abc import Iterator
from dataclasses import dataclass

from maru.models.failures import StreamBroken

# Total length, length of the headers, checksum of these eight bytes.
_PRELUDE = struct.Struct(">III")
_CHECKSUM = struct.Struct(">I")
#: A longer frame is none. Source: Smithy's specification (24 MiB of payload, 128 KiB of headers).
_LONGEST = (24 << 20) + (128 << 10) + 16
_FIXED = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
_BYTES, _STRING = 6, 7


@dataclass(frozen=True)
class Message:
    """One frame; of the headers those that are strings."""

    headers: dict[str, str]
    payload: bytes

    @property
    def kind(self) -> str:
        """The type of the event, or of the exception or error that ended the stream."""
        names = (":event-type", ":exception-type", ":error-code")
        return next((self.headers[name] for name in names if name in self.headers), "")

    @property
    def failed(self) -> bool:
        """Whether it is an exception or an error."""
        return self.headers.get(":message-type") in {"exception", "error"}


class Frames:
    """Takes bytes as they come and gives the frames that are complete; raises ``StreamBroken`` for what is none."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The frames that these bytes complete."""
        self._rest += data
        while len(self._rest) >= _PRELUDE.size:
            total, headers, checksum = _PRELUDE.unpack_from(self._rest)
            if crc32(self._rest[:8]) != checksum or not 16 + headers <= total <= _LONGEST:
                raise _broken()
            if len(self._rest) < total:
                return
            frame = bytes(self._rest[:total])
            del self._rest[:total]
            if _CHECKSUM.unpack_from(frame, total - 4)[0] != crc32(frame[:-4]):
                raise _broken()
            yield Message(_headers(frame[12 : 12 + headers]), frame[12 + headers : -4])

    def close(self) -> None:
        """Raise ``StreamBroken`` where the stream ended within a frame."""
        if self._rest:
            raise StreamBroken


def _headers(data: bytes) -> dict[str, str]:
    found, place = {}, 0
    try:
        while place < len(data):
            name = data[place + 1 : place + 1 + data[place]].decode()
            place += 1 + data[place]
            kind, place = data[place], place + 1
            if kind in {_BYTES, _STRING}:
                (length,) = struct.unpack_from(">H", data, place)
                place += 2
                if kind == _STRING:
                    found[name] = data[place : place + length].decode()
            else:
                length = _FIXED[kind]
            place += length
    except (LookupError, struct.error, UnicodeDecodeError) as error:
        raise _broken() from error
    return found


def _broken() -> StreamBroken:
    return StreamBroken("The model sent an event that cannot be read.")
