"""How the two legs of a hybrid search become one ranking, each leg weighted by what it can do for this very query."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from maru.knowledge.stores.port import Hit

#: The scripts in which a language is written, as Unicode names them; languages that are not listed are written in Latin.
_SCRIPTS = {"ko": {"HANGUL"}, "ja": {"HIRAGANA", "KATAKANA", "CJK"}, "zh": {"CJK"}, "ru": {"CYRILLIC"}}


def leg_depth(k: int) -> int:
    """How deep each leg is searched for ``k`` fused hits."""
    return max(2 * k, 100)


def fuse(query: str, near: Sequence[Hit], text: Sequence[Hit], k: int, *, languages: Sequence[str] | None = None) -> list[Hit]:
    """The ``k`` best of both legs; scores lie in [0, 1]."""
    weight = 0.5 * coverage(query, languages)
    vectors, texts = _scaled(near), _scaled(text)
    merged = {hit.chunk.key: hit for hit in text}
    for hit in near:
        known = merged.get(hit.chunk.key)
        merged[hit.chunk.key] = replace(known, vector_score=hit.vector_score) if known else hit
    scored = [
        replace(hit, score=weight * vectors.get(key, 0.0) + (1 - weight) * texts.get(key, 0.0)) for key, hit in merged.items()
    ]
    scored.sort(key=lambda hit: hit.score, reverse=True)
    return scored[:k]


def coverage(query: str, languages: Sequence[str] | None) -> float:
    """The share of the query's letters in scripts of these languages; 1 where none are declared or there are no letters."""
    letters = [unicodedata.name(letter, "").partition(" ")[0] for letter in unicodedata.normalize("NFKC", query) if letter.isalpha()]
    if languages is None or not letters:
        return 1.0
    known = set().union(*(_SCRIPTS.get(language.partition("-")[0], {"LATIN"}) for language in languages))
    return sum(letter in known for letter in letters) / len(letters)


def _scaled(leg: Sequence[Hit]) -> dict[str, float]:
    if not leg:
        return {}
    low, high = leg[-1].score, leg[0].score
    return {hit.chunk.key: (hit.score - low) / (high - low) if high > low else 1.0 for hit in leg}
