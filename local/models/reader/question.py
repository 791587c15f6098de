"""What a question asks: its language, the words that an answer should share, and the kind of thing that answers it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from local.models.reader.lexicon import ASKING, EMPTY, EMPTY_KO
from local.models.reader.words import Word, words


class Kind(StrEnum):
    """What an answer has to contain."""

    DATE = "date"
    NUMBER = "number"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart; `unit` is what a number has to count (`일`, `day`), empty where unknown."""

    text: str
    korean: bool
    kind: Kind
    unit: str
    terms: tuple[Word, ...]


_KINDS = (
    (Kind.REASON, r"\bwhy\b|\breasons?\b|\bcauses?d?\b|왜|이유|원인|까닭|때문"),
    (
        Kind.DATE,
        (
            r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|era|time)\b"
            r"|언제|몇\s?(?:년|월|세기|시|연도)|(?:년도|연도|날짜|시기|시점)(?:는|은|가|이|인|\?|$)"
        ),
    ),
    (
        Kind.NUMBER,
        (
            r"\bhow (?:many|much|long|old|far|tall|high|large|big|often|fast|deep|wide|heavy)\b|\bwhat (?:percent(?:age)?|number|amount)\b"
            r"|\b(?:percent(?:age)?|number|population|amount|size|rate|temperature|height|length|price|cost|fee) of\b|\bwhat do.* cost\b"
            r"|며칠|몇|얼마|(?:횟수|인원|인구|비율|나이|개수|숫자|금액|길이|높이|넓이|면적|크기|기간|한도|층수|[^가-힣]수)(?:는|은|가|이|인|\?|$)"
        ),
    ),
    (
        Kind.PERSON,
        (
            r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman|player|actor|king|president|author|artist)\b"
            r"|누구|누가|사람은|인물은|(?:사람|인물|이름)(?:이|은|는|의)"
        ),
    ),
    (
        Kind.PLACE,
        (
            r"\bwhere\b|\b(?:what|which) (?:city|country|place|state|town|region|river|island|county|continent|part)\b"
            r"|어디|장소|지역은|도시는|나라는|국가는|곳은|어느\s?(?:나라|도시|지역|곳|섬|산)"
        ),
    ),
)
_READY = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)
_UNIT_EN = re.compile(r"\bhow (?:many|much) ([a-z]+)|\b(percentage|percent)\b", re.IGNORECASE)
_UNIT_KO = re.compile(r"몇\s?([가-힣]+?)(?:이나|이|을|를|은|는|의|으로|로|에|인|까|나|동안|정도|입|간|에서|번째)*(?:[가-힣]*)?(?:\s|\?|$)")


def is_korean(text: str) -> bool:
    """Whether a fifth of the letters or more are Hangul: questions about English names are Korean all the same."""
    letters = [char for char in text if char.isalpha()]
    return sum("가" <= char <= "힣" for char in letters) * 5 >= max(1, len(letters))


def understand(text: str) -> Question:
    """Take the question in `text` apart."""
    kind = next((kind for kind, pattern in _READY if pattern.search(text)), Kind.OTHER)
    terms = tuple(word for word in words(text) if not _empty(word))
    return Question(text, is_korean(text), kind, _unit(text) if kind in {Kind.NUMBER, Kind.DATE} else "", terms)


def _empty(word: Word) -> bool:
    if word.hangul:
        return word.key in EMPTY_KO or word.text in EMPTY_KO or word.text.startswith(ASKING)
    return word.text.casefold() in EMPTY


def _unit(text: str) -> str:
    if "며칠" in text:
        return "일"
    if english := _UNIT_EN.search(text):
        return words(english[1] or "percent")[0].key
    korean = _UNIT_KO.search(text)
    return korean[1] if korean else ""
