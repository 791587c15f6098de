"""Questions beside ways of asking the same, and beside questions that nearly read so: what the cache must tell apart.

Paraphrases are made by rules of asking (politeness, contraction, endings, spaces, order of parts), of which none was written for
:mod:`maru.cache.likeness`. Near misses are the question with a number, a name or a negation changed, with a word put in another's place,
and every other question about the same paragraph. Articles with an even number are for tuning, odd ones for the figures.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.citations import ENGLISH, KOREAN

type Rule = Callable[[str], str | None]


@dataclass(frozen=True)
class Pair:
    """Two questions, and whether they ask the same; ``kind`` names the rule that made the second."""

    one: str
    other: str
    same: bool
    kind: str


def pairs(file: Path, *, korean: bool, tuning: bool, most: int) -> list[Pair]:
    """Pairs from a file in SQuAD's form, at most ``most`` of each kind, in an order that chance (a fixed one) decides."""
    articles: list[Any] = json.loads(file.read_text(encoding="utf-8"))["data"]
    chance = random.Random(7)
    made: dict[str, list[Pair]] = {}
    for number, article in enumerate(articles):
        if (number % 2 == 0) == tuning:
            for pair in _of_article(article, korean=korean, chance=chance):
                made.setdefault(pair.kind, []).append(pair)
    for listed in made.values():
        chance.shuffle(listed)
    return [pair for kind in sorted(made) for pair in made[kind][:most]]


def _of_article(article: Any, *, korean: bool, chance: random.Random) -> Iterator[Pair]:
    everywhere = [entry["question"].strip() for paragraph in article["paragraphs"] for entry in paragraph["qas"]]
    for paragraph in article["paragraphs"]:
        questions = [entry["question"].strip() for entry in paragraph["qas"]]
        for place, question in enumerate(questions):
            made = [(rule(question), True, kind) for kind, rule in (_KOREAN_SAME if korean else _ENGLISH_SAME).items()]
            made += [(change(question, chance), False, f"{kind} changed") for kind, change in (KOREAN if korean else ENGLISH).items()]
            made.append((_word_swapped(question, chance.choice(everywhere), korean=korean), False, "word changed"))
            made += [(other, False, "same paragraph") for other in questions[place + 1 :]]
            yield from (
                Pair(question, other, same, kind) for other, same, kind in made if other and other.casefold() != question.casefold()
            )


def _word_swapped(question: str, other: str, *, korean: bool) -> str | None:
    """A long word of the question, in its place one of another question's that does not stand in it already."""
    word = r"[가-힣]{3,}" if korean else r"(?<=[a-z] )[a-z]{6,}"
    mine, theirs = list(re.finditer(word, question)), re.findall(word, other)
    fresh = [one for one in theirs if one[:2] not in question]
    last = next((match for match in reversed(mine) if not _ASKING.match(match[0])), None)
    return question[: last.start()] + fresh[0] + question[last.end() :] if last and fresh else None


#: What ends a question and says nothing of what is asked.
_ASKING = re.compile("무엇|누구|언제|어디|어떻|어떤|어느|무슨|얼마|인가|있는|하는|되는|있나|입니|합니|됩니")


def _small(question: str) -> str:
    """The question inside a sentence: only a question word loses its capital."""
    return re.sub(r"^(Wh|How|In wh|On wh|At wh|Is|Are|Do|Does|Did|Can)", lambda match: match[0][0].lower() + match[0][1:], question)


def _contracted(question: str) -> str | None:
    changed = re.sub(r"^(What|Who|Where|When|How) is ", r"\1's ", question)
    return changed if changed != question else None


def _fronted(question: str) -> str | None:
    match = re.fullmatch(r"(.{15,}) ((?:in|during|after|before|on|at) [^,?]{4,40})\?", question)
    return f"{match[2][0].upper()}{match[2][1:]}, {_small(match[1])}?" if match else None


_ENGLISH_SAME: dict[str, Rule] = {
    "please": lambda text: f"Please tell me: {_small(text)}",
    "polite": lambda text: f"Could you tell me {_small(text).rstrip('?')}?",
    "known": lambda text: f"I would like to know, {_small(text)}",
    "no mark": lambda text: text.rstrip("?").strip(),
    "contracted": _contracted,
    "order": _fronted,
}


def _ending(pattern: str, instead: str) -> Rule:
    def rule(text: str) -> str | None:
        changed = re.sub(pattern, instead, text)
        return changed if changed != text else None

    return rule


_KOREAN_SAME: dict[str, Rule] = {
    "hello": lambda text: f"안녕하세요, {text}",
    "told": _ending(r"(?:은|는) ?\?$", "을 알려주세요"),
    "ending": _ending(r"인가\?$", "인가요?"),
    "formal": _ending(r"(?:인가|은|는)\??$", "입니까?"),
    "no mark": lambda text: text.rstrip("?").strip(),
    "curious": lambda text: f"{text} 궁금합니다",
}
