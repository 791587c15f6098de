"""What a question asks: its language, the words that an answer should share, and the kind of thing that answers it."""

import re
from dataclasses import dataclass
from enum import StrEnum

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


_STOP = frozenset(
    """a an the of in on at to for from by with as and or but if than then that this these those it its is are was were be been being am do does did doing done has have had having
    will would shall should can could may might must not no nor so such what which who whom whose when where why how there here their they them he she his her him we us our you
    your i me my about into over under between among during after before through out up down off again also only very more most some any all each other another own same too s t
    many much name called kind type please tell explain describe give list find far long old often ever yet still just get got use does
    who's what's where's when's""".split()
)
_STOP_KO = frozenset(
    """무엇 무엇인 무엇이 무엇인가 무엇인가요 무엇입니까 무엇일까 무엇이라 무엇이라고 무엇으로 무엇을 뭐 뭐라 뭐라고 뭘 뭔가 무슨 누구 누구인 누구인가 누가 누구누구 언제 언제인가 어디 어디인 어디인가 어디서 어디에 어떤 어느 어떻 어떻게 어떠 몇 며칠 며칠인 얼마 얼마나 얼마인 왜
    것 것인가 것일 수 때 곳 이 그 저 이것 그것 등 및 더 가장 대한 대해 대하여 위해 위하여 위한 통해 통하여 의해 따라 따르 관한 관련 있 있는 있는가 있나 있었 있었던 없 하 하는 하였 하나 했 한 되 되는 된 됐
    말하 말하는 말한 불리 불리는 부르 부르는 부른 해당 알려주 알려줘 알려 주세요 설명 설명해 주 줘 무엇때문 인가 인가요 입니까 일까 나요 가요 은 는 이름 명칭 대해서 경우 어떠한 어떠 무엇무엇""".split()
)
_KINDS = (
    (Kind.REASON, re.compile(r"\bwhy\b|\breasons?\b|\bcauses?d?\b|왜|이유|원인|까닭|때문", re.IGNORECASE)),
    (Kind.DATE, re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|era|time)\b|언제|몇\s?(?:년|월|세기|시|연도)|(?:년도|연도|날짜|시기|시점|며칟날)(?:는|은|가|이|인|\?|$)", re.IGNORECASE)),
    (Kind.NUMBER, re.compile(r"\bhow (?:many|much|long|old|far|tall|high|large|big|often|fast|deep|wide|heavy)\b|\b(?:percentage|percent|number|population|amount|size|rate|temperature|height|length|price|cost) of\b|\bwhat (?:percentage|percent|number|amount)\b|며칠|몇|얼마|(?:횟수|인원|인구|비율|나이|개수|숫자|금액|길이|높이|넓이|면적|크기|기간|한도|층수|[^가-힣]수)(?:는|은|가|이|인|\?|$)", re.IGNORECASE)),
    (Kind.PERSON, re.compile(r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman|player|actor|king|president|author|artist)\b|누구|누가|사람은|인물은|(?:사람|인물|이름)(?:이|은|는|의)", re.IGNORECASE)),
    (Kind.PLACE, re.compile(r"\bwhere\b|\b(?:what|which) (?:city|country|place|state|town|region|river|island|county|continent|part)\b|어디|장소|지역은|도시는|나라는|국가는|곳은|어느\s?(?:나라|도시|지역|곳|섬|산)", re.IGNORECASE)),
)  # fmt: skip
_UNIT_EN = re.compile(r"\bhow (?:many|much) ([a-z]+)|\b(percentage|percent)\b", re.IGNORECASE)
_UNIT_KO = re.compile(r"몇\s?([가-힣]+?)(?:이나|이|을|를|은|는|의|으로|로|에|인|까|나|동안|정도|입|간|에서|번째)*(?:[가-힣]*)?(?:\s|\?|$)")


def is_korean(text: str) -> bool:
    """Whether a fifth of the letters or more are Hangul: questions about English names are Korean all the same."""
    letters = [char for char in text if char.isalpha()]
    return sum("가" <= char <= "힣" for char in letters) * 5 >= max(1, len(letters))


def understand(text: str) -> Question:
    """Take the question in `text` apart."""
    kind = next((kind for kind, pattern in _KINDS if pattern.search(text)), Kind.OTHER)
    terms = tuple(word for word in words(text) if not _empty(word))
    return Question(text, is_korean(text), kind, _unit(text) if kind in {Kind.NUMBER, Kind.DATE} else "", terms)


def _empty(word: Word) -> bool:
    return word.text.casefold() in _STOP or word.key in _STOP_KO or word.text in _STOP_KO


def _unit(text: str) -> str:
    if "며칠" in text:
        return "일"
    if english := _UNIT_EN.search(text):
        return words(english[1] or "percent")[0].key
    korean = _UNIT_KO.search(text)
    return korean[1] if korean else ""
