"""A claim that repeats its quote except for one word put in another's place."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from maru.knowledge.cite.lexicon import COMMON_NOUNS, SYNONYMS
from maru.knowledge.cite.names import names, occurs
from maru.knowledge.cite.passage import Clause, Layout
from maru.knowledge.cite.words import Word, coverage, is_hangul, squeezed, weights

_SWAPPED = 0.6  # share of what a claim says of a name that another name's clause holds
_LONGEST = 2  # words in whose place as many others may stand
_REPEATS = 0.5  # share of the claim's words that stand in the same order in the quote


def substituted(claim: Layout, quote: Layout) -> bool:
    """Whether a claim that otherwise repeats the quote has another name, or another noun, where the quote has one."""
    if _swapped(claim, quote):
        return True
    source = max(quote.sentences, key=lambda sentence: sentence.covers(claim.whole))
    flat = squeezed(quote.text)
    suspects = _names_at(claim), _names_at(quote)
    return any(_changed(one, other, flat, suspects) for one, other in _swaps(claim.whole, source))


def _swapped(claim: Layout, quote: Layout) -> bool:
    """Whether the claim says of one name what a clause of the quote says of another that stands at its beginning."""
    mine = claim.clauses[0]
    subject = next((name for name in names(claim.text) if name.sure), None)
    if subject is None or not mine.content or subject.start > mine.content[0].start:
        return False
    rest = weights([word for word in mine.content if word.start >= subject.end])
    best = max(quote.clauses, key=lambda clause: coverage(rest, clause.own))
    there = quote.text[best.start : best.end]
    if not best.content or coverage(rest, best.own) < _SWAPPED or occurs(subject, there, squeezed(there)):
        return False
    return any(name.sure and name.start <= best.content[0].start < name.end for name in names(quote.text))


def _names_at(laid: Layout) -> frozenset[int]:
    return frozenset(word.start for name in names(laid.text) for word in laid.words if name.start <= word.start < name.end)


def _swaps(claim: Clause, source: Clause) -> Iterator[tuple[Word, Word]]:
    """Pairs of words that stand in each other's place between words that are equal."""
    mine, theirs = claim.content, source.content
    matcher = SequenceMatcher(None, [word.stem for word in mine], [word.stem for word in theirs], autojunk=False)
    equal = sum(block.size for block in matcher.get_matching_blocks())
    if not mine or equal / len(mine) < _REPEATS or equal < 2:
        return
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "replace" and i2 - i1 == 1 and j2 - j1 > 2:
            yield from ((mine[i1], other) for other in theirs[j1:j2])
        elif kind == "replace" and i2 - i1 <= _LONGEST and j2 - j1 <= _LONGEST:
            yield mine[i2 - 1], theirs[j2 - 1]
            if i2 - i1 == j2 - j1 == 2:
                yield mine[i1], theirs[j1]


def _changed(one: Word, other: Word, flat: str, suspects: tuple[frozenset[int], frozenset[int]]) -> bool:
    if squeezed(one.stem) in flat or _kin(one, other):
        return False
    named = one.start in suspects[0], other.start in suspects[1]
    if is_hangul(one.surface):
        return _korean_changed(one, other, named)
    return all(named) or (named[0] and other.surface[:1].isupper())


def _korean_changed(one: Word, other: Word, named: tuple[bool, bool]) -> bool:
    if one.stem in COMMON_NOUNS or _predicate(one) or _predicate(other):
        return False
    return any(named) or other.stem not in COMMON_NOUNS


_VERBAL = ("다", "며", "여", "어", "아", "해", "게", "면", "서", "록", "던", "한", "된", "할", "될", "요", "함", "됨", "음")
_VERBAL_STEMS = "하되있없받않쓰"


def _predicate(word: Word) -> bool:
    """Whether a Korean word ends like a verb or adjective."""
    surface = word.surface
    if surface[len(word.stem) :].startswith(("하", "되", "한", "된", "할", "될", "함", "됨", "했", "됐", "시키", "시킨", "합", "됩")):
        return True
    if surface[len(word.stem) :].startswith(("이", "였", "입")):
        return False
    if surface.endswith("는"):
        return surface[-2:-1] in _VERBAL_STEMS
    return surface.endswith(_VERBAL) and not surface.endswith(("에서", "로서", "께서", "부서", "문서", "고서"))


def _kin(one: Word, other: Word) -> bool:
    """Synonyms, or words of one root."""
    if any(_member(one, group) and _member(other, group) for group in SYNONYMS):
        return True
    if is_hangul(one.surface):
        return one.stem in other.stem or other.stem in one.stem or (one.stem[:2] == other.stem[:2] and len(one.stem) > 2)
    return one.stem[:4] == other.stem[:4]


def _member(word: Word, group: frozenset[str]) -> bool:
    return word.stem in group or word.surface.casefold() in group
