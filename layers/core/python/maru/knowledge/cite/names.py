"""Names in a claim: people, organisations, places and quoted terms, as far as Korean and English writing shows them."""

import re
from typing import NamedTuple

from maru.knowledge.cite.lexicon import (
    CALENDAR_WORDS,
    COMMON_NOUNS,
    COMMON_STARTS,
    ENGLISH_STOPS,
    ENGLISH_TITLES,
    NAME_ALIASES,
    ORGANISATION_HEADS,
    PLACES,
    STRONG_TAILS,
    SURNAMES,
    TITLES,
    WEAK_TAILS,
)
from maru.knowledge.cite.words import Word, is_hangul, stem, words


class Name(NamedTuple):
    """A name by its words; `sure` False where it only may be one."""

    parts: tuple[str, ...]
    sure: bool
    start: int
    end: int


_SEQUENCE = re.compile(
    r"(?<![A-Za-z0-9])[A-ZÀ-Þ][\w'&.-]*(?:\s(?:of|of the|de|van|von|la|du|al|bin|&|for)(?=\s[A-Z])|\s[A-ZÀ-Þ][\w'&.-]*)*"
)
_OPENING = re.compile(r"(?:^|[.!?:;]\s+|[\"'(]\s*|\n\s*)$")
_COMMON_ENDINGS = ("s", "ing", "tion", "ment", "ity", "ness", "ance", "ence", "ly", "ers", "ed", "ship", "age")
_LINKS = frozenset(("of", "the", "de", "van", "von", "la", "du", "al", "bin", "&", "for", "and", "at", "in"))


def names(text: str) -> list[Name]:
    """Names of normalised text in order."""
    found = [*_quoted(text), *_korean(text)]
    if not _title_case(text):
        found += [name for match in _SEQUENCE.finditer(text) if (name := _english(text, match))]
    return sorted(found, key=lambda name: name.start)


def _title_case(text: str) -> bool:
    latin = [word for word in re.findall(r"[A-Za-z]{2,}", text) if word.casefold() not in _LINKS]
    return len(latin) >= 4 and sum(word[0].isupper() for word in latin) / len(latin) > 0.85


def _english(text: str, match: re.Match[str]) -> Name | None:
    parts = match.group().split()
    opening = _OPENING.search(text[: match.start()]) is not None
    written = len(parts)
    while parts and opening and _ordinary(parts[0]):
        parts = parts[1:]
    kept = tuple(part for part in map(_bare, parts) if part.casefold() not in _LINKS | CALENDAR_WORDS | ENGLISH_TITLES and len(part) > 1)
    if not kept or (not opening and all(part.casefold() in ENGLISH_STOPS and not part.isupper() for part in kept)):
        return None
    alone = opening and len(kept) == 1 and written == 1
    if alone and not kept[0].isupper() and kept[0].casefold().endswith(_COMMON_ENDINGS):
        return None
    return Name(kept, not alone or kept[0].isupper() or any(c.isupper() for c in kept[0][1:]), match.start(), match.end())


def _bare(part: str) -> str:
    return re.sub(r"'s?$", "", part).strip(".'&-,")


def _ordinary(part: str) -> bool:
    bare = _bare(part).casefold()
    return (bare in COMMON_STARTS or bare in ENGLISH_STOPS or bare.replace(".", "") == "") and not (
        part.isupper() and len(part) > 1 and part not in {"IT", "A", "I"}
    )


_QUOTES = re.compile(r"[「『《〈<“\"'‘]([^「」『』《》〈〉<>“”\"'‘’\n]{2,40})[」』》〉>”\"'’](?![a-z])")


def _quoted(text: str) -> list[Name]:
    """Terms between quotation marks, unless what stands there is most of the text."""
    spans = [
        match
        for match in _QUOTES.finditer(text)
        if (match.start() == 0 or not text[match.start() - 1].isalnum() or ord(text[match.start()]) > 127)
    ]
    return [Name((match.group(1),), True, *match.span()) for match in spans if len(match.group(1)) * 2 < len(text)]


def _korean(text: str) -> list[Name]:
    found = [word for word in words(text) if is_hangul(word.surface)]
    result = []
    for i, word in enumerate(found):
        before = found[i - 1] if i and text[found[i - 1].end : word.start] == " " else None
        after = found[i + 1] if i + 1 < len(found) and text[word.end : found[i + 1].start] == " " else None
        if _is_full_name(word.surface) and after is not None and after.stem.endswith(_LONG_TITLES):
            # Before a title nothing of it is a particle, though it may end like one (정다은 상무).
            result.append(Name((word.surface,), True, word.start, word.end))
        elif (kind := _kind(word, before, after)) is not None:
            result.append(Name((_base(word),), kind, word.start, word.end))
    return result


def _is_full_name(text: str) -> bool:
    """Whether a word has the shape of a Korean person's name: a surname and two syllables."""
    return len(text) == 3 and text[0] in SURNAMES and text not in COMMON_NOUNS


