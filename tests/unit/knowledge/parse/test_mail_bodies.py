"""Bodies of mails that are no plain text: invitations, and RTF as Outlook packs it in mails and in `winmail.dat`."""

import struct

import pytest

from maru.knowledge.parse import ParseFailed, parse
from maru.knowledge.parse.rtf import read_rtf, unpacked
from maru.knowledge.parse.tnef import RTF, body
from tests.documents import ole
from tests.unit.knowledge.parse.offsets import check
from tests.unit.knowledge.parse.test_odd_documents import parts, tnef

#: The examples of MS-OXRTFCP, 4.1: a short one, and one that goes beyond the window's end with itself.
HELLO = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")

PAGE = rb"""{\rtf1\ansi\ansicpg949\fromhtml1 \deff0{\fonttbl{\f0\fswiss\fcharset129 x;}}
{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 \'b1\'dd\'be\'d7 {\*\htmltag84 <b>}\htmlrtf {\b\htmlrtf0 100\htmlrtf }\htmlrtf0 {\*\htmltag92 </b>}
{\*\htmltag84 &nbsp;}\htmlrtf \'a0\htmlrtf0 \u50896?\htmlrtf\par}\htmlrtf0{\*\htmltag72 </p>}}"""


def packed(text: bytes) -> bytes:
    """RTF that is not compressed."""
    return struct.pack("<II4sI", len(text) + 12, len(text), b"MELA", 0) + text


