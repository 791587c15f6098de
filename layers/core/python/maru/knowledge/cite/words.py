"""Words of Korean and English text reduced so that a claim and its source meet: NFKC, particles stripped, light stems."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from maru.knowledge.cite.lexicon import ENGLISH_STOPS, KOREAN_STOPS


class Word(NamedTuple):
    """A word as written (NFKC), its reduced form, and where it stands in the normalised text."""

    surface: str
    stem: str
    start: int
    end: int


_MARKUP = re.compile(r"\*\*|__|`+|^\s*(?:#{1,6}\s+|>\s*|[-*•·▪]\s+|\(?\d{1,2}[.)]\s+)+", re.MULTILINE)
_MARKER = re.compile(r"\s*\[\s*\d{1,3}(?:\s*,\s*\d{1,3})*\s*\]")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "～": "~", "〜": "~", "∼": "~"})


def normalise(text: str) -> str:
    """NFKC with plain dashes and quotation marks, without Markdown emphasis, list marks and `[n]` markers."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text).translate(_QUOTES))
    return _MARKER.sub("", _MARKUP.sub("", plain)).strip()


def squeezed(text: str) -> str:
    """Letters and digits of `text` alone, lower case, for the test whether one text stands verbatim in another."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


# Hangul with the Latin or digits it follows stay apart: "CEO는" is the word CEO and a particle.
_WORD = re.compile(r"[A-Za-z][A-Za-z.'&-]*[A-Za-z0-9]|[A-Za-zÀ-ɏ]+|(?<![\d가-힣])[가-힣]+|[一-鿿]+")


def words(text: str) -> list[Word]:
    """Words of normalised text in order, numbers left out (:mod:`quantities` reads those)."""
    return [Word(match.group(), stem(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)]


def content(found: list[Word]) -> list[Word]:
    """The words that carry meaning: no articles, particles, auxiliaries or pronouns."""
    followers = [*found[1:], None][: len(found)]
    return [
        word for word, after in zip(found, followers, strict=True) if word.stem and (not _is_stop(word.stem) or _is_letter(word, after))
    ]


def _is_stop(word_stem: str) -> bool:
    return word_stem in ENGLISH_STOPS or word_stem in KOREAN_STOPS


def _is_letter(word: Word, after: Word | None) -> bool:
    """A letter that names something, such as A팀 or Team B."""
    return (
        len(word.surface) == 1
        and word.surface.isupper()
        and word.surface != "I"
        and (word.start > 0 or (after is not None and after.start == word.end))
    )


def is_hangul(text: str) -> bool:
    """Whether the first sign is a Hangul syllable."""
    return "가" <= text[:1] <= "힣"


def hangul_share(text: str) -> float:
    """Hangul syllables among all letters, 0 where there are none; syllables that are taken apart (NFD) are counted whole."""
    letters = [char for char in unicodedata.normalize("NFC", text) if char.isalpha()]
    return sum(map(is_hangul, letters)) / len(letters) if letters else 0.0


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The reduced form of one word."""
    return _korean_stem(word) if is_hangul(word) else _english_stem(word.casefold())


_JOSA = (
    "에서부터|으로부터|로부터|에게서|으로서|으로써|이라고|이라는|입니다|이었다|였다|에서는|에서도|에서의|에게는|까지는|까지의|까지만|부터는|부터의|으로는|으로도|으로의"
    "|이라면|이어야|에서만|라고|라는|이란|에는|에도|에만|에의|에서|에게|께서|한테|으로|로서|로써|로는|로도|까지|부터|처럼|보다|만큼|마다|조차|마저|밖에|이나|이며|이고|이다"
    "|이든|이라|와의|과의|와는|과는|만을|만은|만이|들은|들이|들을|들의|들에게|들도|은|는|이|가|을|를|의|에|와|과|도|만|로|나|며|고|란|랑|요|님"
)
_JOSA_END = re.compile(rf"(?<=[가-힣]{{2}})(?:{_JOSA})$")
_PREDICATE = re.compile(
    r"(?<=[가-힣]{2})(?:하여야|되어야|시키|시켜|시킨|시킬|하|되|한|된|할(?=$|[지수])|될(?=$|[지수])|함|됨|했|됐|합니|됩니|합시|해야|해도|해서|해$|돼|받|당하|당한).*$"
)
_COPULA = re.compile(r"(?<=[가-힣]{2})(?:이었|였|입니|인데|이므로|이지만|이면서|이면|인지|이에요|예요|인$).*$")


