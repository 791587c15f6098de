"""Bytes to text: in which encoding they are, and whether they are text at all."""

import re

from maru.knowledge.parse.model import ParseFailed
from maru.knowledge.parse.plausible import hangul_share, is_plausible, kana_share, looks_binary

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_LATIN = re.compile(r"[\t\n -~]")
_UTF16 = ("utf-16-le", "utf-16-be")
#: In the order in which they are believed where texts are as good; Windows and the web know CP949, DOS programs and old Hangul JOHAB.
_KOREAN = ("cp949", "johab", *_UTF16)
#: Unix and older mail know EUC-JP, Windows Shift JIS.
_JAPANESE = ("euc_jp", "cp932")
#: Read in the other one, small letters are capitals.
_CYRILLIC = ("cp1251", "koi8-r")
#: As which programs label what they do not know: each reads any bytes at all.
_UNTRUSTED = re.compile(r"(?:iso-?8859-1|latin-?1|windows-1252|cp-?1252|us-?ascii|ascii|unknown-8bit)\Z", re.IGNORECASE)
_CP949 = re.compile(r"(?:euc-?kr|ks-?c-?5601(?:-1987)?|ms949|uhc|windows-949|x-windows-949|korean|cseuckr)\Z", re.IGNORECASE)


def decode(data: bytes, *, declared: str | None = None) -> str:
    """The text of `data`; the encoding is found from the bytes, `declared` (of a page or mail) being tried where they leave a choice.

    UTF-8 (with or without mark), UTF-16/32, ISO-2022, CP949 with its subset EUC-KR, JOHAB, then others by statistics, whose text must
    look like one that people write. Raises ParseFailed("unsupported") for bytes that are no text.
    """
    text = _marked(data)
    if text is None:
        text = _unmarked(_unpadded(data), declared) if data else ""
    if text is None or looks_binary(text):
        raise ParseFailed(
            "unsupported", "The file is no text that can be read. Upload it as PDF, DOCX, HTML, Markdown or plain text in UTF-8."
        )
    return text


def _unpadded(data: bytes) -> bytes:
    """Without the zeros that a program or a power cut left at the end; what has more of them than of anything else is no text."""
    bare = data.rstrip(b"\x00")
    if len(data) - len(bare) > len(bare):
        return data
    return data[: len(bare) + len(bare) % 2]  # in UTF-16 the last letter's upper half is a zero, too


def _marked(data: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace").rstrip("\x00")
    return None


def _unmarked(data: bytes, declared: str | None) -> str | None:
    trusted = declared if declared and not _UNTRUSTED.match(declared) else None
    return (
        _escaped(data)
        or _wide(data)
        or _strict(data, "utf-8")
        or _declared(data, trusted)
        or _korean(data)
        or _japanese(data)
        or _nearly(data, "utf-8")
        or _declared(data, declared)
        or _statistics(data)
    )


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
    text = _strict(data, "cp949" if _CP949.match(encoding.replace("_", "-")) else encoding)
    return None if text and looks_binary(text) else text


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: no text in bytes holds zeros, which stand for the upper half of a Latin letter, blank or line end."""
    if len(data) < 4 or b"\x00" not in data[:4096]:
        return None
    for encoding, zeros in zip(_UTF16, (data[1:4096:2], data[0:4096:2]), strict=True):
        text = _strict(data, encoding)
        if text and (
            (zeros.count(0) > 0.4 * len(zeros) and not looks_binary(text, strictly=len(text) < 100))
            or (_LATIN.search(text) and is_plausible(text))
        ):
            return text
    return None


def _korean(data: bytes) -> str | None:
    """Korean text, by the encoding in which most of what is not ASCII are the syllables of everyday Korean."""
    found = [(text, hangul_share(text)) for encoding in _KOREAN if (text := _strict(data, encoding)) and not looks_binary(text)]
    cut = _strict(data[:-1], "cp949") or _nearly(data, "cp949")  # a character was cut off at the very end, or a few are broken
    if cut and not any(share for _, share in found):
        found = [(cut, hangul_share(cut))]
    text, share = max(found, key=lambda one: one[1], default=("", 0.0))
    return text if share else None


def _japanese(data: bytes) -> str | None:
    """Japanese text: no sentence is without kana, which in Chinese texts and other encodings are rare."""
    texts = (_strict(data, encoding) for encoding in _JAPANESE)
    return next((text for text in texts if text and not looks_binary(text) and kana_share(text) > 0.2), None)


def _nearly(data: bytes, encoding: str) -> str | None:
    """The text where next to nothing of it is broken."""
    text = data.decode(encoding, errors="replace")
    broken = text.count("\ufffd")
    seen = sum(1 for char in text[:200_000] if char > "\x7f")
    return text if broken <= max(1, len(text) // 1000) and seen > 4 * broken else None


def _statistics(data: bytes) -> str | None:
    data = data.rstrip(b"\x00")
    if b"\x00" in data:
        return None
    western = _strict(data, "cp1252")
    if western is not None and (sum(1 for byte in data if byte > 0x7F) < 0.15 * len(data) or is_plausible(western, latin=True)):
        return western
    for encoding in _CYRILLIC:
        text = _strict(data, encoding)
        if text and is_plausible(text):
            return text
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000], cp_exclusion=["utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_7"]).best()
    guessed = data.decode(best.encoding, errors="replace") if best else None
    return guessed if guessed and is_plausible(guessed) else None
