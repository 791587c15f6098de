"""Words of Korean and English text made comparable: English stemmed lightly, Korean without its particles and endings."""

import re
from dataclasses import dataclass
from functools import lru_cache

#: Numbers keep their inner commas and points; Latin words their apostrophe; Hangul and ideographs stand in runs.
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)?|[가-힣]+|[぀-ヿ㐀-鿿]+")
_HANGUL = re.compile(r"[가-힣]")
#: Particles, copulas and endings, the longest first; one is cut where at least two syllables (or all but it) remain.
_ENDINGS = sorted(
    "이라고 라고 이라는 라는 이란 란 으로서 로서 으로써 로써 으로부터 로부터 에서는 에서도 에서의 에서 에게서 에게는 에게 한테 께서 까지는 까지 부터 보다 처럼 만큼 마다 조차 밖에 "
    "으로는 으로도 으로 로는 로도 로 에는 에도 에 의 은 는 이 가 을 를 과 와 도 만 이나 나 이며 며 이고 고 이자 이었던 였던 이었다 였다 이다 입니다 인가요 인가 일까요 일까 인지 이었는가 "
    "였는가 하는가 하나요 합니까 입니까 습니까 나요 는가 은가 던가 는지 은지 을까 을까요 었는가 았는가 했는가 했나요 하였는가 하였나요 하였다 했다 한다 하는 하던 하여 하고 하며 하기 하지 한 할 함 "
    "되었다 됐다 된다 되는 되어 되었는가 되었나요 되나요 된 될 됨 시킨 시키는 시켰다 받은 받는 받았다 들은 들이 들의 들을 들에게 들".split(),
    key=len,
    reverse=True,
)


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
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= (2 if len(ending) == 1 else 1):
            return word[: -len(ending)]
    return word


_IRREGULAR = {
    "won": "win", "wrote": "write", "written": "write", "began": "begin", "begun": "begin", "made": "make", "took": "take", "taken": "take", "gave": "give", "given": "give",
    "went": "go", "gone": "go", "came": "come", "became": "become", "led": "lead", "held": "hold", "built": "build", "sold": "sell", "bought": "buy", "lost": "lose", "found": "find",
    "founded": "found", "knew": "know", "known": "know", "grew": "grow", "grown": "grow", "born": "birth", "died": "death", "die": "death", "dead": "death", "children": "child",
    "men": "man", "women": "woman", "people": "person", "sang": "sing", "sung": "sing", "song": "sing", "spoke": "speak", "spoken": "speak", "fought": "fight", "taught": "teach",
    "thought": "think", "left": "leave", "paid": "pay", "said": "say", "told": "tell", "saw": "see", "seen": "see", "ran": "run", "met": "meet", "sent": "send", "spent": "spend",
    "stood": "stand", "understood": "understand", "chose": "choose", "chosen": "choose", "drew": "draw", "drawn": "draw", "fell": "fall", "fallen": "fall", "kept": "keep", "meant": "mean",
    "brought": "bring", "caught": "catch", "broke": "break", "broken": "break", "drove": "drive", "driven": "drive", "rose": "rise", "risen": "rise", "shot": "shoot", "showed": "show",
    "shown": "show", "struck": "strike", "swam": "swim", "threw": "throw", "thrown": "throw", "wore": "wear", "worn": "wear", "countries": "country",
}  # fmt: skip


def _english_stem(word: str) -> str:
    if word in _IRREGULAR:
        word = _IRREGULAR[word]
    for suffix, instead, least in (
        ("ies", "y", 3),
        ("sses", "ss", 3),
        ("ing", "", 3),
        ("ied", "y", 3),
        ("ed", "", 3),
        ("ly", "", 4),
        ("es", "e", 3),
        ("s", "", 3),
    ):
        if word.endswith(suffix) and len(word) - len(suffix) >= least and not word.endswith(("ss", "us", "is")):
            word = _undoubled(word[: -len(suffix)] + instead, suffix)
            break
    return word.removesuffix("e") if len(word) > 4 else word


def _undoubled(stem: str, suffix: str) -> str:
    return stem[:-1] if suffix in {"ing", "ed"} and stem[-1:] == stem[-2:-1] and stem[-1:] not in "lsz" else stem
