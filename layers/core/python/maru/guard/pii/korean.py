"""Korean identifiers."""

import re

from maru.guard.pii import checksums
from maru.guard.pii.recogniser import Recogniser, always, digits_of
from maru.guard.scripts import words

#: Before Hangul an identifier may touch a particle: 010-1234-5678로.
_AFTER_DIGITS = r"(?!\d|-\d|[.,]\d|[A-Za-z])"
_BEFORE_DIGITS = r"(?<![\dA-Za-z])(?<!\d[-.,])"
#: Folding makes of the vowel that is typed for a dash the one that joins.
_GAP = r"[ ]?[-.·~\u1173一]?[ ]?"
_MOBILE_GAP = r"[ ]?[-.·~_/\u1173一]?[ ]?"


def _registration(value: str) -> float:
    digits = digits_of(value)
    if not checksums.registration_date(digits):
        return 0.0
    return 0.95 if checksums.registration_checksum(digits) else 0.75


def _passport(value: str) -> float:
    return 0.5 if value.isalnum() and value[1].isdigit() else 0.3


def _business(value: str) -> float:
    return 0.85 if checksums.business_number(digits_of(value)) else 0.0


def _corporate(value: str) -> float:
    digits = digits_of(value)
    # A registration number has the same length; its date decides.
    return 0.6 if checksums.corporate_number(digits) and not checksums.registration_date(digits) else 0.0


_AREA = r"(?:02|0(?:3[1-3]|4[1-4]|5[1-5]|6[1-4]))"
_SERVICE = r"(?:070|080|050\d|0130)"
_ACCOUNT = words(
    "(?i)계좌", "입금", "송금", "이체", "예금주", "은행", "통장", "뱅크", "농협", "신협", "수협", "새마을금고", "우체국", "account"
)

