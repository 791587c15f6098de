"""Bytes to text, and text to the one form that is stored: NFC, `\\n`, no control characters."""

import re
import unicodedata

from maru.knowledge.parse.model import ParseFailed

_LINE_ENDS = re.compile(r"\r\n?|[\f\v\x85\u2028\u2029]")
# Controls, byte order marks, soft hyphens, non-characters and lone surrogates: nobody sees them, searches stumble over them.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\ufeff\ufffe\uffff\ud800-\udfff]")
# More than 30 combining marks in a row are no writing (Unicode's stream-safe limit) and make normalisation take quadratic time.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0711-\u0711\u0730-\u074a"
    "\u0816-\u082d\u08d3-\u08ff\u0e38-\u0e4b\u0eb8-\u0ecb\u0f18-\u0fc6\u135d-\u135f\u1a17-\u1a18\u1a60-\u1aff\u1ba9-\u1bf3\u1cd0-\u1cf9\u1dc0-\u1dff"
    "\u20d0-\u20f0\u2cef-\u2cf1\u2de0-\u2dff\u302a-\u302f\u3099-\u309a\ua66f-\ua69f\ua8e0-\ua8f1\ufe20-\ufe2f"
    "\U00010a0d-\U00010ae6\U00010f46-\U00010f85\U000110b9-\U00011d97\U00016af0-\U00016b36\U0001bc9e\U0001d165-\U0001d244\U0001e000-\U0001e94a"
)
_STACKED = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")


def clean(text: str) -> str:
    """`text` in NFC with `\\n` line ends, plain spaces and nothing invisible; idempotent, in linear time."""
    for space in "\u00a0\u202f\u2007":
        text = text.replace(space, " ")
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    return text if text.isascii() else unicodedata.normalize("NFC", _STACKED.sub(r"\1", text))


_FILE_NAME = re.compile(r"[^\s/\\]+\.(?:png|jpe?g|gif|webp|svg|bmp|tiff?|emf|wmf|heic)|https?://\S+", re.IGNORECASE)


def named_picture(words: str) -> str:
    """What somebody wrote to stand for a picture, on one line; "" where it is only the picture's file or address."""
    words = " ".join(clean(words).split())
    return "" if _FILE_NAME.fullmatch(words) else words


_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def decode(data: bytes, *, declared: str | None = None) -> str:
    """The text of `data`; the encoding is found from the bytes, `declared` (of an HTML page) being tried where they leave a choice.

    UTF-8 (with or without mark), UTF-16/32, ISO-2022-KR, CP949 with its subset EUC-KR, then others by statistics. Raises
    ParseFailed("unsupported") for bytes that are no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    text = (
        _escaped(data)
        or _utf16_without_mark(data)
        or _strict(data, "utf-8")
        or _declared(data, declared)
        or _korean(data)
        or _nearly_utf8(data)
    )
    if text is None:
        text = "" if not data else _statistics(data)
    if _looks_binary(text):
        raise ParseFailed(
            "unsupported", "The file is no text that can be read. Upload it as PDF, DOCX, HTML, Markdown or plain text in UTF-8."
        )
    return text


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _escaped(data: bytes) -> str | None:
    """ISO 2022, as old mail has it: seven bits, the character set announced by an escape sequence."""
    if b"\x1b$" not in data[:4096]:
        return None
    return _strict(data, "iso2022_kr" if b"\x1b$)C" in data else "iso2022_jp")


def _declared(data: bytes, encoding: str | None) -> str | None:
    if not encoding:
        return None
    name = "cp949" if encoding.lower().replace("_", "-") in {"euc-kr", "ks-c-5601-1987", "ksc5601", "ms949", "korean"} else encoding
    return _strict(data, name)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 of mostly Latin text shows as a zero in every second byte."""
    head = data[:4096]
    if len(head) < 4 or b"\x00" not in head:
        return None
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if zeros.count(0) > 0.4 * len(zeros):
            return _strict(data, encoding)
    return None


def _korean(data: bytes) -> str | None:
    """CP949 text, if most of what is not ASCII is then Hangul; a character cut off at the very end is dropped."""
    text = _strict(data, "cp949") or _strict(data[:-1], "cp949")
    if text is None and data:
        text = data.decode("cp949", errors="replace")
        if text.count("\ufffd") > len(text) // 1000:
            return None
    foreign = [char for char in text[:200_000] if char > "\x7f"] if text else []
    hangul = sum(1 for char in foreign if "가" <= char <= "힣" or "ㄱ" <= char <= "ㆎ")
    return text if foreign and hangul >= 0.6 * len(foreign) else None


def _nearly_utf8(data: bytes) -> str | None:
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    seen = sum(1 for char in text[:200_000] if char > "\x7f")
    return text if broken <= max(1, len(text) // 1000) and seen > 4 * broken else None


def _statistics(data: bytes) -> str:
    western = _strict(data, "cp1252")
    if western is not None and sum(1 for byte in data if byte > 0x7F) < 0.15 * len(data):
        return western
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000], cp_exclusion=["utf_16", "utf_32", "utf_7"]).best()
    return data.decode(best.encoding if best else "cp1252", errors="replace")


def _looks_binary(text: str) -> bool:
    sample = text[:20_000]
    odd = sum(1 for char in sample if char == "\ufffd" or (char < " " and char not in "\t\n\r\f\v\x1b"))
    return odd > 0.02 * len(sample) + 2
