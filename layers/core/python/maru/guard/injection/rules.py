"""What attacks on the instructions of a model look like, as patterns on folded text in small letters. These lead; the model adds."""

import re
from dataclasses import dataclass
from functools import cache

from maru.guard import scripts
from maru.guard.injection import intents, leaks
from maru.guard.injection.forms import FORMS

#: What writers take back of what they said themselves.
_OWN = re.compile(
    r"\bmy (?:last|previous|first|earlier|other) (?:message|question|request|sentence|comment|e-?mail|answer)s?\b"
    r"|방금\s?(?:(?:내|제)가\s?)?(?:한\s?|보낸\s?|적은\s?)?(?:말|질문|메시지|메일|요청)|(?:내|제)가\s?방금\s?(?:한|보낸|적은)"
)
#: What is said to people of papers and appointments: the former ones do not count, since new ones are there.
_NEWER = re.compile(
    r"[가-힣]{0,4}\s?(?:고|며|주시고|주세요|주십시오|바랍니다)?[,.]?\s[^\n]{0,8}(?:첨부|수정|변경|정정|새로|새\s)[^\n]{0,12}(?:일정|안내|공지|파일|양식|자료|문서|메일|내용)"
    r"|[가-힣]{0,3}\s?(?:주세요|주십시오|바랍니다)[,.]?\s?(?:일정|날짜|시간|장소|담당자|주소|내용|조건)\S{0,2}\s?(?:바뀌|변경|취소|수정|연기)"
)
_PAPERS = re.compile(r"(?:안내|요청|내용|공지|메일)\S{0,2}\s?(?:무시|잊)")
_BEFORE = 12
#: Limits that end for everybody, as news and notices say it, and words that would tell a model so.
_LIFTED = re.compile(r"[^\n]{0,6}?해제(?:\s?)(?:하기로|한다고|한다며|한다|했다|했으며|된다|되어|되면서|됐다|됐으며|되었다|되었으며|될)")
_TO_MODEL = re.compile(
    r"(?<![가-힣])(?:너|넌|네|니|당신)(?:는|가|의|에게|한테|\s)|(?<![a-z])ai(?![a-z])|챗봇|모델|어시스턴트|인공지능|대화|답(?:해|하|변)|대답|말해|프롬프트|시스템|"
    r"(?:이제|지금)부터|알겠|필터|검열|출력"
)
#: What colleagues send each other, and a question whether they may or would.
_FILES = re.compile(r"(?:고객\s?(?:명단|데이터|정보)|파일|연락처)")
_MAY = re.compile(r"\s?(?:줄|주실|드릴|드려도|드리면|줘도|도)\s?(?:수\s?있|될까|되나|되는|괜찮)")