RECOGNISERS = (
    Recogniser(
        "pii",
        "KR_RRN",
        "registration number: date, century digit, checksum",
        re.compile(rf"{_BEFORE_DIGITS}\d{{2}}[01]\d[0-3]\d{_GAP}[0-9][ ]?\d{{6}}{_AFTER_DIGITS}"),
        _registration,
        words("(?i)주민", "(?<!법인)(?<!사업자)등록\\s?번호", "외국인", "resident", "RRN"),
        0.98,
        digits=13,
    ),
    Recogniser(
        "pii",
        "KR_RRN",
        "registration number told in halves: date, century digit, checksum",
        re.compile(
            rf"{_BEFORE_DIGITS}\d{{2}}[01]\d[0-3]\d(?=[^\d\n]{{1,10}}자리)"
            rf"(?:[ ,]{{0,2}}[가-힣]{{1,4}}){{1,2}}[ :]{{0,2}}\d{{7}}{_AFTER_DIGITS}"
        ),
        _registration,
        digits=13,
        hangul=True,
    ),
    Recogniser(
        "pii",
        "KR_BUSINESS_NUMBER",
        "business registration number: checksum",
        re.compile(rf"{_BEFORE_DIGITS}\d{{3}}[-. ]\d{{2}}[-. ]\d{{5}}{_AFTER_DIGITS}"),
        _business,
        words("(?i)사업자", "등록번호", "business"),
        0.95,
        digits=10,
    ),
    Recogniser(
        "pii",
        "KR_BUSINESS_NUMBER",
        "business registration number without separators: checksum and context",
        re.compile(rf"{_BEFORE_DIGITS}\d{{10}}{_AFTER_DIGITS}"),
        _business,
        words("(?i)사업자"),
        0.9,
        needs_context=True,
        digits=10,
    ),
    Recogniser(
        "pii",
        "KR_CORPORATE_NUMBER",
        "corporate registration number: checksum",
        re.compile(rf"{_BEFORE_DIGITS}\d{{6}}-\d{{7}}{_AFTER_DIGITS}"),
        _corporate,
        words("(?i)법인", "corporat"),
        0.95,
        digits=13,
    ),
    Recogniser(
        "pii",
        "KR_CORPORATE_NUMBER",
        "corporate registration number that is named",
        re.compile(
            rf"(?:법인(?:\s?등록)?\s?번호|corporate (?:registration )?(?:number|no\.?))\S{{0,2}}[\s:：=|\"']{{0,4}}"
            rf"(?P<value>\d{{6}}[- ]?\d{{7}}){_AFTER_DIGITS}",
            re.IGNORECASE,
        ),
        always(0.99),
        digits=13,
    ),
    Recogniser(
        "pii",
        "PHONE",
        "Korean mobile number",
        re.compile(
            # Without a sign before 82 and behind it, what follows with a nought is rather a registration number of 1982.
            rf"(?:(?<![\dA-Za-z])(?:(?:\+|00)82{_GAP}(?:\(0\))?0?|82(?:[ ]?[-.·~][ ]?|[ ]|(?=\())(?:\(0\))?0?|82(?=1))|"
            rf"{_BEFORE_DIGITS}(?:\((?=01\d\)))?[0Oo])1[016789Oo]\)?{_MOBILE_GAP}\d{{3,4}}{_MOBILE_GAP}\d{{4}}{_AFTER_DIGITS}"
        ),
        always(0.9),
        digits=9,
    ),
    Recogniser(
        "pii",
        "PHONE",
        "Korean area, internet or toll-free number with separators",
        re.compile(
            rf"{_BEFORE_DIGITS}(?:\((?=\d{{2,4}}\)))?(?:{_AREA}|{_SERVICE})\)?[ ]?[-.) ][ ]?\d{{3,4}}[ ]?[-. ][ ]?\d{{4}}{_AFTER_DIGITS}"
        ),
        always(0.85),
        digits=9,
    ),
    Recogniser(
        "pii",
        "PHONE",
        "Korean number with the country code",
        re.compile(rf"(?<![\dA-Za-z])(?:\+|00)82{_GAP}(?:\(0\))?(?:2|[3-6][1-5]|70|80){_GAP}\d{{3,4}}{_GAP}\d{{4}}{_AFTER_DIGITS}"),
        always(0.85),
        digits=10,
    ),
    Recogniser(
        "pii",
        "PHONE",
        "Korean area number without separators, by context",
        re.compile(rf"{_BEFORE_DIGITS}{_AREA}\d{{7,8}}{_AFTER_DIGITS}"),
        always(0.3),
        words("(?i)전화", "연락처", "번호", "팩스", "tel", "phone", "fax"),
        0.8,
        needs_context=True,
        digits=9,
    ),
    Recogniser(
        "pii",
        "PHONE",
        "Korean number that a company has in the whole country, by context",
        re.compile(rf"{_BEFORE_DIGITS}1[568]\d{{2}}[ ]?[-.][ ]?\d{{4}}{_AFTER_DIGITS}"),
        always(0.3),
        words(
            "(?i)전화",
            "대표\\s?번호",
            "고객\\s?센터",
            "콜\\s?센터",
            "상담",
            "문의",
            "ARS",
            "연락",
            "\\btel",
            "phone",
            "call",
            "긴급",
            "접수",
        ),
        0.75,
        needs_context=True,
        digits=8,
    ),
    Recogniser(
        "pii",
        "KR_DRIVER_LICENSE",
        "driver's licence: region code, year, serial, check",
        re.compile(rf"{_BEFORE_DIGITS}(?:1[1-9]|2[0-8])[- ]\d{{2}}[- ]\d{{6}}[- ]\d{{2}}{_AFTER_DIGITS}"),
        always(0.8),
        words("(?i)면허", "licen[cs]e"),
        0.95,
        digits=12,
    ),
    Recogniser(
        "pii",
        "KR_DRIVER_LICENSE",
        "driver's licence: the region's name, year, serial, check",
        re.compile(
            r"(?<![가-힣])(?:서울|부산|경기(?:남부|북부)?|강원|충북|충남|전북|전남|경북|경남|제주|대구|인천|광주|대전|울산)"
            rf"[ -]?\d{{2}}[- ]\d{{6}}[- ]\d{{2}}{_AFTER_DIGITS}"
        ),
        always(0.85),
        words("(?i)면허", "licen[cs]e"),
        0.97,
        digits=10,
        hangul=True,
    ),
    Recogniser(
        "pii",
        "KR_DRIVER_LICENSE",
        "driver's licence without separators, by context",
        re.compile(rf"{_BEFORE_DIGITS}(?:1[1-9]|2[0-8])\d{{10}}{_AFTER_DIGITS}"),
        always(0.3),
        words("(?i)면허"),
        0.9,
        needs_context=True,
        digits=12,
    ),
    Recogniser(
        "pii",
        "KR_PASSPORT",
        "passport: M, S, R, O or D, then eight digits or three, a letter and four; of old PM, PS, PR, PO or PD and seven",
        re.compile(
            r"(?<![A-Za-z0-9])(?:[MSRODmsrod](?:\d{8}|\d{3}[A-Za-z]\d{4})|[MSROD][ ]\d{4}[ ]?\d{4}|[Pp][MSRODmsrod]\d{7})(?![A-Za-z0-9])"
        ),
        _passport,
        words("(?i)여권", "passport"),
        0.95,
        digits=7,
    ),
    Recogniser(
        "pii",
        "BANK_ACCOUNT",
        "bank account: groups of digits beside words of banking",
        re.compile(rf"{_BEFORE_DIGITS}(?=(?:\d[- ]?){{10,16}}{_AFTER_DIGITS})\d{{2,6}}(?:[- ]\d{{2,8}}){{1,4}}(?:[- ]\d)?{_AFTER_DIGITS}"),
        always(0.4),
        _ACCOUNT,
        0.85,
        needs_context=True,
        digits=10,
    ),
    Recogniser(
        "pii",
        "BANK_ACCOUNT",
        "bank account without separators beside words of banking",
        re.compile(rf"{_BEFORE_DIGITS}\d{{10,14}}{_AFTER_DIGITS}"),
        always(0.3),
        _ACCOUNT,
        0.8,
        needs_context=True,
        digits=10,
    ),
    Recogniser(
        "pii",
        "VEHICLE_PLATE",
        "Korean number plate",
        re.compile(
            r"(?<![\d가-힣])(?:(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)[ ]?)?"
            r"\d{2,3}[ ]?[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주아바사자하허호배]"
            r"[ ]?\d{4}(?!\d|[ ]?(?:원|명|년|개|건|월|일|회|시간|억|만|천|여|달러))"
        ),
        always(0.75),
        words("(?i)차량", "번호판", "자동차", "주차", "plate", "vehicle"),
        0.95,
        digits=6,
        hangul=True,
        hint=re.compile(r"\d[ ]?[가-힣][ ]?\d{4}"),
    ),
)
