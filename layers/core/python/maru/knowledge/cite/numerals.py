"""Numbers written with digits, in Korean or in English words, as exact decimals."""

import re
from decimal import Decimal

_SINO = {"영": 0, "공": 0, "일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "륙": 6, "칠": 7, "팔": 8, "구": 9}
_SMALL = {"십": 10, "백": 100, "천": 1000}
_LARGE = {"만": 10**4, "억": 10**8, "조": 10**12}
_NATIVE_ONES = {
    "하나": 1,
    "한": 1,
    "둘": 2,
    "두": 2,
    "셋": 3,
    "세": 3,
    "석": 3,
    "서": 3,
    "넷": 4,
    "네": 4,
    "넉": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
}
_NATIVE_TENS = {"열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80, "아흔": 90}
#: Native words for so many days.
NATIVE_DAYS = {
    "하루": 1,
    "이틀": 2,
    "사흘": 3,
    "나흘": 4,
    "닷새": 5,
    "엿새": 6,
    "이레": 7,
    "여드레": 8,
    "아흐레": 9,
    "열흘": 10,
    "보름": 15,
}
_ENGLISH = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_ENGLISH_SCALE = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12, "bn": 10**9, "k": 1000,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11,
    "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
}  # fmt: skip

DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
KOREAN_MIXED = rf"(?:{DIGITS})(?:\s?[십백천만억조](?![가-힣]*자)(?:\s?(?:{DIGITS})?[십백천만억조]+)*)?"
KOREAN_SINO = r"[영공일이삼사오육륙칠팔구십백천만억조]+"
KOREAN_NATIVE = (
    r"(?:열|스물|스무|서른|마흔|쉰|예순|일흔|여든|아흔)(?:하나|한|둘|두|셋|세|넷|네|다섯|여섯|일곱|여덟|아홉)?"
    r"|하나|한|둘|두|셋|세|석|넷|네|넉|다섯|여섯|일곱|여덟|아홉"
)
_ONES = "|".join(sorted(_ENGLISH, key=len, reverse=True))
_SCALES = "|".join(scale for scale in _ENGLISH_SCALE if len(scale) > 2)
ENGLISH = rf"(?:(?:{_ONES})|(?<=\ba )(?:{_SCALES}))(?:(?:[\s-]+(?:and\s+)?(?:{_ONES}|{_SCALES}))*)"
ENGLISH_ORDINAL = "|".join(_ORDINALS)
ENGLISH_SCALE = rf"(?:{_SCALES}|bn)\b|[kK]\b"


def digits(text: str) -> Decimal:
    """The value of `1,000.5`."""
    return Decimal(text.replace(",", ""))


def scaled(text: str, scale: str) -> Decimal:
    """The value of digits followed by an English word such as million."""
    return digits(text) * _ENGLISH_SCALE[scale.casefold()]


def ordinal(word: str) -> Decimal:
    """The value of first, second and so on."""
    return Decimal(_ORDINALS[word.casefold()])


_PART = re.compile(rf"(?P<number>{DIGITS})|(?P<sign>[가-힣])|(?P<gap>\s)")


def korean(text: str) -> Decimal:
    """The value of digits and Hangul numerals mixed, such as `1억 2,000만`, `3만5천` or `십오`."""
    total = section = Decimal(0)
    number: Decimal | None = None
    for part in _PART.finditer(text):
        sign = part["sign"]
        if part["number"]:
            number = digits(part["number"])
        elif sign in _SINO:
            number = (number or Decimal(0)) * 10 + _SINO[sign]
        elif sign in _SMALL:
            section, number = section + (1 if number is None else number) * _SMALL[sign], None
        elif sign in _LARGE:
            section += number or 0
            total, section, number = total + (section or 1) * _LARGE[sign], Decimal(0), None
    return total + section + (number or 0)


def native(text: str) -> Decimal:
    """The value of a native Korean numeral such as `열다섯`."""
    for tens, value in _NATIVE_TENS.items():
        if text.startswith(tens):
            return Decimal(value + _NATIVE_ONES.get(text[len(tens) :], 0))
    return Decimal(_NATIVE_ONES[text])


def english(text: str) -> Decimal:
    """The value of English number words such as `twenty-five` or `one hundred and ten thousand`."""
    total = section = 0
    for word in re.findall(r"[a-z]+", text.casefold()):
        scale = _ENGLISH_SCALE.get(word)
        if scale is None:
            section += _ENGLISH.get(word, 0)
        elif scale == 100:
            section = (section or 1) * 100
        else:
            total, section = total + (section or 1) * scale, 0
    return Decimal(total + section)
