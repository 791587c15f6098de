"""Documents that somebody put into a message: how they are told, and what their reader wants done with them."""

import re

#: Heads of mails, rows of a table, many lines.
_FORM = re.compile(
    r"(?:^|\n|\||[.:]\s)(?:subject|from|to|date|content|email_from|received date|제목|보낸\s?사람|받는\s?사람|날짜)\s?:"
    r"|\n[ ]*\|.*\|[ ]*\n|(?:\n[^\n]{20,}){8}",
    re.IGNORECASE,
)
#: A mail without its head greets somebody by name, and ends or offers help as mails do.
_GREETING = re.compile(
    r"(?:^|\n)\s*(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\s[^\n,.!?]{1,40},"
    r"|(?:안녕하세요|안녕하십니까)[^\n]{0,40}님|[^\n]{1,30}님께)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\n\s*(?:(?:best|kind|warm|many)\s)?(?:regards|sincerely|cheers|yours (?:truly|faithfully))\b"
    r"|\n\s*(?:best|thanks|thank you|many thanks|love|yours|warmly)\s?[,!]?\s*\n\s*\w{1,20}"
    r"|\bif you have any (?:further )?questions,?\s(?:please\s|just\s)?(?:reply|contact|call|e-?mail|feel free)"
    r"|\bunsubscribe\b|\bthis is an automated (?:message|e-?mail)"
    r"|[가-힣]\s?(?:드림|올림|배상)\s*(?:\n|$)|본 (?:메일|이메일)은|문의(?:\s?사항)?[은이가][^\n]{0,30}(?:회신|연락)|회신 (?:부탁|바랍)",
    re.IGNORECASE,
)
_ABOUT_IT = re.compile(
    r"\b(?:this|that|these|the (?:following|above)|attached|above|below)\s"
    r"(?:e-?mails?|mails?|messages?|texts?|letters?|threads?|documents?|tables?|notes?|logs?)\b"
    r"|\b(?:summari[sz]e|translate|proofread|rewrite|shorten|reply|respond|answer)\b[^.!?\n]{0,40}\b(?:this|it|following|below|above)\b"
    r"|(?:다음|위|아래|이|첨부한?|받은)\s?(?:의\s)?(?:메일|이메일|글|메시지|문서|표|내용|편지|기록|본문)"
)

#: What stands before a document, and how long what stands behind it may be.
_FIRST = re.compile(r"[^\n]{1,300}?(?::\s|\.\s|\n|$)")
_BRIEF = 200


def is_document(text: str) -> bool:
    """Whether a message looks like a document, or holds one."""
    return bool(_FORM.search(text) or (_GREETING.search(text) and _CLOSING.search(text)))


def asks_for_it(sentence: str) -> bool:
    """Whether a sentence in small letters asks for something to be done with a document beside it."""
    return bool(_ABOUT_IT.search(sentence))


def wish(text: str) -> str:
    """What of a message asks for something to be done with the document in it, before or behind it; empty where nothing does."""
    if not is_document(text):
        return ""
    first, last = _FIRST.match(text), text.rsplit("\n\n", 1)
    found = [first[0]] if first and asks_for_it(first[0].lower()) else []
    if len(last) > 1 and len(last[1]) <= _BRIEF and asks_for_it(last[1].lower()):
        found.append(last[1])
    return "\n".join(found)
