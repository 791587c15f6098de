"""The check of a citation: what must not change between a claim and the quote that is to support it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from maru.knowledge.cite.dates import Date, Mark
from maru.knowledge.cite.facts import Code, Facts, facts
from maru.knowledge.cite.names import Name, names, occurs
from maru.knowledge.cite.passage import Clause, Layout, layout
from maru.knowledge.cite.polarity import agree
from maru.knowledge.cite.quantities import Quantity
from maru.knowledge.cite.substitution import substituted
from maru.knowledge.cite.words import coverage, normalise, squeezed

#: A quote that shares less of the claim's words than this supports it only if the claim's facts are all there.
RELATED = 0.2
#: Share of a claim's words from which on a sentence counts as repeated by it.
REPEATED = 0.75
_CLEARER = 0.3  # share of words by which another clause must fit better before its number counts as the one meant


class Verdict(NamedTuple):
    """Whether a quote supports a claim; `reason` is empty, or date, number, code, name, negation or unrelated."""

    supported: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.supported


def repeats(claim: str, quote: str) -> bool:
    """Whether the claim nearly repeats a sentence of the quote, so that it is this one or none that it rests on."""
    return _repeated(layout(normalise(claim)), layout(normalise(quote))) is not None


def supports(claim: str, quote: str) -> Verdict:
    """Check a claim sentence against a quote: its numbers, dates, names and negations must occur there."""
    mine, theirs = layout(normalise(claim)), layout(normalise(quote))
    said, written = facts(mine.text), facts(theirs.text)
    repeated = _repeated(mine, theirs)
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("date", lambda: _dates_hold(mine, theirs, said, written)),
        ("number", lambda: _numbers_hold(mine, theirs, said, written)),
        ("code", lambda: all(code.text in theirs.text.casefold() for code in said.codes)),
        ("name", lambda: _names_hold(mine, theirs)),
        ("number", lambda: repeated is None or not _replaced(said, facts(repeated.text))),
        ("negation", lambda: agree(mine, repeated or theirs)),
        ("name", lambda: not substituted(mine, theirs)),
        ("unrelated", lambda: _related(mine, theirs, said)),
    )
    for reason, holds in checks:
        if not holds():
            return Verdict(supported=False, reason=reason)
    return Verdict(supported=True)


def _repeated(claim: Layout, quote: Layout) -> Layout | None:
    """The sentence of the quote that the claim nearly repeats: what stands around it cannot make up for what it lacks."""
    best = max(quote.sentences, key=lambda sentence: coverage(claim.whole.own, sentence.own))
    if coverage(claim.whole.own, best.own) < REPEATED:
        return None
    return layout(quote.text[best.start : best.end])


def _replaced(said: Facts, written: Facts) -> bool:
    """Whether a repeated sentence has, in the place of a number or date that it lacks, another of the same kind."""
    quantities = (*written.quantities, *written.loose)
    for quantity in said.quantities:
        if quantity.sure and not any(quantity.equals(other) for other in quantities):
            left = [other for other in written.quantities if other.sure and not any(one.equals(other) for one in said.quantities)]
            if any(quantity.rivals(other) for other in left):
                return True
    years = written.years()
    for date in said.dates:
        if not any(date.within(other, years) for other in written.dates) and any(_same_kind(date, other) for other in written.dates):
            return True
    return False


def _related(claim: Layout, quote: Layout, said: Facts) -> bool:
    certain = sum(len(kind) for kind in (said.dates, said.marks, said.codes)) + sum(quantity.sure for quantity in said.quantities)
    return bool(certain) or quote.whole.covers(claim.whole) >= RELATED


def _dates_hold(claim: Layout, quote: Layout, said: Facts, written: Facts) -> bool:
    years = written.years()
    for date in said.dates:
        equal = [other for other in written.dates if date.within(other, years)]
        if not equal or _meant_another(claim, quote, date, equal, [other for other in written.dates if _same_kind(date, other)]):
            return False
    return all(_mark_holds(mark, written.marks) for mark in said.marks)


def _same_kind(date: Date, other: Date) -> bool:
    return [field is None for field in date[:3]] == [field is None for field in other[:3]]


def _mark_holds(mark: Mark, written: Iterable[Mark]) -> bool:
    return any(mark.names & other.names for other in written)


def _numbers_hold(claim: Layout, quote: Layout, said: Facts, written: Facts) -> bool:
    candidates = (*written.quantities, *written.loose)
    for quantity in said.quantities:
        if not quantity.sure:
            continue
        equal = [other for other in candidates if quantity.equals(other)]
        if not equal and not _is_half(quantity, quote.text):
            return False
        rivals = [other for other in written.quantities if other.sure and quantity.rivals(other) and not quantity.equals(other)]
        if equal and _meant_another(claim, quote, quantity, equal, rivals):
            return False
    return True


def _is_half(quantity: Quantity, quote: str) -> bool:
    return quantity.unit is not None and quantity.unit.name == "percent" and quantity.value == 50 and "half" in quote.casefold()


type _Fact = Quantity | Date


def _meant_another(claim: Layout, quote: Layout, fact: _Fact, equal: Iterable[_Fact], rivals: Iterable[_Fact]) -> bool:
    """Whether a clause with another value of this kind fits the claim clearly better than every clause with its value."""
    mine = claim.clause_at(fact.start)
    best = max(_fit(mine, quote, other.start) for other in equal)
    return any(_fit(mine, quote, other.start) > best + _CLEARER for other in rivals)


def _fit(mine: Clause, quote: Layout, at: int) -> float:
    return coverage(mine.own, quote.clause_at(at).own)


def _names_hold(claim: Layout, quote: Layout) -> bool:
    flat = squeezed(quote.text)
    return all(occurs(name, quote.text, flat) for name in names(claim.text) if name.sure and not _is_fact(name, claim))


def _is_fact(name: Name, claim: Layout) -> bool:
    """Dates and numbers inside a name were checked already."""
    held = facts(claim.text)
    checked: tuple[Date | Mark | Quantity | Code, ...] = (*held.dates, *held.marks, *held.quantities, *held.codes)
    return any(fact.start <= name.start and name.end <= fact.end for fact in checked)
