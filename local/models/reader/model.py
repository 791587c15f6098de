"""The chat model `reader`: quotes with markers, an abstention, or an extractive summary, in the language of the question."""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from local.models.embedding import MiniLM
from local.models.reader.candidates import Candidate, Evidence, gather
from local.models.reader.prompt import read_prompt, wants_summary
from local.models.reader.question import is_korean, understand
from local.models.reader.ranking import Ranking, rank, weights
from local.models.reader.summary import central, summarise
from local.models.request import ChatRequest
from local.models.steps import Step, Text
from maru.agents.fencing import FencedPassage
from maru.errors import BadRequest
from maru.knowledge.cite.quote import pick_quote

QUOTES = 3
LONGEST = 300
_SHORTEST = 20
#: A further quote must be this probable beside the best one.
KEEP = 0.05

_FRAME = {True: "문서의 문장을 그대로 옮깁니다.", False: "Quoted word for word from the documents:"}
_ABSTAIN = {
    True: "제공된 문서에서 이 질문에 대한 답을 찾지 못했습니다.",
    False: "The documents do not hold an answer to this question.",
}
_NO_PASSAGES = {
    True: "저는 문서의 문장을 인용해서만 답할 수 있는데, 이 질문에 인용할 문서를 찾지 못했습니다.",
    False: "I can only quote from documents, and found none to quote from for this question.",
}
_SUMMARY = {True: "대화에서 그대로 뽑은 요약:", False: "Summary, extracted word for word from the conversation:"}
#: A citation mark of the document itself would pass for one of ours, a fence of code would hide them.
_FOREIGN = re.compile(r"\s?\[\d+(?:[,;]\s?\d+)*\]|`{3,}")


@dataclass(frozen=True, slots=True)
class Quote:
    """`passage.text[start:end]`, at most 300 characters."""

    passage: FencedPassage
    start: int
    end: int

    @property
    def text(self) -> str:
        """The quoted text, verbatim."""
        return self.passage.text[self.start : self.end]

    def marked(self) -> str:
        """The quote on one line, its marker behind it."""
        return f"{_FOREIGN.sub('', ' '.join(self.text.split()))} [{self.passage.number}]"


class Reader:
    """The model. `embedder` reads English only; questions in other languages are judged by words."""

    id = "reader"

    def __init__(self, embedder: MiniLM | None) -> None:
        self._embedder = embedder

    def answer(self, request: ChatRequest) -> Iterable[Step]:
        """Raises BadRequest where a tool call or JSON is demanded, which no quote can give."""
        if request.tool_choice not in (None, "none", "auto") or (request.response_format and request.response_format.type != "text"):
            raise BadRequest("reader only quotes documents: it calls no tools and fills no schemas.", param="model")
        prompt = read_prompt(request)
        if prompt.talk:
            return [Text("\n".join((_SUMMARY[is_korean(" ".join(prompt.talk))], *summarise(prompt.talk))))]
        korean = is_korean(prompt.question)
        if not prompt.passages:
            return [Text(_NO_PASSAGES[korean])]
        quotes = self.quotes(prompt.question, prompt.passages, before=prompt.before)
        if not quotes:
            return [Text(_ABSTAIN[korean])]
        return [Text("\n".join((_FRAME[korean], "", *(f"- {quote.marked()}" for quote in quotes))))]

    def quotes(self, question: str, passages: Sequence[FencedPassage], *, before: str = "") -> list[Quote]:
        """At most three quotes that answer `question`, the best first; none where none does.

        A question that names nothing itself, such as `왜 그런가요?`, is about what the one `before` was about.
        """
        asked = understand(question)
        if not asked.terms:
            asked = replace(asked, text=f"{before} {question}", terms=understand(before).terms)
        evidence = gather(asked, passages)
        if not evidence.candidates:
            return []
        if wants_summary(question):
            return _gist(evidence.candidates)
        if not asked.terms:
            return []
        ranking = rank(evidence, weights(), None if asked.korean or self._embedder is None else self.likeness)
        return _chosen(evidence, ranking) if ranking.odds > 0 else []

    def likeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """The cosine of each text with the question, by their first 64 tokens."""
        assert self._embedder is not None  # noqa: S101  (asked only where there is one)
        vectors, _ = self._embedder.embed([question, *texts], window=64)
        return [float(value) for value in vectors[1:] @ vectors[0]]


def _gist(candidates: Sequence[Candidate]) -> list[Quote]:
    """The sentences that stand for the passages best; headings are none."""
    whole = [candidate for candidate in candidates if _SHORTEST <= len(candidate.text) <= LONGEST]
    places = central([candidate.text for candidate in whole], most=QUOTES, room=QUOTES * LONGEST)
    return [_quote(whole[place]) for place in places]


def _chosen(evidence: Evidence, ranking: Ranking) -> list[Quote]:
    best = ranking.scores[ranking.order[0]]
    places = [place for place in ranking.order[:QUOTES] if math.exp(ranking.scores[place] - best) >= KEEP]
    return [_quote(evidence.candidates[place]) for place in places]


def _quote(candidate: Candidate) -> Quote:
    """The sentence, or of a longer one the clauses of at most 300 characters with most of the question's terms."""
    if candidate.end - candidate.start <= LONGEST:
        return Quote(candidate.passage, candidate.start, candidate.end)
    start, end = _window(candidate)
    # Citations are checked clause by clause: what begins or ends inside one would find no reference.
    clauses = pick_quote(candidate.text[start:end], candidate.text)
    start, end = (clauses.start, clauses.end) if clauses else (start, end)
    return Quote(candidate.passage, candidate.start + start, candidate.start + end)


def _window(candidate: Candidate) -> tuple[int, int]:
    """The stretch of at most 300 characters with most of the question's terms, as near to its middle as may be."""
    words, found = candidate.words, sorted({place for place in candidate.found if place >= 0})
    ends = [word.end for word in words]
    windows = [(first, max(first, bisect_right(ends, word.start + LONGEST) - 1)) for first, word in enumerate(words)]
    middle = 2 * found[len(found) // 2] if found else 0
    first, last = max(windows, key=lambda w: (bisect_right(found, w[1]) - bisect_left(found, w[0]), -abs(w[0] + w[1] - middle)))
    return words[first].start, min(words[last].end, words[first].start + LONGEST)
