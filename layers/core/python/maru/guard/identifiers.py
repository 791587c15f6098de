"""All identifiers of a text in one pass: personal data and secrets that a pattern can tell."""

from maru.guard import secrets
from maru.guard.finding import Finding, without_overlaps
from maru.guard.normalise import Normalised, normalise
from maru.guard.pii import international, korean

_RECOGNISERS = (*korean.RECOGNISERS, *international.RECOGNISERS, *secrets.RECOGNISERS)


def identifiers(text: str | Normalised) -> list[Finding]:
    """Findings without overlaps, in order of their place."""
    read = normalise(text) if isinstance(text, str) else text
    return without_overlaps([finding for recogniser in _RECOGNISERS for finding in recogniser.find(read)])
