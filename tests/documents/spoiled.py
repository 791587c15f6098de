"""One whole document of each format, and what attackers and accidents make of them."""

import io
import zipfile
from collections.abc import Callable

from tests.documents import office, ole
from tests.documents.make import SECRET, archive

_LAUGH = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
_LAUGHING = f'<!DOCTYPE x [<!ENTITY e0 "ha">{_LAUGH}]>'
_PEEPING = '<!DOCTYPE x [<!ENTITY e11 SYSTEM "file:///etc/passwd">]>'
#: Formats that are packages of XML, with the member that holds their text.
PACKAGES = {
    "pptx": "ppt/slides/slide0.xml",
    "xlsx": "xl/worksheets/sheet1.xml",
    "epub": "O/book.opf",
    "hwpx": "Contents/section0.xml",
}


def eml(text: str = "본문입니다.") -> bytes:
    """A mail in CP949 with a table attached."""
    head = "From: =?utf-8?b?6rmA7Jyg7Iug?= <kim@example.test>\nTo: team@example.test\nSubject: =?utf-8?b?7ZqM7J2Y?=\nMIME-Version: 1.0\n"
    parts = (
        'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain; charset=ks_c_5601-1987\n'
        f'Content-Transfer-Encoding: 8bit\n\n{text}\n--x\nContent-Type: text/csv\nContent-Disposition: attachment; filename="a.csv"\n\n'
        "구분,일수\n연차,15\n--x--\n"
    )
    return head.encode() + parts.encode("cp949")


WHOLE: dict[str, Callable[[], bytes]] = {
    "a.pptx": lambda: office.pptx(office.slide(office.shape(SECRET, kind="title") + office.frame(office.table([["a", "b"], ["c", "d"]])))),
    "a.xlsx": lambda: office.xlsx(a=[["이름", "값"], [SECRET, 1.5]]),
    "a.epub": lambda: office.epub(f"<h1>하나</h1><p>{SECRET}</p>", "<p>둘</p>"),
    "a.hwpx": lambda: office.hwpx(office.hp(SECRET) + office.hp("", more=office.hp_table([["a", "b"], ["c", "d"]]))),
    "a.hwp": lambda: ole.hwp(ole.hwp_paragraph(SECRET) + ole.hwp_paragraph("", controls=ole.hwp_table([["a", "b"], ["c", "d"]]))),
    "a.msg": lambda: ole.msg(subject="회의", body=SECRET, attachments={"a.csv": "구분,일수\n연차,15".encode()}),
    "a.zip": lambda: office.packed({"a.txt": SECRET, "b.csv": "a,b\n1,2"}),
    "a.eml": eml,
    "a.csv": lambda: f'이름,값\n"{SECRET}, 둘",3\n'.encode("cp949"),
    "a.json": f'{{"a": [{{"b": 1, "c": "{SECRET}"}}, {{"b": 2, "c": "x"}}]}}'.encode,
    "a.jsonl": lambda: b'{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n',
}
#: Formats of which the first bytes are a document, too.
TEXT = frozenset(("a.eml", "a.csv", "a.json", "a.jsonl"))


def cut(name: str) -> bytes:
    """The first 150 bytes."""
    return WHOLE[name]()[:150]


def laughing(kind: str) -> bytes:
    """Entities that unfold to gigabytes."""
    return _replaced(kind, lambda text: _rooted(text, _LAUGHING).replace(SECRET, "&e11;"))


def peeping(kind: str) -> bytes:
    """An entity that refers to a file of the machine."""
    return _replaced(kind, lambda text: _rooted(text, _PEEPING).replace(SECRET, "&e11;"))


def bomb(kind: str) -> bytes:
    """A member that unpacks to 120 MB."""
    return _replaced(kind, lambda text: text + " " * 120_000_000)


def _rooted(text: str, head: str) -> str:
    declared = text.find("?>") + 2 if text.startswith("<?xml") else 0
    return text[:declared] + head + text[declared:]


def _replaced(kind: str, change: Callable[[str], str]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(WHOLE[f"a.{kind}"]())) as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    members[PACKAGES[kind]] = change(members[PACKAGES[kind]].decode()).encode()
    return office.packed(members)


def bomb_hwp() -> bytes:
    """A section that unpacks to 120 MB."""
    return ole.hwp(bytes(120_000_000))


def locked_hwpx() -> bytes:
    """What Hangul writes for a document with a password."""
    return office.hwpx(SECRET, **{"META-INF/manifest.xml": "<manifest><file-entry><encryption-data/></file-entry></manifest>"})


def locked_epub() -> bytes:
    """A book whose first chapter is enciphered."""
    listed = '<encryption><EncryptedData><CipherData><CipherReference URI="O/c%200.xhtml"/></CipherData></EncryptedData></encryption>'
    return office.epub(SECRET, **{"META-INF/encryption.xml": listed})


def locked_zip() -> bytes:
    """An archive whose members say that they are enciphered."""
    data = bytearray(archive(a=SECRET.encode()))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    return bytes(data)


def ratio_zip() -> bytes:
    """An archive with a member of 20 MB of nothing."""
    return office.packed({"a.txt": "0" * 20_000_000})


def many_zip() -> bytes:
    """An archive of 1,001 files."""
    return archive(**{f"a{number}": b"x" for number in range(1001)})


def lying_zip() -> bytes:
    """An archive whose directory states a tenth of a member's size."""
    data = bytearray(office.packed({"a.txt": SECRET * 1000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(data)
