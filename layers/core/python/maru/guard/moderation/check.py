"""The check of moderation, and the scores of all categories for a text."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from maru.guard.check import Subject, Unit
from maru.guard.disguise import readings
from maru.guard.finding import Finding
from maru.guard.linear import grams, load
from maru.guard.moderation import rules
from maru.guard.normalise import Normalised, normalise
from maru.guard.vocabulary import CATEGORIES

#: Weights learned from BEEP!, CC BY-SA 4.0; see the notice beside the file.
WEIGHTS = Path(__file__).with_name("korean_abuse.weights")
_HANGUL = re.compile(r"[가-힣ㄱ-ㅎ]")
_AGAIN = re.compile(r"(.)\1{2,}", re.DOTALL)
#: Texts are read sentence after sentence, up to this many characters at once.
_WINDOW = re.compile(r"[^\n]{1,300}?(?:[.!?。！？]+(?=\s|\Z)|(?=\n)|\Z)|[^\n]{1,300}")
#: Endings of polite, of written and of spoken Korean, which comments on news hardly have: there the model alone is no proof. Of
#: the sentences of an encyclopedia, which end in a plain 다 and a full stop, two in five would be flagged.
_FORMAL = re.compile(
    r"(?:(?:니다|나요|까요|세요|십시오|시오|[는인은]가요?|었나|았나|였나|했나|하나|되나|[줘요죠]|니까|"
    r"니|는|은|것|곳|해|[0-9]+|이유|무엇|누구|어디|언제|이름)[?.!]?|[다고데서로에]\.)[\"')\s]*$"
)
_LESS = 0.6
_LEAST = 0.2
#: Characters from which on a text is not brief.
_BRIEF = 20
#: Share of Hangul from which on the model of Korean comments is asked.
_KOREAN = 0.3


class Moderation:
    """Labels are OpenAI's categories; a finding spans the sentence or so in which it was found."""

    name = "moderation"
    unit: Unit = "sentence"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Categories from a score of .2 on, with the place where each scores most."""
        best: dict[str, Finding] = {}
        for read, match, scores in _windows(subject.readings):
            for label, score in scores.items():
                if score >= _LEAST and (label not in best or best[label].score < score):
                    best[label] = Finding("moderation", label, *read.original(*match.span()), round(score, 4), "rules and model")
        return best.values()


def category_scores(text: str) -> dict[str, float]:
    """Every category's score in [0, 1], calibrated on Korean comments where the model speaks, set by hand where a rule does."""
    found = dict.fromkeys(CATEGORIES, 0.0)
    for _, _, scores in _windows(readings(normalise(text))):
        for label, score in scores.items():
            found[label] = max(found[label], score)
    return found


def prepared(text: str) -> str:
    """What the model reads: small letters, repetitions cut to two."""
    return _AGAIN.sub(r"\1\1", text.lower())


def discount(text: str, ruled: bool) -> float:
    """What the model of comments counts for: less where a text ends as comments hardly do and no rule says the same (``ruled``)."""
    return _LESS if not ruled and _FORMAL.search(text) else 1.0


def brevity(text: str) -> dict[str, float]:
    """How brief a text is that the model reads: a few words say little about what the rest would have been."""
    return {"brief": 1.0 - len(text) / _BRIEF} if len(text) < _BRIEF else {}


def _distinct(reads: list[Normalised]) -> list[Normalised]:
    return list({read.text: read for read in reversed(reads)}.values())[::-1]


def _windows(reads: list[Normalised]) -> Iterator[tuple[Normalised, re.Match[str], dict[str, float]]]:
    """Each window of each reading with its scores; readings differ in a word or two, so that most windows are known by the second."""
    known: dict[str, dict[str, float]] = {}
    for read in _distinct(reads):
        for match in _WINDOW.finditer(read.text):
            if match[0] not in known:
                known[match[0]] = _window(match[0])
            yield read, match, known[match[0]]


def _window(text: str) -> dict[str, float]:
    small = prepared(text)
    found = rules.scores(small)
    letters = sum(map(str.isalpha, small))
    if letters and len(_HANGUL.findall(small)) >= _KOREAN * letters:
        models = load(WEIGHTS)
        shape = models["harassment"]
        counted = grams(small, shape.low, shape.high, shape.bits)
        length = shape.length(counted)  # both were fitted on the same texts
        signs = brevity(small)
        for name in ("harassment", "hate"):
            likely = models[name].chance(counted, signs, length=length) * discount(small, name in found)
            found[name] = either(found.get(name, 0.0), likely)
    return found


def either(first: float, second: float) -> float:
    """The larger one, and a little more where both agree."""
    return max(first, second) + 0.5 * min(first, second) * (1 - max(first, second))


CHECK = Moderation()
