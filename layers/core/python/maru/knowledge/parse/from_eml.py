"""EML: a mail with its headers, its body, what it invites to, and its attachments, one level deep."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any, cast

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.detect import MEDIA_TYPES
from maru.knowledge.parse.encodings import decode
from maru.knowledge.parse.from_ics import write_events
from maru.knowledge.parse.mail_bodies import add_page, add_rtf
from maru.knowledge.parse.members import ARCHIVES, MAILS, Members
from maru.knowledge.parse.model import ParsedDocument, ParseFailed, empty
from maru.knowledge.parse.package import reading
from maru.knowledge.parse.tnef import PAGE, PLAIN, RTF, attached, is_tnef
from maru.knowledge.parse.tnef import body as packed_body

_HEADERS = ("From", "To", "Cc", "Date")
_MAX_PARTS = 500


class _Written(email.policy.EmailPolicy):
    """Reads headers, names of attachments among them, that were written in an encoding of their own and not as the standard asks."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """A header as it stands in the mail, whose bytes beyond ASCII came as lone surrogates."""
        return super().header_source_parse([_as_written(line) for line in sourcelines])


def _as_written(line: str) -> str:
    if line.isascii():
        return line
    try:
        return decode(line.encode("ascii", "surrogateescape"))
    except (ParseFailed, UnicodeEncodeError):
        return line


def parse_eml(data: bytes) -> ParsedDocument:
    """The subject is the heading; of a body in two forms the plain text is taken. Attached mails are read, what they attach is not."""
    with reading("mail"):
        message = cast("EmailMessage", email.message_from_bytes(data, policy=_Written()))
        if not message.keys() and not message.get_payload():
            raise empty()
        rendering = Rendering()
        members = Members(rendering, level=2, refused=ARCHIVES | MAILS)
        bare = not _write(rendering, message)
        invitations = _invite(rendering, message)
        for count, part in enumerate(_attachments(message)):
            if count < _MAX_PARTS and _bytes(part).strip() not in invitations:
                _attach(rendering, members, part, bare=bare)
    return rendering.document(MEDIA_TYPES["eml"], title=header(message, "Subject"), warnings=members.warnings())


def header(message: EmailMessage, name: str) -> str:
    """A header as text; "" where it is absent or cannot be read."""
    try:
        text = str(message[name] or "")
    except (ValueError, TypeError, LookupError, AttributeError, IndexError):
        return ""  # the library's parser of addresses and dates gives up on some
    return text.encode("utf-8", "replace").decode("utf-8")


def _write(rendering: Rendering, message: EmailMessage, level: int = 1) -> bool:
    """Write headers and body; whether there was one."""
    if header(message, "Subject"):
        rendering.heading(level, header(message, "Subject"))
    rendering.block("\n".join(f"{name}: {text}" for name in _HEADERS if (text := header(message, name))))
    body = message.get_body(preferencelist=("plain", "html"))
    if body is not None and not _bytes(cast("EmailMessage", body)).strip():  # some programs leave the plain form empty
        body = message.get_body(preferencelist=("html", "plain"))
    if body is not None:
        _body(rendering, cast("EmailMessage", body), level)
    return body is not None and bool(_bytes(cast("EmailMessage", body)).strip())


def _invite(rendering: Rendering, message: EmailMessage) -> set[bytes]:
    """Write the calendars that are a form of the body; gives them, as programs attach them once more."""
    written: set[bytes] = set()
    for part in _of_body(message):
        data = _bytes(part).strip()
        if part.get_content_type() == "text/calendar" and not part.is_attachment() and data not in written:
            write_events(rendering, decode(data, declared=str(part.get_param("charset") or "") or None), level=2)
            written.add(data)
    return written


def _of_body(part: EmailMessage) -> Iterator[EmailMessage]:
    """The parts of a mail without those of mails within it."""
    if part.get_content_maintype() == "multipart":
        for one in part.iter_parts():
            yield from _of_body(cast("EmailMessage", one))
    else:
        yield part


def _body(rendering: Rendering, part: EmailMessage, level: int) -> None:
    raw = _bytes(part)
    charset = str(part.get_param("charset") or "") or None
    if part.get_content_type() == "text/html":
        add_page(rendering, decode(raw, declared=charset).encode(), below=level)
    elif raw.strip():
        rendering.block(decode(raw, declared=charset))


def _bytes(part: EmailMessage) -> bytes:
    payload: Any = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _attachments(message: EmailMessage) -> list[EmailMessage]:
    """Parts that are files; pictures inside the text are none."""
    if not message.is_multipart():
        return [] if message.get_content_maintype() == "text" else [message]
    return [part for part in message.iter_attachments() if _is_file(part)]


def _is_file(part: EmailMessage) -> bool:
    return part.get_content_maintype() != "image" and (bool(part.get_filename()) or not part.is_multipart() or _mail(part))


def _mail(part: EmailMessage) -> bool:
    return part.get_content_type() == "message/rfc822"


def _attach(rendering: Rendering, members: Members, part: EmailMessage, *, bare: bool) -> None:
    if _mail(part):
        inner: Any = part.get_payload()
        if isinstance(inner, list) and inner:
            _write(rendering, inner[0], level=2)
        return
    name = part.get_filename() or "attachment"
    data = _bytes(part)
    if is_tnef(data):
        if bare:
            _packed(rendering, packed_body(data))
        for inner_name, inner_data in attached(data):
            members.add(inner_name, inner_data)
    elif data.strip():
        members.add(name, data, content_type=part.get_content_type())


def _packed(rendering: Rendering, forms: dict[int, bytes]) -> None:
    """The body that Outlook packed with the attachments, of a mail that has no other."""
    if forms.get(PLAIN, b"").strip():
        rendering.block(decode(forms[PLAIN].rstrip(b"\x00")))
    elif forms.get(PAGE, b"").strip():
        add_page(rendering, forms[PAGE], below=1)
    elif RTF in forms:
        add_rtf(rendering, forms[RTF], below=1)
