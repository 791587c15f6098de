"""Which clause of a quote speaks of the same as a clause of a claim."""

from maru.knowledge.cite.facts import Facts, facts
from maru.knowledge.cite.passage import Clause, Layout

_FACT = 0.5  # what a clause gains that holds all facts of the claim's clause
_TIE = 0.01


def counterparts(mine: Clause, quote: Layout) -> list[Clause]:
    """The clauses of the quote that share most words and facts with `mine`, usually one."""
    said = _within(facts(mine.text), mine)
    written = facts(quote.text)
    fits = [(clause.covers(mine) + _FACT * _shared(said, _within(written, clause)), clause) for clause in quote.clauses]
    best = max(fit for fit, _ in fits)
    return [clause for fit, clause in fits if fit > best - _TIE]


def _within(found: Facts, clause: Clause) -> Facts:
    return Facts(
        tuple(date for date in found.dates if clause.holds(date.start)),
        tuple(mark for mark in found.marks if clause.holds(mark.start)),
        tuple(quantity for quantity in found.quantities if clause.holds(quantity.start)),
        tuple(quantity for quantity in found.loose if clause.holds(quantity.start)),
        tuple(code for code in found.codes if clause.holds(code.start)),
    )


def _shared(said: Facts, written: Facts) -> float:
    years = written.years()
    held = [any(date.within(other, years) for other in written.dates) for date in said.dates]
    held += [any(mark.names & other.names for other in written.marks) for mark in said.marks]
    held += [any(quantity.equals(other) for other in written.quantities) for quantity in said.quantities if quantity.sure]
    return sum(held) / len(held) if held else 0.0
