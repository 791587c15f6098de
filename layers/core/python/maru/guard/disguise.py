"""Other readings of a text: what it says once split letters are joined, digits read as letters, base64, hexadecimal and rot13 opened."""

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterator

from maru.guard.normalise import Normalised

_FIRST, _MIDDLE = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_LAST = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
#: Conjoining jamo (which folding makes of the letters of a keyboard) as letters.
_LETTERS = {
    **{0x1100 + at: letter for at, letter in enumerate(_FIRST)},
    **{0x1161 + at: letter for at, letter in enumerate(_MIDDLE)},
    **{0x11A7 + at: letter for at, letter in enumerate(_LAST) if at},
}
_JAMO = re.compile(r"[\u1100-\u11ffㄱ-ㅣ]+")
_SYLLABLE = re.compile(rf"[{_FIRST}][{_MIDDLE}](?:[{_LAST[1:]}](?![{_MIDDLE}]))?")
#: Letters that stand one by one, at least four of Latin and three of Hangul.
_SPACED = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z0-9@$](?:[ ._*\-|/]{1,3}[A-Za-z0-9@$]){3,60}(?![A-Za-z0-9])"
    r"|(?<![가-힣])[가-힣](?:[ ._*\-|/~!@^0-9]{1,3}[가-힣]){2,40}(?![가-힣])"
)
_BETWEEN = re.compile(r"[ ._*\-|/~!^]+")
_LEET = re.compile(
    r"(?<![\w@$])(?=[a-z0-9@$!|]*[a-z])(?=[a-z0-9@$!|]*[0134579@$!|][a-z]|[a-z]+[0134579@$|])[a-z0-9@$!|]{3,24}", re.IGNORECASE
)
_DIGITS = str.maketrans("013457@$!|9", "oieastasilg")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_\-])[A-Za-z0-9+/_\-]{16,8192}={0,2}(?![A-Za-z0-9+/_\-])")
#: Bytes in hexadecimal digits, at least twelve.
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[ :,]?){12,4096}(?![0-9A-Fa-f])")
_MARKS = re.compile(r"0x|\\x|[ :,]")
#: Words of attacks as rot13 writes them: a text that has one of them is read so too.
_ROTATED = re.compile(r"vtaber|cerivbhf|vafgehpgvba|cebzcg|flfgrz|erirny|qvfertneq|birreevqr")
#: Share of letters and blanks in what counts as text.
_READABLE = 0.8


def readings(read: Normalised) -> list[Normalised]:
    """The text itself, its split Hangul written as syllables, and what else it may say; all with the original's offsets."""
    first = _replaced(read, _JAMO, lambda match: _syllables(match[0]))
    found = [first]
    joined = _replaced(first, _SPACED, lambda match: _joined(match[0]))
    if joined is not first:
        found.append(joined)
    plain = _replaced(joined, _LEET, lambda match: match[0].translate(_DIGITS))
    if plain is not joined:
        found.append(plain)
    found += _opened(read)
    if _ROTATED.search(read.text.lower()):
        found.append(Normalised(codecs.encode(read.text, "rot13"), read.starts, read.ends))
    return found


def _syllables(text: str) -> str:
    letters = text.translate(_LETTERS)
    return _SYLLABLE.sub(lambda match: _composed(match[0]), letters)


def _composed(letters: str) -> str:
    last = _LAST.index(letters[2]) if len(letters) > 2 else 0
    return chr(0xAC00 + (_FIRST.index(letters[0]) * 21 + _MIDDLE.index(letters[1])) * 28 + last)


def _joined(text: str) -> str:
    """Words of a text that is spaced out keep apart where their distance is wider."""
    if re.search(r"[A-Za-z@$][ ._*\-|/][A-Za-z@$]", text) and "  " in text:
        return " ".join(_BETWEEN.sub("", word) for word in re.split(r"[ ]{2,}", text))
    if re.search(r"[A-Za-z@$][._*\-|/][A-Za-z@$]", text) and " " in text:
        return " ".join(_BETWEEN.sub("", word) for word in text.split(" "))
    return _BETWEEN.sub("", text)


def _replaced(read: Normalised, pattern: re.Pattern[str], written: Callable[[re.Match[str]], str]) -> Normalised:
    """The text with each match written otherwise; every character of the new one stands for the whole match."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in pattern.finditer(read.text):
        _copy(read, at, match.start(), starts, ends)
        instead = written(match)
        pieces += (read.text[at : match.start()], instead)
        first, last = read.original(*match.span())
        starts += [first] * len(instead)
        ends += [last] * len(instead)
        at = match.end()
    if not pieces:
        return read
    _copy(read, at, len(read.text), starts, ends)
    return Normalised("".join((*pieces, read.text[at:])), tuple(starts), tuple(ends))


def _copy(read: Normalised, start: int, end: int, starts: list[int], ends: list[int]) -> None:
    if read.starts is None or read.ends is None:
        starts += range(start, end)
        ends += range(start + 1, end + 1)
    else:
        starts += read.starts[start:end]
        ends += read.ends[start:end]


def _opened(read: Normalised) -> Iterator[Normalised]:
    for pattern, opened in ((_BASE64, _decoded), (_HEX, _bytes)):
        for match in pattern.finditer(read.text):
            if not (text := opened(match[0])):
                continue
            first, last = read.original(*match.span())
            yield Normalised(text, (first,) * len(text), (last,) * len(text))


def _bytes(written: str) -> str:
    """What hexadecimal digits stand for where that is text; empty otherwise."""
    try:
        return _readable(bytes.fromhex(_MARKS.sub("", written)))
    except ValueError:
        return ""


def _readable(body: bytes) -> str:
    text = body.decode("utf-8")
    good = sum(character.isalpha() or character.isspace() for character in text)
    return text if good >= _READABLE * len(text) else ""


def _decoded(written: str) -> str:
    """What base64 stands for where that is text; empty otherwise."""
    body = written.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return _readable(base64.b64decode(body + "=" * (-len(body) % 4), validate=True))
    except (binascii.Error, UnicodeDecodeError):
        return ""