def test_compressed_rtf() -> None:
    assert unpacked(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpacked(CROSSING) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    for cut in range(16, len(HELLO)):
        whole = unpacked(HELLO)
        assert whole.startswith(unpacked(HELLO[:cut])), "as far as it goes"
    for none in (HELLO[:15], HELLO[:8] + b"none" + HELLO[12:]):
        with pytest.raises(ParseFailed):
            unpacked(none)


def test_the_text_of_rtf() -> None:
    text = (
        rb"{\rtf1\ansi\ansicpg949{\fonttbl{\f0\fcharset129 Malgun;}{\f1\fcharset0 Arial;}}{\*\generator Riched20;}{\info{\title t}}"
        rb"\uc1\f0 \'b1\'dd\'be\'d7\'c0\'ba \u54620?\u44397?\u-10179?\u-8704?\par {\v hidden}second\~\{line\}\tab\f1 caf\'e9 {\pict 89504e}"
        rb"\cell b}"
    )
    assert read_rtf(text) == ("금액은 한국😀\nsecond {line} café  b", False)
    assert read_rtf(PAGE) == ("<p>금액 <b>100</b>&nbsp;원</p>", True)
    with pytest.raises(ParseFailed):
        read_rtf(b"{" * 1000)


def test_a_mail_of_outlook_with_rtf_alone() -> None:
    streams = ole.msg(subject="x", body="", rtf=packed(PAGE))
    assert parse(streams, filename="a.msg").text.endswith("\n\n금액 100 원")
    assert "hello world" in parse(ole.msg(subject="x", body="", rtf=HELLO), filename="a.msg").text


def properties(*told: tuple[int, int, bytes]) -> bytes:
    """Properties of MAPI that are texts, behind one of a fixed size, one with a name and one of several values."""
    fixed = struct.pack("<HHI", 0x03, 0x0017, 1)
    named = struct.pack("<HH16sII", 0x0B, 0x8005, bytes(16), 1, 6) + "이름\0".encode("utf-16-le").ljust(8, b"\0") + struct.pack("<I", 1)
    several = struct.pack("<HHIII", 0x1003, 0x0018, 2, 1, 2)
    texts = b"".join(
        struct.pack("<HHII", kind, number, 1, len(one)) + one.ljust(len(one) + -len(one) % 4, b"\0") for kind, number, one in told
    )
    return struct.pack("<I", 3 + len(told)) + fixed + named + several + texts


def test_the_body_in_winmail_dat_is_read_where_the_mail_has_none() -> None:
    told = properties((0x1F, 0x0037, "제목\0".encode("utf-16-le")), (0x102, RTF, packed(PAGE)))
    head = 'Content-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n\n'
    part = head + tnef((0x69003, told), (0x69002, bytes(14)), (0x18010, b"a.txt\0"), (0x6800F, b"attached"))
    assert parse(parts(part), filename="a.eml").text == "# 견적\n\n금액 100 원\n\n## a.txt\n\nattached"
    plain = "Content-Type: text/plain; charset=utf-8\n\n본문"
    assert parse(parts(plain, part), filename="a.eml").text == "# 견적\n\n본문\n\n## a.txt\n\nattached", "it says nothing else"
    for cut in range(len(told)):
        assert set(body(struct.pack("<IH", 0x223E9F78, 1) + struct.pack("<BII", 1, 0x69003, cut) + told[:cut] + b"\0\0")) <= {0x37, RTF}
    endless = struct.pack("<IHHI", 1, 0x1003, 0x0018, 2**32 - 1)
    assert body(struct.pack("<IHBII", 0x223E9F78, 1, 1, 0x69003, len(endless)) + endless + b"\0\0") == {}


CALENDAR = """BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Asia/Seoul
BEGIN:STANDARD
DTSTART:19700101T000000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:분기 회의\\, 2차
DTSTART;TZID=Asia/Seoul:20260302T090000
DTEND;TZID=Asia/Seoul:20260302T103000
RRULE:FREQ=WEEKLY;BYDAY=MO
LOCATION:본관 3층
ORGANIZER;CN="김: 유신":mailto:kim@example.test
ATTENDEE;ROLE=REQ-PARTICIPANT;CN=이순신:MAILTO:lee@example.test
ATTENDEE:mailto:park@example.test
DESCRIPTION:안건은 예산입니다.\\n자료를 읽어 오
 세요.
BEGIN:VALARM
DESCRIPTION:알림
END:VALARM
END:VEVENT
BEGIN:VTODO
SUMMARY:보고서
DUE;VALUE=DATE:20260310
DTSTART:20260301T000000Z
END:VTODO
END:VCALENDAR
"""
EVENT = (
    "When: 2026-03-02 09:00 Asia/Seoul – 2026-03-02 10:30 Asia/Seoul\nRepeats: FREQ=WEEKLY;BYDAY=MO\nWhere: 본관 3층\n"
    "Organizer: 김: 유신 <kim@example.test>\nAttendees: 이순신 <lee@example.test>, park@example.test\n\n"
    "안건은 예산입니다.\n자료를 읽어 오세요."
)


def test_a_calendar() -> None:
    for name in ("a.ics", "invitation"):
        content_type = None if name == "a.ics" else "text/calendar; method=REQUEST"
        document = parse(CALENDAR.replace("\n", "\r\n").encode(), filename=name, content_type=content_type)
        assert document.text == f"# 분기 회의, 2차\n\n{EVENT}\n\n# 보고서\n\nWhen: 2026-03-01 00:00 UTC\nDue: 2026-03-10"
        check(document)
    for data, code in ((b"words", "damaged"), (b"BEGIN:VCALENDAR\nEND:VCALENDAR", "empty")):
        with pytest.raises(ParseFailed) as failed:
            parse(data, filename="a.ics")
        assert failed.value.code == code


def test_an_invitation_by_mail_says_when_and_where_once() -> None:
    event = CALENDAR[: CALENDAR.index("BEGIN:VTODO")]
    page = "Content-Type: text/plain; charset=utf-8\n\n초대합니다."
    invitation = f"Content-Type: text/calendar; charset=utf-8; method=REQUEST\n\n{event}"
    again = f'Content-Type: application/ics; name="invite.ics"\nContent-Disposition: attachment; filename="invite.ics"\n\n{event}'
    mail = parts(f"Content-Type: multipart/alternative; boundary=Y\n\n--Y\n{page}\n--Y\n{invitation}\n--Y--", again)
    document = parse(mail, filename="a.eml")
    assert document.text == f"# 견적\n\n초대합니다.\n\n## 분기 회의, 2차\n\n{EVENT}"
    check(document)
