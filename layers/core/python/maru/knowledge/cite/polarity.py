"""Whether a claim and its quote affirm and deny the same things."""

from functools import lru_cache

from maru.knowledge.cite.align import counterparts
from maru.knowledge.cite.lexicon import OPPOSITES
from maru.knowledge.cite.negation import Negation, negations
from maru.knowledge.cite.passage import Clause, Layout
from maru.knowledge.cite.words import Word, hangul_share, stem

_FOREIGN = 0.6  # difference in Hangul's share from which on two texts are in different languages
_NEARLY = 0.8  # share of words in common, both ways
_ALIGNED = 0.5  # share of a claim's clause that a clause of the quote must hold to be its counterpart


def agree(claim: Layout, quote: Layout) -> bool:
    """Whether every negation of the claim stands in the quote and none of the quote's turns what the claim affirms."""
    denied, theirs = negations(claim, quote), negations(quote, claim)
    if abs(hangul_share(claim.text) - hangul_share(quote.text)) > _FOREIGN:
        # No word is shared: only whether the clause with the claim's facts denies something can be compared.
        near = counterparts(claim.whole, quote)
        return bool(denied) == any(negation.clause in near for negation in theirs)
    if denied and not theirs:
        return False
    if not all(_shared(negation, quote, theirs) for negation in denied):
        return False
    if any(_turns(negation, claim, denied, quote, theirs) for negation in theirs):
        return False
    if _repeats(claim, quote) and (len(denied) - len(theirs)) % 2:
        return False
    return not _opposed(claim, denied, quote, theirs) and not _ends_denied(claim, denied, quote, theirs)


def _repeats(claim: Layout, quote: Layout) -> bool:
    """Whether the two say nearly the same words, so that their negations must balance."""
    return min(claim.whole.covers(quote.whole), quote.whole.covers(claim.whole)) > _NEARLY


def _shared(negation: Negation, quote: Layout, theirs: list[Negation]) -> bool:
    """Whether what the claim denies is denied in the quote, if the quote speaks of it at all."""
    excluded = any(other.lexical and other.heads & negation.clause.stems for other in theirs)
    return excluded or all(any(head in other.reach for other in theirs) for head in negation.heads & quote.whole.stems)


def _turns(negation: Negation, claim: Layout, denied: list[Negation], quote: Layout, theirs: list[Negation]) -> bool:
    """Whether a negation of the quote turns a word that the claim affirms and the quote nowhere affirms."""
    for head in negation.heads:
        if not _mentions(claim, head) or any(head in mine.reach for mine in denied):
            continue
        clauses = [clause for clause in quote.clauses if _mentioned_in(clause, head)]
        turned = [other.clause for other in theirs if head in other.heads]
        if all(clause in turned for clause in clauses):
            return True
        if any(clause in turned for clause in counterparts(next(mine for mine in claim.clauses if head in mine.stems), quote)):
            return True
    return False


def _mentions(laid: Layout, head: str) -> bool:
    return len(head) > 1 and head in laid.whole.stems


def _mentioned_in(clause: Clause, head: str) -> bool:
    return head in clause.stems


@lru_cache(maxsize=1)
def _opposites() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    return tuple((frozenset(map(stem, left)) | left, frozenset(map(stem, right)) | right) for left, right in OPPOSITES)


def _opposed(claim: Layout, denied: list[Negation], quote: Layout, theirs: list[Negation]) -> bool:
    """Whether the claim says one word of a pair of opposites where its counterpart in the quote says the other."""
    for mine in claim.clauses:
        counterpart = counterparts(mine, quote)[0]
        turned = any(n.clause is mine and not n.lexical for n in denied) != any(n.clause is counterpart and not n.lexical for n in theirs)
        if turned:
            continue
        said, written = _forms(mine.words), _forms(counterpart.words)
        for left, right in _opposites():
            for one, other in ((left, right), (right, left)):
                if said & one and not said & other and written & other and not written & one:
                    return True
    return False


def _forms(found: list[Word]) -> frozenset[str]:
    return frozenset(form for word in found for form in (word.stem, word.surface.casefold()))


def _ends_denied(claim: Layout, denied: list[Negation], quote: Layout, theirs: list[Negation]) -> bool:
    """Whether a clause without negation leans on one whose last word is denied in other words than the claim's."""
    for mine in claim.clauses:
        if any(negation.clause is mine for negation in denied) or len(mine.content) < 2:
            continue
        counterpart = counterparts(mine, quote)[0]
        if counterpart.covers(mine) < _ALIGNED:
            continue
        final = [n for n in theirs if n.clause is counterpart and _is_final(n, counterpart)]
        if len(final) % 2 and not any(n.lexical for n in final) and not denied:
            return True
    return False


def _is_final(negation: Negation, clause: Clause) -> bool:
    """Whether no further word of meaning follows the negation, as in Korean predicates."""
    return not [
        word for word in clause.content if word.start > negation.start + 3 and not word.surface.startswith(("않", "없", "아니", "못"))
    ]
