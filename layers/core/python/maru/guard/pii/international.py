"""Identifiers of everywhere: mail, cards, accounts, addresses of machines, phones, and the United States' own."""

import ipaddress
import re

from maru.guard.pii import checksums
from maru.guard.pii.recogniser import Recogniser, always, digits_of
from maru.guard.scripts import words

_BEFORE, _AFTER = r"(?<![\dA-Za-z])(?<!\d[-.,])", r"(?![\dA-Za-z]|[-.,]\d)"
#: Lengths by country of the IBAN registry (SWIFT, release 101), and of countries that write theirs so without being in it.
_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 "
    "FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 "
    "LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 "
    "SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 "
    "DZ26 AO25 BJ28 BF28 CM27 CV25 CF27 TD27 KM27 CG27 GQ27 GA27 GW25 IR26 CI28 MG27 ML28 MA28 MZ25 NE28 SN28 TG28"
)
IBAN_LENGTHS = {one[:2]: int(one[2:]) for one in _LENGTHS.split()}


def _card(value: str) -> float:
    digits = digits_of(value)
    return 0.95 if checksums.luhn(digits) and len(set(digits)) > 1 else 0.0


def iban(value: str) -> float:
    """The score of an IBAN: of its country's length, with its check digits right."""
    compact = re.sub(r"[\s-]", "", value).upper()
    return 0.95 if len(compact) == IBAN_LENGTHS.get(compact[:2]) and checksums.iban(compact) else 0.0


def _address(value: str) -> float:
    try:
        parsed = ipaddress.ip_address(value)
    except ValueError:
        return 0.0
    return 0.0 if parsed.is_unspecified or parsed.is_loopback else 0.85


def _social_security(value: str) -> float:
    return 0.85 if checksums.social_security_number(digits_of(value)) else 0.0


def _phone(value: str) -> float:
    digits = digits_of(value)
    # Numbers of other things begin with noughts too: behind 00 there are a country's code and a whole number.
    return 0.75 if (10 if digits.startswith("00") else 7) <= len(digits) <= 15 else 0.0


def _phone_by_words(value: str) -> float:
    return 0.3 if 8 <= len(digits_of(value)) <= 15 else 0.0


#: Kinds that identify nobody by themselves stay below the usual threshold: a policy that wants them says so.
_VAGUE = 0.4
_PHONE_WORDS = re.compile(r"phone|call|cell|mobile|fax|tel|contact|number|whatsapp|전화|연락|번호|팩스", re.IGNORECASE)

#: The dot of a mail address as it is said or hidden.
_DOT = r"(?: ?\(dot\) ?| ?\[dot\] ?| dot | ?\. ?| ?점 ?)"

