"""How the two legs of a hybrid search become one ranking, each leg weighted by what it can do for this very query.

A constant weight fails: an English embedding is noise for a Korean question, words are blind to a paraphrase, and which
of the two is better differs from corpus to corpus. So neither leg is stretched to a fixed range, as min-max scaling
does, which makes a leg that sees nothing shout as loud as one that has found the answer:

- The text leg counts by the size of its best BM25 score: the more rare words of the query one passage holds, the more.
- The vector leg counts by how far its best passages stand out: the share of the way from its last hit to a cosine of 1.
  Leg and model may thus live in any narrow band of cosines, and noise, which is flat, hardly moves the ranking.
- The vector leg counts by the share of the query that is written in a script of the languages its model declares.
- A best passage of the text leg that leads the second by far counts more: rare words that meet in one passage alone are no accident.
- Where the legs disagree about everything, the first five hold the best of both: a reader, or a model, then sees the right one.

The constants were chosen on the even articles of XQuAD (en), whole questions and their three longest words, COVID-QA and CLAPNQ,
over SQLite; of a plateau (units 10 to 15, powers .5 to 1, vector weights 1 to 1.5) its middle, and of leads from .5 to 2 the one with
which no set loses a first place to its better leg. `bench/retrieval.py` reports the odd articles, and KorQuAD, on which nothing was
chosen.
"""

import re
import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from maru.knowledge.stores.port import MAX_HITS, Hit

#: Hits of each leg to fuse: deeper ones changed nothing at the first five places.
DEPTH = 50
#: The best BM25 score at which the text leg counts 1 (k1 = 1.2 with the factor k1 + 1, as FTS5 has it; adapters keep that scale).
TEXT_UNIT = 12.0
#: How much more the text leg's best counts where it stands out: this much of its lead over the second.
TEXT_LEAD = 1.0
#: Below 1 because BM25 grows with the number of passages too, which says nothing about the query.
TEXT_POWER = 0.75
#: What the vector leg counts where its model knows the query's whole script and a passage's cosine is 1.
VECTOR_WEIGHT = 1.25
#: What it counts in an unknown script: enough to order what the text leg has not found, too little to overtake it.
_TIE_BREAK = 1e-3

#: Among so many first hits stand the best of each leg: this many of the text's, and of the vectors' those that stand out so far,
#: where their model reads the query.
_HEAD, _TEXT_HEAD, _VECTOR_HEAD, _STANDS_OUT = 5, 1, 2, 0.2

#: Scripts, as Unicode names begin, of languages that are not written in Latin letters.
_SCRIPTS = {
    "ko": ("HANGUL",),
    "ja": ("HIRAGANA", "KATAKANA", "CJK"),
    "zh": ("CJK",),
    "th": ("THAI",),
    "hi": ("DEVANAGARI",),
    "ar": ("ARABIC",),
    "fa": ("ARABIC",),
    "he": ("HEBREW",),
    "el": ("GREEK",),
    "ru": ("CYRILLIC",),
    "uk": ("CYRILLIC",),
    "bg": ("CYRILLIC",),
}
_READ = 1000
_LETTERS = re.compile(r"[^\W\d_]")


def leg_depth(k: int) -> int:
    """How many hits of each leg are needed for ``k`` fused ones."""
    return min(max(2 * k, DEPTH), MAX_HITS)


def fuse(query: str, near: Sequence[Hit], text: Sequence[Hit], k: int, *, languages: Sequence[str] | None = None) -> list[Hit]:
    """The ``k`` best of both legs, each given best first. Scores are weighted means of the legs', in [0, 1]."""
    best = max((hit.score for hit in text), default=0.0)
    text_weight = (max(best, 0.0) / TEXT_UNIT) ** TEXT_POWER
    vector_weight = max(VECTOR_WEIGHT * coverage(query, languages), _TIE_BREAK) if near else 0.0
    texts = _led(text, best)
    vectors = _standing_out(near)
    total = (text_weight * max(texts.values(), default=0.0) + vector_weight) or 1.0
    fused = [
        replace(hit, score=(text_weight * texts.get(key, 0.0) + vector_weight * vectors.get(key, 0.0)) / total)
        for key, hit in _joined(near, text).items()
    ]
    # Sorting is stable: what scores nothing keeps the order of its leg.
    ranked = sorted(fused, key=lambda hit: -hit.score)
    read = vector_weight > VECTOR_WEIGHT / 2
    first = {hit.chunk.key for hit in near[:_VECTOR_HEAD] if read and vectors[hit.chunk.key] >= _STANDS_OUT}
    return _with_both(ranked, first | {hit.chunk.key for hit in text[:_TEXT_HEAD]})[:k]


def coverage(query: str, languages: Sequence[str] | None) -> float:
    """The share of the query's letters that belong to scripts of these languages, in [0, 1].

    1 where nothing is declared (the legs' scores must then decide alone) and where there are no letters.
    """
    letters = _LETTERS.findall(unicodedata.normalize("NFKC", query[:_READ]))
    if not languages or not letters:
        return 1.0
    scripts = tuple(script for language in languages for script in _SCRIPTS.get(language.lower().partition("-")[0], ("LATIN",)))
    return sum(unicodedata.name(letter, "").startswith(scripts) for letter in letters) / len(letters)


def _led(text: Sequence[Hit], best: float) -> dict[str, float]:
    """For each hit of the text leg its share of the best score, and for the best more the further it leads; in [0, 1]."""
    if best <= 0:
        return {}
    lead = TEXT_LEAD * (best - text[1].score) / best if len(text) > 1 else 0.0
    shares = {hit.chunk.key: hit.score / best for hit in text}
    shares[text[0].chunk.key] += lead
    return shares


def _with_both(ranked: Sequence[Hit], wanted: AbstractSet[str]) -> list[Hit]:
    """The ranking with every one of ``wanted`` among its first hits, there in the ranking's order, at the cost of the last of these."""
    late = [hit for hit in ranked[_HEAD:] if hit.chunk.key in wanted]
    if not late:
        return list(ranked)
    spare = [hit.chunk.key for hit in ranked[:_HEAD] if hit.chunk.key not in wanted][-len(late) :]
    stay = [hit for hit in ranked[:_HEAD] if hit.chunk.key not in spare]
    pushed = [hit for hit in ranked if hit.chunk.key not in {one.chunk.key for one in (*stay, *late)}]
    # Scores order the hits: who came up has that of the best it passed.
    least = max((hit.score for hit in pushed), default=0.0)
    return [*stay, *(replace(hit, score=max(hit.score, least)) for hit in late), *pushed]


def _standing_out(near: Sequence[Hit]) -> dict[str, float]:
    """For each hit of the vector leg the share of the way from the leg's last cosine to 1."""
    if not near:
        return {}
    floor = min(hit.score for hit in near)
    room = max(1.0 - floor, 1e-6)
    return {hit.chunk.key: min(1.0, (hit.score - floor) / room) for hit in near}


def _joined(near: Sequence[Hit], text: Sequence[Hit]) -> dict[str, Hit]:
    joined = {hit.chunk.key: hit for hit in text}
    for hit in near:
        worded = joined.get(hit.chunk.key)
        joined[hit.chunk.key] = replace(worded, vector_score=hit.vector_score) if worded else hit
    return joined