#: Words that speak about an attack instead of making one, before it or in the same sentence.
_ABOUT = re.compile(
    r"\bwhat (?:does|do|did|would|is|are)\W*$|\b(?:what (?:does|do|is|are) (?:a |an |the )?(?:phrase|sentence|term|word"
    r"|prompt injection|jailbreak)|meaning of|means|explain(?:s|ed|ing)?|detect\w*|defen[cds]\w*|prevent\w*|protect\w*|"
    r"examples?|e\.g\.|such as|like|phrases?|patterns?|filter\w*|attack(?:s|er|ers)?|classif\w+|paper|research|why (?:do|does"
    r"|is|are|did|would)|"
    r"how (?:do|can|should|does) (?:i|we|one|you|it|developers?|companies|llms?|models?|attackers)|known as|called|translate"
    r"|article|blog|says?|asks?|wrote|typed|tried|tries|trying)\b"
    r"|뜻|의미|예시|예를|같은|라는|이라는|라고|공격|탐지|방어|막으|막는|방지|차단|대응|설명|연구|논문|기사|사례|유형|문구|왜|번역|분류|어떻게",
)
#: Behind a Korean match: that it is a sentence, an attack, a case of such that is talked about.
_KO_ABOUT = re.compile(
    r"[가-힣]{0,4}?(?:라는|다는|는|란|도록\s?하는|게\s?하는|려는)\s?(?:식의\s?|내용의\s?|종류의\s?|악성\s?|이런\s?)?"
    r"(?:문장|말(?:이|은|을|의)|것이|게|표현|공격|문구|입력|시도|수법|예시|유형|방식의|사례|사람|메일|글이|행위|기법|이유|경우|위험)"
)
#: Behind a match that somebody must not do it, or before it that it is about making such a thing.
_KO_FORBIDDEN = re.compile(
    r"[가-힣]{0,2}\s?(?:넣|두|놓|보|주|버리)?(?:면\s?(?:안|아니)|서는\s?안|지\s?(?:마|말|않|못)|(?:는\s?것)?[은이을를]?\s?금지)"
)
_KO_MAKING = re.compile(r"(?:만들|작성할|쓸|설계할|구성할)\s?때[^.\n]{0,40}$")
#: Behind a Korean match that it is reported rather than said, or that it may be done but need not.
_KO_TOLD = re.compile(
    r"(?:[가-힣]{0,4}?라|(?<=라))고\s?(?:\S{1,10}\s){0,3}?(?:적어\s?(?:두|둔|둡|놓)|적(?:혀|힌|었)|쓰(?:여|인)|했(?:다|습|지|는데|더니|으나|음)|"
    r"하는\s?(?:글|메시지|문장|입력|요청|사람|공격)|말(?:했|하는|합니다|한다)|지시(?:했|하는)|시(?:켰|키는)|속(?:였|이는|입니다)|유도)"
    r"|하?(?:셔도|시면\s?됩)|(?:하여|해)도\s?(?:됩|돼|되|좋|무방)"
)
#: What somebody did, not what is to be done.
_KO_DONE = re.compile(r"무시(?:해서|하여|했|하다가|한\s(?!채|다음|뒤|후|상태))")
#: Before an English match that somebody was or is told it who is not spoken to.
_REPORTED = re.compile(
    r"\b(?:told|asked|instructed|ordered|tells?|asks?|instructs?|trick(?:s|ed)?|tri(?:es|ed)|attempt(?:s|ed)?|convinc\w+|persuad\w+|got|gets?|made|makes?)"
    r"\b(?: (?!(?:you|me|us)\b)[\w'-]+){0,6}? to $"
)
_SPOKEN_TO = re.compile(r"\byou\b|\byour|^\s*(?:please )?(?:pretend|imagine|act|now)\b")
_QUOTES = "\"'“”‘’`«»「」『』"
_NEAR = 160


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern that matched, by its place in the reading."""

    kind: str
    start: int
    end: int
    score: float


def hits(text: str) -> list[Hit]:
    """What of a reading in small letters matches; what is only quoted while speaking about it counts little."""
    found: list[Hit] = []
    forms, sieve = _asked()
    for kind, score, pattern in map(forms.__getitem__, sieve.met(text)):
        found += [_hit(text, kind, *match.span(), score) for match in pattern.finditer(text) if match[0]]
    found += [_hit(text, *one) for one in intents.found(text)]
    return found


def _hit(text: str, kind: str, start: int, end: int, score: float) -> Hit:
    taken_back = kind == "override" and bool(_OWN.search(text[max(0, start - _BEFORE) : end]) or _of_papers(text, start, end))
    taken_back |= kind == "override" and _lifted(text, start, end)
    harmless = (
        taken_back
        or _asked_for(text, kind, start, end)
        or _spoken_of(text, start, end)
        or (kind == "exfiltration" and leaks.usual(_sentences(text, start, end)))
    )
    return Hit(kind, start, end, score * (0.35 if harmless else 1.0))


def _of_papers(text: str, start: int, end: int) -> bool:
    return bool(_PAPERS.search(text[start:end]) and _NEWER.match(text[end : end + _NEAR]))


def _lifted(text: str, start: int, end: int) -> bool:
    """Whether it is news that limits of anything were lifted: nobody is spoken to."""
    around = text[max(0, start - _NEAR // 2) : end + _NEAR]
    return bool(_LIFTED.match(text, max(start, end - _BEFORE // 2)) and not _TO_MODEL.search(around))


def _asked_for(text: str, kind: str, start: int, end: int) -> bool:
    """Whether somebody asks politely for files as colleagues do."""
    return kind == "exfiltration" and bool(_FILES.match(text, start) and _MAY.match(text, end))


def _sentences(text: str, start: int, end: int) -> str:
    """What stands around a match from the end of a sentence to the end of one."""
    first = max(text.rfind(mark, 0, start) for mark in ("\n", ". "))
    last = min((at for mark in ("\n", ". ") if (at := text.find(mark, end)) >= 0), default=len(text))
    return text[first + 1 : last]


def _spoken_of(text: str, start: int, end: int) -> bool:
    """Whether the match stands in quotation marks within talk about such phrases, or is called one by the words behind it."""
    before = text[max(0, start - _NEAR) : start]
    after = text[end : end + _NEAR]
    if _KO_ABOUT.match(after) or _KO_FORBIDDEN.match(after) or _KO_MAKING.search(before) or _reported(text, start, end):
        return True
    opened = max(before.rfind(mark) for mark in _QUOTES)
    closed = min((at for at in (after.find(mark) for mark in _QUOTES) if at >= 0), default=-1)
    if opened < 0 or closed < 0 or "\n\n" in before[opened:]:
        return False
    return bool(_ABOUT.search(before[:opened]) or _ABOUT.search(after[closed:]))


def _reported(text: str, start: int, end: int) -> bool:
    """Whether somebody tells of it: who was told it, who did it, that it may be done."""
    if _KO_TOLD.match(text, end, end + _NEAR) or _KO_DONE.search(text[start : end + _BEFORE]):
        return True
    said = text[max(text.rfind(mark, 0, start) for mark in ".!?\n") + 1 : start]
    return bool(_REPORTED.search(said[-_NEAR:])) and not _SPOKEN_TO.search(said)


@cache
def _asked() -> tuple[tuple[tuple[str, float, re.Pattern[str]], ...], scripts.Sieve]:
    """The forms, and what tells which of them a text can match."""
    return tuple((kind, score, re.compile(pattern)) for kind, score, pattern in FORMS), scripts.Sieve(pattern for _, _, pattern in FORMS)
