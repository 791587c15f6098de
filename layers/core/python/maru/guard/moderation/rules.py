"""What training on comments cannot teach: self-harm, minors, violence, sexual and illicit matters, slurs; Korean and English.

Patterns read folded text in small letters and have bounded gaps. One category implies others: threats against a group are also hate.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

from maru.guard import scripts
from maru.guard.moderation.forms import FORMS

#: What a category brings with it, and the share of its score.
IMPLIED: Mapping[str, tuple[tuple[str, float], ...]] = {
    "harassment/threatening": (("harassment", 0.9), ("violence", 0.9)),
    "hate/threatening": (("hate", 1.0), ("harassment", 0.8), ("violence", 0.9)),
    "illicit/violent": (("illicit", 1.0),),
    "self-harm/intent": (("self-harm", 1.0),),
    "self-harm/instructions": (("self-harm", 1.0),),
    "sexual/minors": (("sexual", 1.0),),
    "violence/graphic": (("violence", 1.0),),
}
#: Words of help, news and teaching, by what they are about; with them a mere mention counts little.
_CARE = re.compile(
    r"\b(?:prevent\w*|hotline|helpline|support|awareness|statistics|research|study|studies|history|treatment|therap\w+"
    r"|counsel\w+|survivors?|law|policy|report(?:ed|s)?|news|education|definition|signs of|documentary|protect\w*|detect\w*"
    r"|charged|arrested|convicted|sentenced)\b"
    r"|예방|상담|도움을|지원|통계|연구|역사|치료|교육|법률|처벌|뉴스|보도|기사|정책|대응|신고|생존자|유가족|방지|근절|보호|체포|구속|판결|재판|수사|기소",
)
type Forms = tuple[tuple[str, float, Callable[[str], object]], ...]
_MILD = frozenset({"self-harm", "violence", "sexual", "illicit", "illicit/violent", "self-harm/instructions"})


def scores(text: str, forms: Forms | None = None) -> dict[str, float]:
    """What the rules say of a text in small letters, by category; those that found nothing are absent.

    ``forms`` are those that :func:`possible` gives for a text of which this one is a part.
    """
    found: dict[str, float] = {}
    hits = [(category, score) for category, score, search in (possible(text) if forms is None else forms) if search(text)]
    caring = bool(hits) and bool(_CARE.search(text))
    for category, score in hits:
        counts = score * (0.4 if caring and category in _MILD and score < 0.97 else 1.0)
        for name, share in ((category, 1.0), *IMPLIED.get(category, ())):
            found[name] = max(found.get(name, 0.0), round(counts * share, 4))
    return found


def possible(text: str) -> Forms:
    """The forms that a text in small letters, or a part of it, can match: category, score, search."""
    return tuple((category, score, search) for category, score, begun, search in _asked(scripts.of(text)) if scripts.begins(text, begun))


@cache
def _asked(present: frozenset[scripts.Script]) -> tuple[tuple[str, float, tuple[str, ...], Callable[[str], object]], ...]:
    """The alternatives of all forms that a text of these scripts can match, with what their matches begin with."""
    return tuple(
        (category, score, scripts.openings(pattern.pattern), pattern.search)
        for category, score, script, pattern in _patterns()
        if script in present
    )


@cache
def _patterns() -> tuple[tuple[str, float, scripts.Script, re.Pattern[str]], ...]:
    """Each form's alternatives for themselves, with the script that they need."""
    return tuple(
        (category, score, scripts.needed(one), re.compile(one))
        for category, score, pattern in FORMS
        for one in scripts.alternatives(pattern)
    )
