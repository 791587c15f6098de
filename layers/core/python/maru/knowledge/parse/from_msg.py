"""MSG: a mail as Outlook keeps it, read through olefile (BSD); extract-msg, the usual library, is under the GPL."""

import io
import re
from typing import Any

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.detect import MEDIA_TYPES
from maru.knowledge.parse.encodings import decode
from maru.knowledge.parse.mail_bodies import add_page, add_rtf
from maru.knowledge.parse.members import ARCHIVES, MAILS, Members
from maru.knowledge.parse.model import ParsedDocument, too_large
from maru.knowledge.parse.package import reading

# Properties by their number in [MS-OXPROPS].
_SUBJECT, _FROM, _FROM_ADDRESS, _TO, _CC = "0037", "0C1A", "5D01", "0E04", "0E03"
_BODY, _HTML, _RTF = "1000", "1013", "1009"
_DATA, _LONG_NAME, _NAME = "3701", "3707", "3704"
_MAX_STREAM = 100_000_000


def parse_msg(data: bytes) -> ParsedDocument:
    """Headers, body (plain text, else HTML, else RTF) and attached files, one level deep."""
    with reading("MSG"):
        import olefile

        with olefile.OleFileIO(io.BytesIO(data)) as container:
            mail = _Storage(container, [])
            rendering = Rendering()
            members = Members(rendering, level=2, refused=ARCHIVES | MAILS)
            rendering.heading(1, mail.text(_SUBJECT))
            sender = " ".join(filter(None, (mail.text(_FROM), _address(mail.text(_FROM_ADDRESS)))))
            lines = (("From", sender), ("To", mail.text(_TO)), ("Cc", mail.text(_CC)))
            rendering.block("\n".join(f"{name}: {text}" for name, text in lines if text))
            _body(rendering, mail)
            for storage in mail.attachments():
                _attach(members, storage)
            title = mail.text(_SUBJECT)
    return rendering.document(MEDIA_TYPES["msg"], title=title, warnings=members.warnings())


class _Storage:
    """The properties in one storage of the container."""

    def __init__(self, container: Any, path: list[str]) -> None:
        self._container = container
        self._path = path

    def text(self, number: str) -> str:
        wide = self.bytes(number, "001F")
        if wide is not None:
            return wide.decode("utf-16-le", "replace").strip("\x00").strip()
        narrow = self.bytes(number, "001E")
        return decode(narrow).strip("\x00").strip() if narrow else ""

    def bytes(self, number: str, kind: str = "0102") -> bytes | None:
        name = [*self._path, f"__substg1.0_{number}{kind}"]
        if not self._container.exists(name):
            return None
        if self._container.get_size(name) > _MAX_STREAM:
            raise too_large(f"a part of it has more than {_MAX_STREAM // 1_000_000} MB")
        data: bytes = self._container.openstream(name).read()
        return data

    def attachments(self) -> list["_Storage"]:
        names = {entry[0] for entry in self._container.listdir() if re.match(r"__attach_version1\.0_#", entry[0])}
        return [_Storage(self._container, [name]) for name in sorted(names)]


def _address(address: str) -> str:
    return f"<{address}>" if "@" in address else ""


def _body(rendering: Rendering, mail: _Storage) -> None:
    plain = mail.text(_BODY)
    if plain:
        rendering.block(plain)
    elif page := mail.bytes(_HTML):
        add_page(rendering, page, below=1)
    elif packed := mail.bytes(_RTF):
        add_rtf(rendering, packed, below=1)


def _attach(members: Members, storage: _Storage) -> None:
    data = storage.bytes(_DATA)
    if data and data.strip():
        members.add(storage.text(_LONG_NAME) or storage.text(_NAME) or "attachment", data)
