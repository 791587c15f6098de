"""Negations of a sentence and the words they turn, in Korean and English."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from maru.knowledge.cite.passage import Clause, Layout
from maru.knowledge.cite.words import Word, is_hangul, stem


class Negation(NamedTuple):
    """A negation: the stems it turns (`heads`), those it may turn (`reach`), its clause. `lexical` where a verb of its own says it."""

    heads: frozenset[str]
    reach: frozenset[str]
    clause: Clause
    start: int
    lexical: bool


# What looks like a negation and is none, and what cancels itself out.
_NO_NEGATION = re.compile(
    r"(?:뿐만?|만이?)\s?아니(?:라|고)|(?:관계|상관|끊임|틀림|빠짐|어김|변함|수|더|막힘|아낌)없(?=[이는다])|밖에\s?없|머지\s?않|못지\s?않|지나지\s?않아"
    r"|\b(?:not|n't)\s+(?:only|just|merely|necessarily)\b|\bno\s+(?:more|less|fewer|later|earlier|sooner|greater|longer)\s+than\b|\bno\s+doubt\b|\bNo\.?\s?\d"
    r"|\bnot\s+(?:more|less|fewer|later|earlier|greater|longer)\s+than\b|\bwhether or not\b|\bnothing but\b"
    r"|\bnot\s+(?:to\s+)?exceed\w*|\bcannot\s+exceed\w*"
    r"|(?:초과|넘)[가-힣]*\s?(?:수\s?없|지\s?(?:않|못|아니|말))[가-힣]*"
    r"|(?:지\s?(?:않|아니하?)|없)[으을]?\s?면\s?(?:안|아니)\s?[되된됩돼]|지\s?않을\s?수(?:가|는)?\s?없"
    r"|\b(?:not|n't)\s+(?:\w+\s+)?(?:prohibit\w*|forbid\w*|excluded?|without|unable|banned|fail(?:ed)?)\b",
    re.IGNORECASE,
)
_KOREAN = re.compile(
    r"(?P<before>[가-힣]+지)(?:는|도|를|가|만)?\s?(?:않|못[하한할함해했]|못(?=[가-힣\s])|아니[하한할함했]|말[아것고라]|마십|마세|마시)"
    r"|(?<![가-힣])안\s?(?P<forbid>된다|됩니다|되며|되고|되는|될|돼)|(?<![가-힣])(?:안|못)\s(?P<after>[가-힣]+(?:다|요|며|고|면|는|은|던|음|함|도록))"
    r"|(?:(?P<unable>[가-힣]+)\s수(?:는|가|도)?\s?|(?P<lacking>[가-힣A-Za-z]+)\s?)없(?=[다는이으을음습었고어게도지거더])"
    r"|(?<!뿐 )(?<!뿐만 )(?<![가-힣])(?P<bare>없(?=[다는이으을음습었고어게도지거더]))"
    r"|(?P<unlike>[가-힣A-Za-z0-9%]+?)(?:이|가|은|는)?\s(?:아니(?=[다며고라한하었므로면])|아닌|아닙|아님)"
    r"|(?P<lexical>불가능|불가(?!피)|금지|제외|불허|거부|배제|제한되지|미허용|불인정|미지급|불필요)"
    r"|(?<=\s)못[하한할함해했]"
)
_ENGLISH = re.compile(
    r"\b(?P<plain>not|never|cannot|neither|nor|without|no|none|nobody|nothing|hardly|unable|lacks?|(?<=[a-z])n't|except|excluding)\b|(?P<clitic>n't)\b"
    r"|\b(?P<verb>prohibit\w*|forbid\w*|forbade|ban(?:s|ned|ning)?|exclud(?:e|es|ed)|fail(?:s|ed)?(?=\s+to)|ineligible|refus\w+|disallow\w*|den(?:y|ies|ied))\b",
    re.IGNORECASE,
)


def negations(laid: Layout, other: Layout) -> list[Negation]:
    """Negations of a text; `other` is what it is compared with, which decides whether a prefix such as 미- or un- negates."""
    text = _NO_NEGATION.sub(lambda match: "\x00" * len(match.group()), laid.text)
    found = [_korean(laid, match) for match in _KOREAN.finditer(text)]
    found += [_english(laid, match) for match in _ENGLISH.finditer(text)]
    return [*found, *_prefixed(laid, other)]


def _korean(laid: Layout, match: re.Match[str]) -> Negation:
    clause = laid.clause_at(match.start())
    lexical = match["lexical"] is not None
    if match["after"]:
        heads = {_head(match["after"])}
    elif match["before"] or match["unable"] or match["lacking"] or match["unlike"]:
        at = match.end("before") if match["before"] else max(match.end("unable"), match.end("lacking"), match.end("unlike"))
        heads = _before(clause, at)
    elif lexical:
        heads = _before(clause, match.start()) | _inside(clause, match)
    else:
        heads = _before(clause, match.start())
    near = [word.stem for word in clause.content if word.start < match.start()]
    reach = clause.stems if lexical else frozenset(near[-2:])
    return Negation(frozenset(heads - {""}), reach | heads, clause, match.start(), lexical)


def _head(surface: str) -> str:
    return stem(surface.removesuffix("지"))


_LIGHT = frozenset(("하", "되", "할", "될", "한", "된", "있", "해서", "받", "수", "인정", "주", "이용"))


def _before(clause: Clause, at: int) -> set[str]:
    """The word that ends at `at` or stands before it, and the one before a light verb."""
    left = [word for word in clause.words if word.start < at]
    if not left:
        return set()
    last = _head(left[-1].surface) if is_hangul(left[-1].surface) else left[-1].stem
    heads = {last}
    if (last in _LIGHT or len(last) < 2) and len(left) > 1:
        heads.add(left[-2].stem)
    return heads


def _inside(clause: Clause, match: re.Match[str]) -> set[str]:
    """For a compound such as 흡연금지 the rest of the word."""
    return {word.surface[: match.start() - word.start] for word in clause.words if word.start < match.start() < word.end}


_PREPOSITION = re.compile(r"without|except|excluding|lacks?", re.IGNORECASE)  # does not turn what stands before it
_LIGHT_ENGLISH = frozenset(("be", "have", "do", "get", "receiv", "able", "long", "yet", "ever", "fully", "then"))


def _english(laid: Layout, match: re.Match[str]) -> Negation:
    clause = laid.clause_at(match.start())
    verb = match["verb"]
    passive = (
        verb is not None
        and re.search(r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+|strictly\s+)?$", laid.text[: match.start()]) is not None
    )
    left = [word for word in clause.content if word.end <= match.start()]
    right = [
        word for word in clause.content if word.start >= match.end() and word.stem not in _LIGHT_ENGLISH and not word.surface.endswith("ly")
    ]
    turned = left[-2:] if passive or (verb is not None and verb.casefold() == "ineligible") else right[:1]
    heads = {word.stem for word in turned}
    reach = (
        clause.stems
        if verb is not None
        else heads | {word.stem for word in right[:3]} | {word.stem for word in left[-1:] if not _PREPOSITION.fullmatch(match.group())}
    )
    return Negation(frozenset(heads), frozenset(reach), clause, match.start(), verb is not None)


_KOREAN_PREFIX = re.compile(r"^[미비불무](?=[가-힣]{2})")
_ENGLISH_PREFIX = re.compile(r"^(?:non-?|un|in|im|ir|il|dis)(?=[a-z]{4})")


def _prefixed(laid: Layout, other: Layout) -> Iterator[Negation]:
    """미사용 where the other text has 사용 and not 미사용; unpaid where it has paid."""
    theirs = other.whole.stems
    for word in laid.whole.content:
        rest = _rest(word)
        if rest and word.stem not in theirs and (stem(rest) in theirs or rest in theirs):
            yield Negation(frozenset((stem(rest),)), frozenset((stem(rest),)), laid.clause_at(word.start), word.start, lexical=False)


def _rest(word: Word) -> str:
    surface = word.stem if is_hangul(word.surface) else word.surface.casefold()
    match = (_KOREAN_PREFIX if is_hangul(surface) else _ENGLISH_PREFIX).match(surface)
    return surface[match.end() :] if match else ""
