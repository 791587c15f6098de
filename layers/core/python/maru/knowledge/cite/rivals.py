"""Values that stand in the place of others: what a claim about one row says must not be what another row has there."""

from collections.abc import Iterable

from maru.knowledge.cite.words import normalise, words


def says_another(claim: str, text: str, others: Iterable[str]) -> bool:
    """Whether a claim says one of the other values, and the text that it cites does not."""
    said, written = _stems(claim), _stems(text)
    return any(_within(other, said) and not _within(other, written) for other in map(_stems, others) if other)


def _stems(text: str) -> tuple[str, ...]:
    return tuple(word.stem for word in words(normalise(text)))


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))
