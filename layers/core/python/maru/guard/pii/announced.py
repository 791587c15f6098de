"""Numbers of people's papers and accounts whose shape nobody knows: by the words that announce them."""

import re

from maru.guard.pii.recogniser import Recogniser, always
from maru.guard.scripts import words

#: Letters and digits in groups, at least four digits, no date.
_VALUE = (
    r"(?P<value>(?!(?:19|20)\d\d[-./]\d\d?[-./]\d\d?(?!\d))(?=(?:[A-Za-z/-]{0,6}\d){4})"
    r"[A-Za-z0-9]{1,20}(?:[-/][A-Za-z0-9]{1,12}){0,4})(?![\w-](?<![가-힣])|[.,]\d)"
)
_JOIN = r"\s?(?:is|was|은|는|이|가)?\s?[:=：]?\s?[\"'(]?"
_PAPERS_EN = (
    r"(?:licen[cs]e|permit|membership|member|national|identity(?: card)?|tax(?:payer)?|national insurance|insurance|policy|patient|"
    r"medical record|visa|residence card)"
)
#: Numbers that an employer or a school gives say nothing outside of it.
_PAPERS_KO = (
    r"(?:면허(?:증)?|자격증|회원|환자|수험|신분증|보험\s?증권|증권|보험증|"
    r"여권|비자|진료|차트|외국인\s?등록증|납세자|조합원|가입자)"
)

RECOGNISERS = (
    Recogniser(
        "pii",
        "ID_NUMBER",
        "number of somebody's papers by the words before it",
        re.compile(rf"(?i)\b(?:{_PAPERS_EN} ?(?:id|identification)? ?(?:no\b\.?|number|num\b\.?|id\b|#)|mrn\b){_JOIN}{_VALUE}"),
        always(0.75),
        digits=4,
        hint=words(
            "licen",
            "permit",
            "member",
            "national",
            "identity",
            "tax",
            "insurance",
            "polic",
            "patient",
            "medical",
            "visa",
            "card",
            "mrn",
        ),
    ),
    Recogniser(
        "pii",
        "ID_NUMBER",
        "number of somebody's papers by the Korean words before it",
        re.compile(rf"(?:{_PAPERS_KO}\s?번호|군번){_JOIN}{_VALUE}"),
        always(0.75),
        digits=4,
        hangul=True,
        hint=words("번호", "군번"),
    ),
    Recogniser(
        "pii",
        "BANK_ACCOUNT",
        "bank account by the words before it",
        re.compile(r"(?i)(?:\bbank account|\baccount) (?:no\b\.?|number)\s?(?:is|was)?\s?:?\s?(?P<value>\d{6,17})(?![\w-]|[.,]\d)"),
        always(0.6),
        digits=6,
        hint=words("account"),
    ),
)
