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
_MILD = frozenset({"self-harm", "violence", "sexual", "illicit", "illicit/violent", "self-harm/instructions"})


def scores(text: str) -> dict[str, float]:
    """What the rules say of a text in small letters, by category; those that found nothing are absent."""
    found: dict[str, float] = {}
    forms, sieve = _asked()
    hits = [(category, score) for category, score, search in map(forms.__getitem__, sieve.met(text)) if search(text)]
    caring = bool(hits) and bool(_CARE.search(text))
    for category, score in hits:
        counts = score * (0.4 if caring and category in _MILD and score < 0.97 else 1.0)
        for name, share in ((category, 1.0), *IMPLIED.get(category, ())):
            found[name] = max(found.get(name, 0.0), round(counts * share, 4))
    return found


@cache
def _asked() -> tuple[tuple[tuple[str, float, Callable[[str], object]], ...], scripts.Sieve]:
    """Each form's alternatives for themselves, and what tells which of them a text can match."""
    found = [(category, score, one) for category, score, pattern in FORMS for one in scripts.alternatives(pattern)]
    return tuple((category, score, re.compile(one).search) for category, score, one in found), scripts.Sieve(one for _, _, one in found)
