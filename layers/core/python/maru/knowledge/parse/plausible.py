"""Whether characters that bytes were taken for are a text that people write, or noise."""

import functools
import re
import unicodedata

_SAMPLE = 20_000
_LETTERS = re.compile(r"[^\W\d_]+")
_TYPOGRAPHIC = frozenset("“”‘’„‚«»‹›–—…·•°§©®€£¥№、。「」『』（）！？，：；～　")
#: Scripts that are written with one another, as the first word of their letters' names.
_MIXED = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK", "HALFWIDTH": "CJK"}
#: Parts of the Han characters that are in daily use, as the national sets order them: the first levels of each.
_DAILY = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6), ("shift_jis", 0x88, 0x97))


def looks_binary(text: str, *, strictly: bool = False) -> bool:
    """Whether the beginning, the middle or the end of a text holds more than a little (`strictly`: anything) that is no writing."""
    middle = max(0, len(text) // 2 - _SAMPLE // 2)
    return any(_is_noise(part, strictly) for part in {text[:_SAMPLE], text[middle : middle + _SAMPLE], text[-_SAMPLE:]})


def _is_noise(part: str, strictly: bool) -> bool:
    odd = sum(1 for char in part if _is_odd(char))
    return odd > (0 if strictly else 0.02 * len(part) + 2)


def _is_odd(char: str) -> bool:
    if char < "\xa0":
        return (char < " " or char > "\x7e") and char not in "\t\n\r\f\v\x1b\x85"
    return char == "\ufffd" or (char > "\u0250" and unicodedata.category(char) in {"Cn", "Cs"})


def hangul_share(text: str) -> float:
    """How much of what is not ASCII is Hangul of everyday Korean, 0 where most of it is none or has syllables that nobody uses.

    Everyday are the 2,350 syllables of KS X 1001: bytes that are taken for Korean in a wrong encoding hit them one time in five. Letters
    that Korean has given up stand where EUC-JP has the later half of its hiragana, which no Japanese sentence does without.
    """
    foreign = [char for char in text[: 10 * _SAMPLE] if char > "\x7f"]
    syllables = [char for char in foreign if "가" <= char <= "힣"]
    jamo = sum(1 for char in foreign if "ㄱ" <= char <= "ㅣ")
    if sum(1 for char in foreign if "ㅥ" <= char <= "ㆎ") > 0.02 * len(foreign):
        return 0.0
    if not foreign or len(syllables) + jamo < 0.6 * len(foreign):
        return 0.0
    everyday = sum(1 for char in syllables if _in_ks(char))
    return (everyday + jamo) / len(foreign) if everyday + jamo > 0.5 * len(foreign) else 0.0


def kana_share(text: str) -> float:
    """How much of what is not ASCII is kana, 0 where the rest is not written as people write."""
    foreign = [char for char in text[:_SAMPLE] if char > "\x7f"]
    kana = sum(1 for char in foreign if "ぁ" <= char <= "ゖ" or "ァ" <= char <= "ー")
    return kana / len(foreign) if foreign and is_plausible(text) else 0.0


@functools.lru_cache(12_000)
def _in_ks(char: str) -> bool:
    try:
        char.encode("euc_kr")
    except UnicodeEncodeError:
        return False
    return len(char.encode("euc_kr")) == 2  # others are spelt out there, in eight bytes


def is_plausible(text: str, *, latin: bool = False) -> bool:
    """Whether a text that was guessed is written as people write: words of one script, in small letters or capitals, and few signs.

    With `latin` it must be a text in Latin letters, most of them plain ones, with accents here and there.
    """
    part = text[:_SAMPLE]
    foreign = [char for char in part if char > "\x7f"]
    words = _LETTERS.findall(part)
    if looks_binary(text) or any(_is_no_writing(char) for char in part):
        return False
    if not foreign:
        return True
    good = sum(1 for word in words if _is_word(word) for char in word if char > "\x7f")
    signs = sum(1 for char in foreign if char in _TYPOGRAPHIC)
    if latin:
        letters = sum(map(len, words))
        plain = sum(1 for word in words for char in word if char.isascii())
        return good + signs >= 0.8 * len(foreign) and plain >= 0.6 * letters
    return good + min(signs, good) >= 0.8 * len(foreign)


def _is_no_writing(char: str) -> bool:
    return not " " <= char < "\x7f" and char not in "\t\n\r\f\v" and unicodedata.category(char) in {"Cc", "Co"}


def _is_word(word: str) -> bool:
    scripts = {_script(char) for char in word}
    if len(scripts) > 1:
        return False
    if scripts == {"CJK"}:
        return all(_is_daily(char) for char in word)
    return word[1:] == word[1:].lower() or word == word.upper()


@functools.lru_cache(12_000)
def _script(char: str) -> str:
    first = unicodedata.name(char, "?").partition(" ")[0]
    return _MIXED.get(first, first)


@functools.lru_cache(12_000)
def _is_daily(char: str) -> bool:
    if not unicodedata.name(char, "").startswith("CJK UNIFIED"):
        return True
    for encoding, first, last in _DAILY:
        try:
            lead = char.encode(encoding)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last:
            return True
    return False
