"""Where, at the end of a text that still grows, a match may be in progress: from there on nothing can be let go yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from maru.guard import links, secrets
from maru.guard.pii import names_ko, spoken, tagger

_AT_END = r"\Z"
_BLANKS = re.compile(r"\s+")
_CHARACTERS = r"A-Za-z0-9_.%+@:/=?&~#\-"
#: The beginning of what stands for the sign, and the rest of the address once it stands there whole.
_SPELLED_AT = r"[(\[]?a?t?|골뱅?"
_SPELLED_REST = (
    r"(?:\(at\)|\[at\]|at |골뱅이|@)[ ]?[a-z0-9\-]{0,63}(?:[ ]?(?:\(dot\)|\[dot\]|dot |[.점])[ ]?[a-z0-9.\-]{0,32}){0,3}[ ]?[(\[]?d?o?t?"
    r"|골뱅이[ ]?[가-힣a-z0-9\-]{0,32}[ ]?(?:[닷점쩜][ ]?[가-힣a-z]{0,3}(?:[ ]?[닷점쩜][ ]?[가-힣]{0,3})?)?"
)
#: Further words of what stands before the sign, each behind a dot in words.
_SPELLED_MORE = r"(?:(?:[ ]?\(dot\)|[ ]?\[dot\]|[ ]dot|[ ][닷점쩜])[ ]?[가-힣a-z0-9_%+\-]{0,32}){0,3}"
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
    # A registration number told in halves.
    r"(?<!\d)\d{2}[01]\d[0-3]\d(?:[ ,]{0,2}[가-힣]{0,4}){0,2}[ :]{0,2}\d{0,7}",
    # Digits in words.
    rf"(?:{spoken.KOREAN_DIGIT}[ ,.·\-~/]{{0,3}}(?:다시|에)?[ ]?){{2,40}}[하다여아]?",
    rf"(?i:\b(?:(?:{spoken.ENGLISH_DIGIT}|dash|hyphen|\d)[ ,.\-]{{0,2}}){{1,40}}[a-z]{{0,6}})",
    # Mail addresses in words.
    rf"(?i:(?<![\w.%+\-])[가-힣a-z0-9._%+\-]{{1,64}}{_SPELLED_MORE}[ ]?(?:{_SPELLED_AT}|[(\[]?d?o?t?|{_SPELLED_REST}))",
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
#: What may follow a label: an address in parentheses, the definition of one.
_WITHIN_BOTH = r"\((?:[^()\n]|\([^()\n]{0,300}(?:\)|\Z)){0,500}(?:\)|\Z)"
_LED = rf"\](?:\(\s{{0,9}}(?:[^()\n]|{_WITHIN_BOTH}){{0,{links.LONGEST + 300}}}|:\s{{0,9}}<?[^\s>]{{0,{links.LONGEST}}})?"
_LINKS = (
    # Markdown's images and links, with a label or behind one that is too long.
    rf"!?\[(?:[^\[\]]|\[[^\[\]]{{0,200}}(?:\]|\Z)){{0,{links.LABEL}}}(?:{_LED})?",
    _LED,
    r"!",
    # HTML's elements that lead somewhere.
    (rf"(?i:<(?:/?[a-z]{{0,8}}|(?:{links.TAGS})[\s/](?:[^<>\"']|\"[^\"]{{0,4000}}+(?:\"|\Z)|'[^']{{0,4000}}+(?:'|\Z)|[\"']){{0,3000}}+))"),
    # CSS, and addresses by themselves.
    rf"(?i:(?<![\w-])(?:url|image-set)\(\s{{0,9}}[\"']?[^\s\"'();]{{0,{links.LONGEST}}}[\"']?\s{{0,9}})",
    rf"(?i:@import\s{{0,9}}[\"']?[^\s\"'();]{{0,{links.LONGEST}}})",
    rf"(?i:(?<![a-z0-9])(?:(?:https?|ftp|wss?):[/\\]{{1,4}}|www\.|mailto:)[^\s<>\"'`\])}}]{{0,{links.LONGEST}}})",
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


@dataclass(frozen=True)
class Phrases:
    """What a policy's phrases may begin with, themselves included: folded, with one blank between words."""

    beginnings: frozenset[str]
    #: The characters with which one begins, and the places from the end of a text that one may reach back.
    firsts: frozenset[str]
    reach: int


@lru_cache(maxsize=256)
def phrases_of(phrases: frozenset[str]) -> Phrases:
    """Of phrases as a policy writes them."""
    folded = {" ".join(one.casefold().split()) for one in phrases} - {""}
    beginnings = frozenset(one[:end] for one in folded for end in range(1, len(one) + 1))
    return Phrases(beginnings, frozenset(one[0] for one in folded), 2 * max(map(len, folded), default=0))  # blanks may be several


NO_PHRASES = phrases_of(frozenset())


def open_at(text: str, checks: Sequence[str], phrases: Phrases = NO_PHRASES) -> int:
    """The place from which a match of one of these checks, or one of the phrases, may be in progress; the text's length where none can be.

    A phrase that is there whole is in progress until it is told what follows it.
    """
    found = _open(tuple(checks)).search(text)
    return min(found.start() if found else len(text), _phrase_at(text, phrases))


def _phrase_at(text: str, phrases: Phrases) -> int:
    for at in range(max(0, len(text) - phrases.reach), len(text)):
        if text[at].casefold()[:1] in phrases.firsts and _BLANKS.sub(" ", text[at:].casefold()) in phrases.beginnings:
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
