"""Digits as people dictate them: in words (공일공 일이삼사, zero one zero) or one by one (0 1 0 - 1 2 3 4)."""

import re
from collections import Counter
from itertools import pairwise

from maru.guard.normalise import Normalised

_KOREAN = dict(zip("공영일이삼사오육륙칠팔구", "001234566789", strict=True)) | {
    word: str(value) for value, word in enumerate(["하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"], 1)
}
_ENGLISH = {
    **{word: str(value) for value, word in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])},
    "oh": "0",
    "nought": "0",
}
_SINGLE = "".join(key for key in _KOREAN if len(key) == 1)
#: One digit as it is written, in figures or in words of Korean; the words of English.
KOREAN_DIGIT = rf"(?:{'|'.join(key for key in _KOREAN if len(key) > 1)}|[{_SINGLE}\d])"
ENGLISH_DIGIT = "|".join(_ENGLISH)
#: What ends a sentence behind digits is none of them, though it begins as the word for two does.
_ENDING = r"(?!이(?:에요|예요|야|고|며|다(?!섯)|라|었))"
_DIGIT = rf"(?:{_ENDING}{KOREAN_DIGIT}|\b(?:{ENGLISH_DIGIT})\b)"
_BETWEEN = r"(?:[ ]?[-.,·~/()][ ]?|[ ]{1,2}|[ ]?(?:다시|에|dash|hyphen)[ ]?)?"
#: Seven digits are the shortest of any identifier, thirty the longest.
_RUN = re.compile(rf"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{6,29}}", re.IGNORECASE)
_ONE = re.compile(_DIGIT, re.IGNORECASE)
_WORDS = re.compile(
    rf"[{_SINGLE}]{{2}}|(?:[{_SINGLE}][ ,.·-]{{1,2}}){{6}}[{_SINGLE}]|\b(?:{ENGLISH_DIGIT})\b|\d[^\d\n]{{1,3}}\d[^\d\n]{{1,3}}\d",
    re.IGNORECASE,
)
_MOSTLY = 0.6


def condensed(read: Normalised) -> Normalised | None:
    """The text with such digits written as digits, offsets still the original's; None where it has none."""
    if not _WORDS.search(read.text):
        return None
    pieces: list[tuple[str, int, int]] = []
    at = 0
    for match in _RUN.finditer(read.text):
        digits = _together(match[0], match.start())
        if digits:
            pieces += [(read.text[i], i, i + 1) for i in range(at, match.start())] + digits
            at = match.end()
    if not at:
        return None
    pieces += [(read.text[i], i, i + 1) for i in range(at, len(read.text))]
    spans = [read.original(start, end) for _, start, end in pieces]
    return Normalised("".join(one for one, _, _ in pieces), tuple(one[0] for one in spans), tuple(one[1] for one in spans))


def _together(run: str, offset: int) -> list[tuple[str, int, int]]:
    """The run's digits with their places; separators that stand after nearly every digit are none. Empty where it is plain already."""
    found = [(_value(match[0]), match.start(), match.end()) for match in _ONE.finditer(run)]
    gaps = [run[left[2] : right[1]] for left, right in pairwise(found)]
    words = sum(not run[start:end].isdigit() for _, start, end in found)
    single = sum(bool(gap) for gap in gaps) / len(gaps)
    if not words and single < _MOSTLY:
        return []
    usual = Counter(gap for gap in gaps if gap).most_common(1)[0][0] if single >= _MOSTLY else None
    pieces: list[tuple[str, int, int]] = []
    for (value, start, end), gap in zip(found, [*gaps, ""], strict=True):
        pieces.append((value, offset + start, offset + end))
        if gap and gap != usual:
            pieces.append(("-" if gap.strip() else " ", offset + end, offset + end + len(gap)))
    return pieces


def _value(written: str) -> str:
    return written if written.isdigit() else _KOREAN.get(written) or _ENGLISH[written.lower()]
