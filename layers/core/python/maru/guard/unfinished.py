"""Where, at the end of a text that still grows, a match may be in progress: from there on nothing can be let go yet."""

import re
from collections.abc import Collection, Sequence
from functools import cache

from maru.guard import secrets
from maru.guard.pii import names_ko, tagger

_AT_END = r"\Z"
_BLANKS = re.compile(r"\s+")
_CHARACTERS = r"A-Za-z0-9_.%+@:/=?&~#\-"
#: The beginning of what stands for the sign, and the rest of the address once it stands there whole.
_SPELLED_AT = r"[(\[]?a?t?|골뱅?"
_SPELLED_REST = (
    r"(?:\(at\)|\[at\]|at |골뱅이|@)[ ]?[a-z0-9\-]{0,63}[ ]?(?:[(\[]?d?o?t?|(?:\(dot\)|\[dot\]|dot |[.점])[ ]?[a-z.]{0,6})"
    r"|골뱅이[ ]?[가-힣]{0,4}[ ]?(?:[닷점쩜][ ]?(?:[가-힣]|[a-z]{0,3}))?"
)
_TOKENS = (
    # Addresses, keys, tokens, numbers: whatever has no blank inside.
    rf"(?<![{_CHARACTERS}])[{_CHARACTERS}]{{1,9000}}",
)
#: What stands in small letters within names of people and of streets.
_WITHIN = r"of|de|la|das?|dos?|del|della|dalla|degli|du|des|van|von|der|den|u|nad|pod|zum?|zur|am|sur|en|el|al|ter|ten"
_PERSONAL = (
    # Numbers in groups, prefixes of countries and regions included.
    r"(?<![\dA-Za-z])[+(]{0,2}(?:\d|[Oo]1[Oo])[\d .,\-·~_()/\u1173一]{0,60}(?:e?x?t?\.? ?\d{0,6})?",
    r"(?<![\dA-Za-z가-힣])(?:[가-힣]{1,4}[ ]?)?\d{2,3}[ ]?[가-힣]?[ ]?\d{0,4}",
    r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \-]?[A-Za-z0-9]{1,4}){0,9}[ \-]?",
    # Digits in words.
    r"(?:(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|[공영일이삼사오육륙칠팔구\d])[ ,.·\-~/]{0,3}(?:다시|에)?[ ]?){2,40}[하다여아]?",
    r"(?i:\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|nought|dash|hyphen|\d)[ ,.\-]{0,2}){1,40}[a-z]{0,6})",
    # Mail addresses in words.
    rf"(?i:(?<![\w.%+\-])[a-z0-9._%+\-]{{2,64}}[ ]?(?:{_SPELLED_AT}|{_SPELLED_REST}))",
    # Names and street addresses of Latin letters, with the two words that follow them and may tell what they are.
    (
        r"(?<![A-Za-z])(?!(?:The|This|That|It|I|In|On|At|You|We|He|She|They|If|To|For|And|But|Yes|No|Here|There|As|When|Please)[ ,])"
        rf"(?:\d{{1,6}}[A-Za-z]?[ ,]{{1,2}})?[{tagger.CAPITALS}][\w'’.\-]{{0,40}}"
        rf"(?:[ ,\n]{{1,3}}(?:[{tagger.CAPITALS}0-9#][\w'’.\-]{{0,40}}|{_WITHIN}|and|&)){{0,14}}"
        r"(?:[ ,.;:!?\n'’)]{0,3}[a-zß-ÿ]{0,15}){0,2}(?:[ ]\d{0,5}[A-Za-z]?\.?)?"
    ),
    # Names in Hangul with the title that may follow.
    rf"(?<![가-힣])(?:{names_ko.SURNAME})[가-힣]{{1,3}}[ ]{{0,2}}[가-힣]{{0,4}}",
    r"(?<![가-힣])[가-힣]{1,12}[ ]?",
    # Korean addresses.
    (
        rf"(?<![가-힣])(?:(?:{names_ko.PROVINCE}|[가-힣0-9]{{1,12}}(?:시|도|군|구|읍|면|동|리|로|길|가|번길))[ ,]{{1,2}}){{1,8}}"
        r"[가-힣0-9A-Za-z\-,()· ]{0,40}"
    ),
)
_ANNOUNCED = (
    # What a word announces.
    (
        rf"(?i:{secrets.NAMED}\s{{0,3}}"
        r"(?:is|[:=]|은|는)\s{0,3}[\"'`]?\S{0,100})"
    ),
    # Key blocks.
    r"-----BEGIN(?:(?!-----END [A-Z ]{0,40}-----)[\s\S]){0,9000}",
)
_LINKS = (
    # Images and links.
    r"!?\[[^\]\n]{0,500}(?:\](?:\([^)\n]{0,2300})?)?",
    r"!",
    r"<[^<>\n]{0,1000}",
)
#: A character takes one or, beyond the basic plane, two of JSON's escapes; backslashes double with each layer of JSON.
_HALF_ESCAPE = re.compile(r"\\+(?:u(?:[0-9A-Fa-f]{0,3}|[dD][89abAB][0-9A-Fa-f]{2}(?:\\+(?:u(?:[dD](?:[c-fC-F][0-9A-Fa-f]?)?)?)?)?))?\Z")


#: Fragments of code: elements, statements, commands, conditions behind a quote.
_CODE = (
    r"<[^<>]{0,1000}",
    r"(?i:(?<![A-Za-z])(?:select|insert|update|delete|drop|truncate|alter|union|rm|dd|nc|curl|wget|mkfs)(?![A-Za-z])[^;]{0,520})",
    r"(?:;|&&|\|\|)[^\n]{0,220}",
    r"['\"]\s{0,3}[^\n'\"]{0,4}(?:[^\n'\"]{0,40}['\"]?){0,3}",
    r":\([^\n]{0,20}",
)


#: What each check may be in the midst of; a check that is not named here may be in the midst of anything. What ``topics`` looks for is
#: the policy's own.
_BY_CHECK = {
    "secrets": (*_TOKENS, *_ANNOUNCED),
    "pii": (*_TOKENS, *_PERSONAL),
    "links": (*_TOKENS, *_LINKS),
    "code": (*_TOKENS, *_CODE),
    "topics": _TOKENS,
}
_ALL = (*_TOKENS, *_PERSONAL, *_ANNOUNCED, *_LINKS)


def open_at(text: str, checks: Sequence[str], phrases: Collection[str] = ()) -> int:
    """The place from which a match of one of these checks, or one of the phrases, may be in progress; the text's length where none can be.

    Phrases are folded, with one blank between their words. One that is there whole is in progress until it is told what follows it.
    """
    found = _open(tuple(checks)).search(text)
    return min(found.start() if found else len(text), _phrase_at(text, phrases))


def _phrase_at(text: str, phrases: Collection[str]) -> int:
    longest = 2 * max(map(len, phrases), default=0)  # blanks between words may be several
    for at in range(max(0, len(text) - longest), len(text)):
        rest = _BLANKS.sub(" ", text[at:].casefold())
        if any(one.startswith(rest) for one in phrases):
            return at
    return len(text)


@cache
def _open(checks: tuple[str, ...]) -> re.Pattern[str]:
    forms = dict.fromkeys(form for name in checks for form in _BY_CHECK.get(name, _ALL))
    return re.compile("|".join(f"(?:{form}){_AT_END}" for form in forms))


def half_escape(text: str) -> int:
    """Where a JSON escape begins that is cut off at the end; the text's length where none is."""
    found = _HALF_ESCAPE.search(text)
    return found.start() if found else len(text)
