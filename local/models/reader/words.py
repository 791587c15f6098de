"""Words of Korean and English text made comparable: English stemmed lightly, Korean without its particles and endings."""

import re
from dataclasses import dataclass
from functools import lru_cache

from local.models.reader.lexicon import ENDINGS, IRREGULAR

#: Numbers keep their inner commas and points; Latin words their apostrophe; Hangul and ideographs stand in runs.
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)?|[가-힣]+|[぀-ヿ㐀-鿿]+")
_HANGUL = re.compile(r"[가-힣]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands at `start:end`, and `key`, by which it is compared."""

    text: str
    key: str
    start: int
    end: int

    @property
    def hangul(self) -> bool:
        """Whether it is compared by pairs of syllables."""
        return bool(_HANGUL.match(self.key))

    @property
    def number(self) -> bool:
        """Whether it is written in digits."""
        return self.text[0].isdigit()

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital Latin letter, as names do."""
        return self.text[0].isupper()


def words(text: str) -> list[Word]:
    """The words of `text` in order."""
    return [Word(match[0], key(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]


@lru_cache(maxsize=65536)
def key(word: str) -> str:
    """What two forms of one word have in common."""
    if _HANGUL.match(word):
        return _korean_stem(word)
    if word[0].isdigit():
        return word.replace(",", "")
    return _english_stem(re.sub(r"['’](?:s|S)$", "", word).casefold())


def pairs(stem: str) -> tuple[str, ...]:
    """The pairs of neighbouring syllables of a Korean stem; a single syllable is itself."""
    return tuple(stem[place : place + 2] for place in range(len(stem) - 1)) or (stem,)


def _korean_stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= (2 if len(ending) == 1 else 1):
            return word[: -len(ending)]
    return word


_SUFFIXES = (
    ("ies", "y", 3),
    ("sses", "ss", 3),
    ("ing", "", 3),
    ("ied", "y", 3),
    ("ed", "", 3),
    ("ly", "", 4),
    ("es", "e", 3),
    ("s", "", 3),
)


def _english_stem(word: str) -> str:
    word = IRREGULAR.get(word, word)
    for suffix, instead, least in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= least and not word.endswith(("ss", "us", "is")):
            word = _undoubled(word[: -len(suffix)] + instead, suffix)
            break
    return word.removesuffix("e") if len(word) > 4 else word


def _undoubled(stem: str, suffix: str) -> str:
    return stem[:-1] if suffix in {"ing", "ed"} and stem[-1:] == stem[-2:-1] and stem[-1:] not in "lsz" else stem
