"""RTF, as Outlook keeps the bodies of mails: unpacked (MS-OXRTFCP), and read for its text or for the HTML in it (MS-OXRTFEX)."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from maru.knowledge.parse.model import damaged, too_large

_PACKED, _PLAIN = b"LZFu", b"MELA"
#: What stands in the window before the first byte (MS-OXRTFCP, 2.1.2.1), and how much of it there is.
_BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes "
    rb"New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096
_MAX = 20_000_000  # bytes unpacked
_DEPTH = 500  # of groups, deeper than which no writer goes

_TOKEN = re.compile(rb"\\(?:([a-z]{1,32})(-?\d{1,10})?[ ]?|'([0-9a-f]{2})|([^a-z]))|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.IGNORECASE)
#: Groups whose text is none of the document's; those that begin with `\*` are others that a reader may pass over.
_ASIDE = frozenset(
    (
        *("fonttbl", "colortbl", "stylesheet", "listtable", "listoverridetable", "info", "pict", "object", "fldinst", "themedata"),
        *("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "rsidtbl", "generator", "datastore"),
    )
)
_SIGNS = {
    "par": "\n",
    "line": "\n",
    "row": "\n",
    "sect": "\n",
    "page": "\n",
    "tab": " ",
    "cell": " ",
    "nestcell": " ",
    "nestrow": "\n",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
}
_SYMBOLS = {"~": " ", "_": "-", "\n": "\n", "\r": "\n"}
#: Encodings by the number of a font's character set, where that is not the document's own.
_CHARSETS = {128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254", 204: "cp1251", 238: "cp1250"}


def unpacked(data: bytes) -> bytes:
    """The RTF in a property `PidTagRtfCompressed`, as far as it goes; raises ParseFailed for what is none, and beyond a limit."""
    if len(data) < 16:
        raise damaged("RTF body")
    size, kind = struct.unpack_from("<I4s", data, 4)
    if size > _MAX:
        raise too_large(f"its body has more than {_MAX // 1_000_000} MB")
    if kind == _PLAIN:
        return data[16 : 16 + size]
    if kind != _PACKED:
        raise damaged("RTF body")
    return _inflated(data, size)


def _inflated(data: bytes, size: int) -> bytes:
    """Each byte of flags says of eight tokens whether they are bytes or places of at most 17 bytes in the window of the last 4,096."""
    out = bytearray(_BEGINNING)
    begun, at = len(out), 16
    while at < len(data) and len(out) - begun < size:
        flags, at = data[at], at + 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += data[at : at + 1]
                at += 1
                continue
            if at + 2 > len(data):
                return bytes(out[begun:])
            (place,) = struct.unpack_from(">H", data, at)
            at += 2
            back = (len(out) - (place >> 4)) % _WINDOW
            if not back or back > len(out):  # the window's own end stands for that of the text
                return bytes(out[begun : begun + size])
            length = (place & 15) + 2
            seen = out[-back : len(out) - back + length]
            out += (seen * (length // len(seen) + 1))[:length]  # what reaches beyond the end goes on with itself
    return bytes(out[begun : begun + size])


@dataclass(frozen=True, slots=True)
class _State:
    """What holds in a group; ``skip`` is how many characters stand for a Unicode one in programs that do not know it."""

    aside: bool = False
    hidden: bool = False
    encoding: str = "cp1252"
    skip: int = 1
    tag: bool = False
    alike: bool = False


def read_rtf(data: bytes) -> tuple[str, bool]:
    """The text of RTF, or the HTML in it, and whether it is that. Hidden and deleted text, pictures and fields' codes are left out."""
    page = b"\\fromhtml" in data[:4096]
    text = "".join(_Reader(data, page=page).parts())
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), page  # characters in two halves


class _Reader:
    """Walks over the tokens of RTF."""

    def __init__(self, data: bytes, *, page: bool) -> None:
        self._data, self._page = data, page
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._own = "cp1252"
        self._state = _State()
        self._above: list[_State] = []
        self._bytes = bytearray()
        self._passed = 0
        self._first = self._marked = False

    def parts(self) -> Iterator[str]:
        for token in _TOKEN.finditer(self._data):
            word, number, byte, symbol, brace, text = token.groups()
            if byte is not None or text is not None:
                self._take(bytes([int(byte, 16)]) if byte is not None else text)
                self._first = False
                continue
            said = self._flushed()
            if brace:
                self._brace(brace)
            elif word is not None:
                said += self._word(word.decode().lower(), None if number is None else int(number))
            elif symbol is not None:
                said += self._symbol(symbol)
            yield said
        yield self._flushed()

    def _brace(self, brace: bytes) -> None:
        if brace == b"{":
            if len(self._above) >= _DEPTH:
                raise damaged("RTF body")
            self._above.append(self._state)
        elif self._above:
            self._state = self._above.pop()
        self._first, self._marked, self._passed = brace == b"{", False, 0

    def _take(self, text: bytes) -> None:
        passed = min(self._passed, len(text))
        self._passed -= passed
        if self._shown():
            self._bytes += text[passed:]

    def _shown(self) -> bool:
        """Of HTML in RTF what stands in its tags' groups counts, and text but for what only RTF is to show."""
        state = self._state
        return not state.aside and not state.hidden and not (self._page and state.alike and not state.tag)

    def _flushed(self) -> str:
        try:
            text = self._bytes.decode(self._state.encoding)
        except UnicodeDecodeError:
            text = self._bytes.decode("cp1252", "replace")
        self._bytes.clear()
        return text

    def _symbol(self, symbol: bytes) -> str:
        if symbol == b"*":
            self._marked = True
            return ""
        text = symbol.decode("latin-1")
        if text in "\\{}":
            self._take(symbol)
            return ""
        return _SYMBOLS.get(text, "") if self._shown() else ""

    def _word(self, word: str, number: int | None) -> str:
        if self._first or self._marked:
            self._begin(word)
        if word == "u" and number is not None:
            self._passed = self._state.skip
            return chr(number % 65536) if self._shown() else ""
        self._change(word, number)
        return _SIGNS.get(word, "") if self._shown() else ""

    def _begin(self, word: str) -> None:
        """What a group is that begins with this word."""
        if word == "htmltag":
            self._state = replace(self._state, tag=True)
        elif word in _ASIDE or (self._marked and word != "shppict"):
            self._state = replace(self._state, aside=True)
        self._first = self._marked = False

    def _change(self, word: str, number: int | None) -> None:
        on = number != 0
        if word in {"v", "deleted"}:
            self._state = replace(self._state, hidden=on)
        elif word == "plain":
            self._state = replace(self._state, hidden=False)
        elif word == "htmlrtf":
            self._state = replace(self._state, alike=on)
        elif word == "uc":
            self._state = replace(self._state, skip=min(number or 0, 10))
        elif word == "ansicpg":
            self._own = _known(f"cp{number}")
            self._state = replace(self._state, encoding=self._own)
        elif word == "f":
            self._font = number or 0
            self._state = replace(self._state, encoding=self._fonts.get(self._font, self._own))
        elif word == "fcharset" and number in _CHARSETS:
            self._fonts[self._font] = _CHARSETS[number]


def _known(encoding: str) -> str:
    try:
        b"".decode(encoding)
    except LookupError:
        return "utf-8" if encoding == "cp65001" else "cp1252"
    return encoding