def _korean_stem(word: str) -> str:
    reduced = _COPULA.sub("", _PREDICATE.sub("", word))
    if reduced == word:
        reduced = _JOSA_END.sub("", word)
    return reduced


_IRREGULAR = {
    "were": "be", "was": "be", "is": "be", "are": "be", "been": "be", "being": "be", "has": "have", "had": "have", "did": "do",
    "does": "do",
    "men": "man", "women": "woman", "children": "child", "people": "person", "paid": "pay", "took": "take", "taken": "take", "gave": "give",
    "given": "give", "began": "begin", "begun": "begin", "won": "win", "led": "lead", "built": "build", "held": "hold", "made": "make",
    "wrote": "write", "written": "write", "rose": "rise", "risen": "rise", "fell": "fall", "fallen": "fall", "grew": "grow",
    "grown": "grow",
    "sent": "send", "kept": "keep", "left": "leave", "leaves": "leave", "lost": "lose", "met": "meet", "sold": "sell", "bought": "buy",
    "became": "become", "came": "come", "went": "go", "gone": "go", "known": "know", "knew": "know", "chosen": "choose", "chose": "choose",
    "found": "find", "founded": "establish", "said": "say", "saw": "see", "seen": "see", "ran": "run", "spoke": "speak", "taught": "teach",
}  # fmt: skip
_ENDINGS = (
    ("ization", "ize"), ("isation", "ize"), ("ational", "ate"), ("fulness", "ful"), ("ations", "ate"), ("ation", "ate"), ("ities", "ity"),
    ("iness", "y"), ("ments", "ment"), ("ness", ""), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ies", "y"),
    ("ied", "y"),
    ("ingly", ""), ("edly", ""), ("ing", ""), ("ed", ""), ("ly", ""), ("'s", ""), ("s", ""),
)  # fmt: skip


def _english_stem(word: str) -> str:
    word = word.removesuffix("'s").replace(".", "").strip("'-&")
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us", "is")):
            return _bare(word[: -len(ending)] + instead)
    return _bare(word)


def _bare(base: str) -> str:
    """Without a doubled last consonant and a silent e, so that plan, planned and planning meet."""
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "aeiouls":
        base = base[:-1]
    return base[:-1] if len(base) > 3 and base.endswith("e") else base


def weights(found: list[Word]) -> dict[str, float]:
    """Units of overlap and their weights: a Latin word one unit, a Hangul word its syllable pairs, each word 1 in all."""
    total: dict[str, float] = {}
    for word in found:
        for unit, weight in units(word.stem):
            total[unit] = max(total.get(unit, 0.0), weight)
    return total


def units(word_stem: str) -> list[tuple[str, float]]:
    """Overlap units of one stem."""
    if not is_hangul(word_stem):
        return [(word_stem, 1.0)]
    if len(word_stem) == 1:
        return [(word_stem, 0.3)]
    pairs = [word_stem[i : i + 2] for i in range(len(word_stem) - 1)]
    return [(pair, 1.0 / len(pairs)) for pair in pairs]


def coverage(claim: dict[str, float], source: dict[str, float]) -> float:
    """How much of the claim's weight the source holds, 0 to 1."""
    whole = sum(claim.values())
    return sum(weight for unit, weight in claim.items() if unit in source) / whole if whole else 0.0