def _base(word: Word) -> str:
    """The stem, without a title that is written together with the name."""
    for title in _ATTACHED:
        if word.stem.endswith(title) and len(word.stem) - len(title) == 3:
            return word.stem[:3]
    return word.stem


_ATTACHED = sorted(TITLES, key=len, reverse=True)
_LONG_TITLES = tuple(title for title in _ATTACHED if len(title) > 1 or title == "씨")


def _kind(word: Word, before: Word | None, after: Word | None) -> bool | None:
    """True for a name, False for what may be one, None for neither."""
    base = _base(word)
    if base in COMMON_NOUNS or len(base) < 2:
        return None
    if base in PLACES or _is_post(base) or any(base.endswith(tail) and len(base) >= len(tail) + 2 for tail in STRONG_TAILS):
        return True
    person = _is_full_name(base)
    titled = (
        base != word.stem or (after is not None and after.stem.endswith(_LONG_TITLES)) or (before is not None and before.surface in TITLES)
    )
    if person and titled:
        return True
    return False if person or looks_like_name(base) else None


def looks_like_name(word_stem: str) -> bool:
    """Whether a Korean stem has the shape of a name: the end of an organisation, place or transliteration."""
    return word_stem not in COMMON_NOUNS and len(word_stem) >= 2 and word_stem.endswith(WEAK_TAILS)


def _is_post(word_stem: str) -> bool:
    """Whether a word names a post, such as 인사팀장, which 팀장 alone does not."""
    return any(word_stem.endswith(post) and len(word_stem) >= len(post) + 2 for post in _POSTS)


_POSTS = ("팀장", "부장", "과장", "실장", "본부장", "국장", "센터장", "지점장")


_GENERIC_TAIL = re.compile(r"(?<=[가-힣]{2})(?:특별자치시|특별자치도|특별시|광역시|시|도|군|구|주식회사)$")


def occurs(name: Name, quote: str, squeezed_quote: str) -> bool:
    """Whether the quote names the same: every part of it, or, for a person, the last one without another first name."""
    whole = re.sub(r"[\W_]+", "", "".join(name.parts)).casefold()
    if (
        whole in squeezed_quote
        or _GENERIC_TAIL.sub("", whole) in squeezed_quote
        or _aliased(whole, squeezed_quote)
        or _initials(name, quote)
    ):
        return True
    if len(name.parts) == 1 and not re.search(r"\s", name.parts[0]):
        return _part_occurs(name.parts[0], quote, squeezed_quote)
    present = [_part_occurs(part, quote, squeezed_quote) for part in name.parts]
    return all(present) or (present[-1] and (present[0] or _is_the_same_person(name.parts[-1], quote)))


def _aliased(whole: str, squeezed_quote: str) -> bool:
    return any(
        whole in group and any(len(alias) > 2 and alias in squeezed_quote for alias in group if alias != whole) for group in NAME_ALIASES
    ) or any(whole in group and is_hangul(alias) and alias in squeezed_quote for group in NAME_ALIASES for alias in group)


def _initials(name: Name, quote: str) -> bool:
    """`WHO` for World Health Organization, and the other way round."""
    whole = "".join(name.parts).replace(".", "")
    capitals = [match.group() for match in _SEQUENCE.finditer(quote)]
    if whole.isupper() and 2 <= len(whole) <= 6:
        letters = ["".join(word[0] for word in re.split(r"[\s-]+", run) if word and word[0].isupper()) for run in capitals]
        return any(whole in run or (len(run) > 1 and whole.startswith(run) and whole[len(run) :] == "A") for run in letters)
    short = "".join(part[0] for part in name.parts if part[0].isupper())
    return len(short) > 2 and re.search(rf"(?<![A-Za-z]){re.escape(short)}(?![A-Za-z])", quote) is not None


def _part_occurs(part: str, quote: str, squeezed_quote: str) -> bool:
    if is_hangul(part):
        return part in squeezed_quote
    if len(part) >= 4 and re.sub(r"[\W_]+", "", part).casefold() in squeezed_quote:
        return True
    wanted = stem(part)
    return any(_same(wanted, word.stem) for word in words(quote))


def _same(one: str, other: str) -> bool:
    """Equal, or a country and its adjective: a common beginning of four letters and short ends."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    return not is_hangul(one) and len(shorter) >= 4 and longer.startswith(shorter) and len(longer) - len(shorter) <= 3


def _is_the_same_person(last: str, quote: str) -> bool:
    """Whether the quote gives this last name, and never with some first name before it."""
    if last.casefold() in ORGANISATION_HEADS or not re.search(rf"\b{re.escape(last)}\b", quote):
        return False
    firsts = {_bare(match.group(1)).casefold() for match in re.finditer(rf"([A-Z][\w'.-]+)\s+{re.escape(last)}\b", quote)}
    return not firsts - ENGLISH_TITLES - ENGLISH_STOPS - COMMON_STARTS
