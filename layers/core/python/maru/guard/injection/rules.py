"""What attacks on the instructions of a model look like, as patterns on folded text in small letters. These lead; the model adds."""

import re
from dataclasses import dataclass
from functools import cache

from maru.guard import scripts
from maru.guard.injection import intents, leaks, mentions
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
_NEAR = 160


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern that matched, by its place in the reading."""

    kind: str
    start: int
    end: int
    score: float


def hits(text: str, *, document: bool = False) -> list[Hit]:
    """What of a reading in small letters, of a ``document`` or a prompt, matches; what is only quoted counts little."""
    found: list[Hit] = []
    forms, sieve = _asked()
    for kind, score, pattern in map(forms.__getitem__, sieve.met(text)):
        found += [_hit(text, kind, *match.span(), score) for match in pattern.finditer(text) if match[0]]
    found += [_hit(text, *one) for one in intents.found(text, document=document)]
    return found


def _hit(text: str, kind: str, start: int, end: int, score: float) -> Hit:
    taken_back = kind == "override" and bool(_OWN.search(text[max(0, start - _BEFORE) : end]) or _of_papers(text, start, end))
    taken_back |= kind == "override" and _lifted(text, start, end)
    harmless = (
        taken_back
        or _asked_for(text, kind, start, end)
        or mentions.mentioned(text, start, end)
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


@cache
def _asked() -> tuple[tuple[tuple[str, float, re.Pattern[str]], ...], scripts.Sieve]:
    """The forms, and what tells which of them a text can match."""
    return tuple((kind, score, re.compile(pattern)) for kind, score, pattern in FORMS), scripts.Sieve(pattern for _, _, pattern in FORMS)
