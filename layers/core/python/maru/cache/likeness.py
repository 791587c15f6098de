"""Whether two questions ask the same: what their vectors cannot tell apart must be equal in them, word by word.

A vector hardly moves when a number, a name or a "not" changes. So all that is read out of both texts must be the same: numbers with
their units and bounds, dates, codes, names in their order, what is denied, which answer is asked for (who, when, how many). Of the
other words that carry meaning each must have its like in the other text: the same stem, a synonym, or a word of one root.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Literal

from maru.knowledge.cite.facts import facts
from maru.knowledge.cite.lexicon import SYNONYMS
from maru.knowledge.cite.names import names
from maru.knowledge.cite.negation import negations
from maru.knowledge.cite.passage import Layout, layout
from maru.knowledge.cite.polarity import agree
from maru.knowledge.cite.words import Word, hangul_share, is_hangul, normalise, stem

type Language = Literal["ko", "en"]

_KOREAN = 0.2
_LONGEST = 2000
#: What makes a question, or a polite one, of words and is no part of what is asked.
_ASKING_WORDS = """
please tell me know could would can will you may might i we let us give show explain describe say want like need wonder wondering ask asking
question help find out just kindly hello hi thanks thank is are was were be been being am do does did done has have had the a an of in on at
to for by with from as that this it there about and or so then
알려줘 알려주세요 알려주십시오 말해줘 말해주세요 설명해줘 설명해주세요 가르쳐줘 가르쳐주세요 궁금합니다 궁금해요 궁금해 혹시 좀 그럼
안녕하세요 부탁드립니다 부탁해요 부탁합니다 부탁해 알고 싶습니다 싶어요 싶어 있나요 있습니까 있는지 있어 인지 해주세요 주세요 줘 대해
대해서 대하여 것 건 게 질문 저 제가 나 내가 답해줘 답해주세요
"""
_ASKING = frozenset(map(stem, _ASKING_WORDS.split()))
_ENGLISH_SIGNS = re.compile(
    r"\b(?:the|what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|did|of|to|for|can|could|should|will|my|your|i|please"
    r"|many|much|in)\b",
    re.IGNORECASE,
)
_LATIN = re.compile(r"[A-Za-z]")
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("who", r"\bwh(?:o|om|ose)\b|누구|누가"),
        ("when", r"\bwhen\b|\bwh(?:at|ich) (?:year|date|day|month|century|decade|time)\b|언제|몇\s?(?:년|월|일|시)|어느\s?(?:해|날)"),
        ("where", r"\bwhere\b|어디"),
        ("why", r"\bwhy\b|왜|어째서|무슨 이유"),
        ("many", r"\bhow (?:many|much)\b|얼마|몇\s?(?!년|월|일|시)"),
        ("long", r"\bhow long\b|얼마나 오래|얼마\s?동안"),
        ("often", r"\bhow often\b|얼마나 자주"),
        ("far", r"\bhow (?:far|big|large|tall|high|old|fast|deep|wide|small|heavy|hot|cold)\b"),
        ("how", r"\bhow\b(?! (?:many|much|long|often|far|big|large|tall|high|old|fast|deep|wide|small|heavy|hot|cold))|어떻게|어떡"),
        ("which", r"\bwhich\b|어느|어떤"),
        ("what", r"\bwhat\b|무엇|무슨|뭐|뭘|뭔"),
    )
)
#: Kinds that stand for each other: "what is", "which is", "tell me".
_OPEN = frozenset({"what", "which"})


def language_of(text: str) -> Language | None:
    """The language of a question; None for one that this module cannot read."""
    share = hangul_share(text)
    if share >= _KOREAN:
        return "ko"
    letters = [char for char in text if char.isalpha()]
    if not letters or sum(bool(_LATIN.match(char)) for char in letters) < 0.95 * len(letters):
        return None
    # French and German have these letters too, and hardly any of these words.
    return "en" if len(_ENGLISH_SIGNS.findall(text)) * 6 >= len(text.split()) else None


def alike(one: str, other: str) -> bool:
    """Whether the two ask the same, as far as can be read out of them; it says no wherever it is not sure."""
    if max(len(one), len(other)) > _LONGEST or language_of(one) is None or language_of(one) != language_of(other):
        return False
    mine, theirs = layout(_plain(one)), layout(_plain(other))
    return all(_equal(what, mine, theirs) for what in (_numbers, _dates, _codes, _names, _kinds, _denied)) and _meaning(mine, theirs)


def _plain(text: str) -> str:
    return _CONTRACTED.sub(lambda match: _FULL.get(match[1].casefold(), " is"), normalise(text))


_CONTRACTED = re.compile(r"(?<=\w)('s|'re|'d|'ve|'ll)(?=\s+(?:the|a|an|my|your|our|in|on|at|of|to|be|it|there|this|that|he|she|they)\b)")
_FULL = {"'re": " are", "'d": " would", "'ve": " have", "'ll": " will"}


def _equal(what: Callable[[Layout], object], mine: Layout, theirs: Layout) -> bool:
    return what(mine) == what(theirs)


def _numbers(laid: Layout) -> object:
    found = facts(laid.text)
    return [
        (one.value * one.unit.factor if one.unit else one.value, one.unit.base if one.unit else None, one.bound) for one in found.quantities
    ]


def _dates(laid: Layout) -> object:
    found = facts(laid.text)
    return [date[:3] for date in found.dates], [mark.names for mark in found.marks]


def _codes(laid: Layout) -> object:
    return [code.text for code in facts(laid.text).codes]


def _names(laid: Layout) -> object:
    # The word that opens a question is written large whatever it is.
    found = [[part.casefold() for part in one.parts if stem(part) not in _ASKING] for one in names(laid.text)]
    return [stem(part) for one in found for part in one if not _asks(part)]


def _kinds(laid: Layout) -> object:
    asked = {kind for kind, pattern in _KINDS if pattern.search(laid.text)}
    return asked - _OPEN


def _denied(laid: Layout) -> object:
    return len(negations(laid, laid))


def _meaning(mine: Layout, theirs: Layout) -> bool:
    left, right = _telling(mine), _telling(theirs)
    if not left or not right:
        return [word.surface for word in mine.words] == [word.surface for word in theirs.words]
    return _all_met(left, right) and _all_met(right, left) and agree(mine, theirs) and agree(theirs, mine)


def _telling(laid: Layout) -> list[Word]:
    return [word for word in laid.whole.content if word.stem not in _ASKING and not _asks(word.surface)]


def _asks(surface: str) -> bool:
    return bool(_QUESTION_WORD.fullmatch(surface.casefold()))


_QUESTION_WORD = re.compile(
    r"what|which|who|whom|whose|when|where|why|how|many|much"
    r"|(?:무엇|누구|언제|어디|어떻게|어떤|어느|무슨|얼마|몇|왜|뭐|뭔|뭘)(?:이|가|을|를|은|는|의|에|에서|로|나|인|인가|인가요|인지|입니까|예요|이에요|야)?"
)


def _all_met(words: Iterable[Word], others: Iterable[Word]) -> bool:
    listed = list(others)
    return all(any(_like(word, other) for other in listed) for word in words)


def _like(one: Word, other: Word) -> bool:
    return _root(one) == _root(other) or any({one.stem, other.stem} <= group for group in _synonyms())


@lru_cache(maxsize=1)
def _synonyms() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(map(stem, group)) | group for group in SYNONYMS)


_QUESTION_ENDING = re.compile(
    r"(?<=[가-힣])(?:(?:이었|였|었|았|했|하였|되었|됐)?(?:습니까|나요|는가요|는가|을까요|을까|지요|죠|는지|던가요|던가)|입니까|인가요|인가|인지|이지|이죠|인데요|ㄴ가요"
    r"|한가요|한가|되나요|되나|되는지|하나요|하나|하는지|합니까|됩니까|할까요|될까요|예요|이에요|이야|야|해요|돼요|까요)$"
)


def _root(word: Word) -> str:
    if not is_hangul(word.stem):
        return word.stem
    return _QUESTION_ENDING.sub("", word.stem) or word.stem