RECOGNISERS = (
    Recogniser(
        "pii",
        "EMAIL",
        "mail address",
        re.compile(
            r"(?<![\w.+%-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9가-힣](?:[A-Za-z0-9가-힣-]{0,61}[A-Za-z0-9가-힣])?\.){1,8}(?:[A-Za-z]{2,24}|한국)"
            r"|(?<![\w.+%-])[가-힣]{2,12}@(?:[A-Za-z0-9가-힣-]{1,62}\.){1,4}(?:[A-Za-z]{2,24}|한국)"
        ),
        always(0.95),
        signs="@",
    ),
    Recogniser(
        "pii",
        "EMAIL",
        "mail address written in words",
        re.compile(
            rf"(?i)\b[a-z0-9_%+-]{{1,64}}(?:(?:\.| dot | ?\(dot\) ?| ?\[dot\] ?)[a-z0-9_%+-]{{1,32}}){{0,3}} ?"
            rf"(?:\(at\)|\[at\]| at |골뱅이| @ ) ?"
            rf"(?!(?:the|an?|this|that|our|my|your)\b)[a-z0-9-]{{2,63}}(?:{_DOT}[a-z0-9-]{{2,32}}){{0,2}}"
            rf"{_DOT}(?:com|net|org|io|kr|jp|uk|de|eu|edu|gov)(?![a-z0-9])"
            r"|[가-힣a-z0-9._%+-]{2,64}(?: [닷점쩜] ?[가-힣a-z0-9_-]{1,32})? ?골뱅이 ?"
            r"(?:(?:네이버|지메일|다음|한메일|네이트|카카오|핫메일|야후|아웃룩)(?: ?[닷점쩜] ?(?:컴|넷|com|net))?"
            r"|[가-힣a-z0-9-]{2,32} ?[닷점쩜] ?(?:컴|넷|com|net|co|kr|케이알|(?:씨오|코) ?[닷점쩜] ?케이알))"
        ),
        always(0.7),
        hint=words(r"[( \[]at[) \]]", "골뱅이", " @ "),
    ),
    Recogniser(
        "pii",
        "CREDIT_CARD",
        "payment card: issuer's range and Luhn",
        re.compile(
            rf"{_BEFORE}(?:[3-6]\d{{3}}[ .-]?\d{{4}}[ .-]?\d{{4}}[ .-]?\d{{3,7}}"
            rf"|3[47]\d{{2}}[ -]?\d{{6}}[ -]?\d{{5}}|3[068]\d{{2}}[ -]?\d{{6}}[ -]?\d{{4}}){_AFTER}"
        ),
        _card,
        digits=14,
    ),
    Recogniser(
        "pii",
        "IBAN",
        "IBAN: country's length and modulo 97",
        re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?(?![A-Za-z0-9])"),
        iban,
        digits=2,
        hint=re.compile(r"[a-z]\d\d"),
    ),
    Recogniser(
        "pii",
        "IP_ADDRESS",
        "IPv4 address",
        re.compile(r"(?i)(?<![\d.])(?<!\bv)(?<!\bv\.)(?<!\bver\.)(?<!version )(?<!release )(?<!버전 )(?:\d{1,3}\.){3}\d{1,3}(?![\d]|\.\d)"),
        _address,
        digits=4,
        signs=".",
        hint=re.compile(r"\d\.\d{1,3}\.\d"),
    ),
    Recogniser(
        "pii",
        "IP_ADDRESS",
        "IPv6 address",
        re.compile(
            r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|:)(?::[0-9A-Fa-f]{1,4}){0,6}(?![\w:])"
            r"|(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){1,6}:(?:[0-9A-Fa-f]{1,4}:){0,5}[0-9A-Fa-f]{1,4}(?![\w:])"
        ),
        _address,
        signs=":",
    ),
    Recogniser(
        "pii",
        "URL_CREDENTIALS",
        "URL with user and password",
        re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{1,100}:[^\s/@]{1,200}@[^\s/]{1,255}"),
        always(0.95),
        signs=":@",
    ),
    Recogniser(
        "pii",
        "URL",
        "address of a page",
        re.compile(r"\b(?:https?://|www\.)[^\s<>\"'`\])}]{3,500}", re.IGNORECASE),
        always(_VAGUE),
        hint=words("http", "www"),
    ),
    Recogniser(
        "pii",
        "DATE_TIME",
        "date",
        re.compile(
            r"(?<![\d./-])(?:(?:19|20)\d{2}[-./](?:0?[1-9]|1[0-2])[-./](?:[12]\d|3[01]|0?[1-9])"
            r"|(?:[12]\d|3[01]|0?[1-9])[-./](?:[12]\d|3[01]|0?[1-9])[-./](?:(?:19|20)\d{2}|\d{2})"
            r"|(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
            r" \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?:[ T]\d{2}:\d{2}(?::\d{2})?)?(?![\d/-])"
        ),
        always(_VAGUE),
        digits=4,
        hint=re.compile(r"\d(?:[-./]\d{1,2}[-./]\d|(?:st|nd|rd|th)?,? \d{4})"),
    ),
    Recogniser(
        "pii",
        "PHONE",
        "groups of digits beside words of calling",
        re.compile(
            r"(?<![\w.-])(?:\(\d{1,5}\)[ .-]?|\d{2,5}[ .-])\d{2,5}(?:[ .-]?\d{2,5}){1,3}(?:[ ]?(?:x|ext\.?)[ ]?\d{1,6})?(?![\d]|[.,]\d)"
        ),
        _phone_by_words,
        re.compile(r"phone|call|cell|mobile|fax|\btel|reach|answer|office|whatsapp|전화|연락|팩스", re.IGNORECASE),
        0.65,
        needs_context=True,
        digits=8,
    ),
    Recogniser(
        "pii",
        "PASSPORT",
        "passport number by context",
        re.compile(r"(?i)passport(?: (?:no|number|num)\.?| #)?[ ]?(?:is |[:=#]|was )?[ ]?(?P<value>[A-Z]{0,2}\d{6,9})(?![A-Za-z0-9-])"),
        always(0.85),
        digits=6,
        hint=words("passport"),
    ),
    Recogniser(
        "pii",
        "US_SSN",
        "social security number: areas, groups and serials that are given",
        re.compile(rf"{_BEFORE}\d{{3}}([- ])\d{{2}}\1\d{{4}}{_AFTER}"),
        _social_security,
        re.compile(r"ssn|social|security", re.IGNORECASE),
        0.95,
        digits=9,
    ),
    Recogniser(
        "pii",
        "US_SSN",
        "social security number without separators or with dots, by context",
        re.compile(rf"{_BEFORE}\d{{3}}(\.?)\d{{2}}\1\d{{4}}{_AFTER}"),
        _social_security,
        re.compile(r"\bssn\b|social security", re.IGNORECASE),
        0.95,
        needs_context=True,
        digits=9,
    ),
    Recogniser(
        "pii",
        "PHONE",
        "British mobile number",
        re.compile(r"(?<![\w.-])07\d{3}[ -]?\d{3}[ -]?\d{3}(?!\d|[.,-]\d|[A-Za-z])"),
        always(0.55),
        re.compile(r"phone|call|mobile|\btel|text|ring|sms|whatsapp|contact|number|reach", re.IGNORECASE),
        0.85,
        digits=11,
    ),
    Recogniser(
        "pii",
        "PHONE",
        "international number with its country code",
        re.compile(
            r"(?<![\w+])(?:\+|00)[1-9]\d{0,2}[ .-]?(?:\(\d{1,5}\)[ .-]?)?\d{1,5}(?:[ .-]?\d{2,5}){1,4}"
            r"(?:[ ]?(?:x|ext\.?)[ ]?\d{1,6})?(?!\d|[.,]\d)"
        ),
        _phone,
        _PHONE_WORDS,
        0.9,
        digits=7,
    ),
    Recogniser(
        "pii",
        "PHONE",
        "North American number",
        re.compile(
            r"(?<![\w-])(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\)[ ]?|[2-9]\d{2}[ .-])\d{3}[ .-]?\d{4}"
            r"(?:[ ]?(?:x|ext\.?)[ ]?\d{1,6})?(?![\d\w]|[.,-]\d)"
        ),
        _phone,
        _PHONE_WORDS,
        0.9,
        digits=10,
    ),
)
