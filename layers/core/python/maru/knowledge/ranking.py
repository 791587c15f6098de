"""What becomes of hits after the fusion: near-equal ones left out, touching ones joined, the best ones ranked by a model."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from maru.knowledge.stores.port import Hit
from maru.knowledge.stores.tokens import mix_tokens

#: How many passages a reranker reads, at least: more than are wanted, or it could only shuffle them.
RERANK_DEPTH = 40
#: Texts that share this much of their tokens say the same, unless they differ in what `_TELLING` names.
NEAR_EQUAL = 0.9
#: Code points that joined passages may have together: a prompt holds several of them.
LONGEST_JOINED = 4000
#: Code points between two passages that still touch: white space, and a rule between sections.
LARGEST_GAP = 40

#: One number or one negation is the whole difference between last year's form letter and this year's.
_TELLING = re.compile("[0-9]|^(?:not?|nor|never|none|without|except|unless|n)$|[않없못안불금]|아니|제외")


#: Gives passages as a model may read them, None where it may not.
type Reads = Callable[[Sequence[str]], Awaitable[Sequence[str | None]]]


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """How a search orders and shapes what it found.

    ``rerank`` is the alias of a reranking model, which has ``rerank_seconds`` before the order of the fusion stands;
    ``distinct`` leaves out passages that repeat a better one; ``joined`` makes one passage of neighbours. ``reads`` says what of
    passages the reranking model may read, all of them as they stand where it is None.
    """

    rerank: str | None = None
    rerank_seconds: float = 2.0
    distinct: bool = True
    joined: bool = False
    reads: Reads | None = field(default=None, compare=False)

    def depth(self, k: int) -> int:
        """How many passages are needed for ``k``."""
        return max(k, RERANK_DEPTH) if self.rerank else 2 * k if self.joined else k


def distinct(texts: Sequence[str]) -> list[int]:
    """The places of the texts that do not repeat an earlier one but for words of no weight."""
    kept: list[int] = []
    tokens = [frozenset(mix_tokens(text)) for text in texts]
    for place, mine in enumerate(tokens):
        if not any(_repeats(mine, tokens[other]) for other in kept):
            kept.append(place)
    return kept


def _repeats(mine: frozenset[str], other: frozenset[str]) -> bool:
    # The sizes alone tell of most pairs that they differ.
    if not mine or min(len(mine), len(other)) < NEAR_EQUAL * max(len(mine), len(other)):
        return False
    differing = mine ^ other
    union = len(mine | other)
    return union - len(differing) >= NEAR_EQUAL * union and not any(_TELLING.search(token) for token in differing)


#: Gives ``rendering[start:end]`` of a file version, None where there is no rendering.
Between = Callable[[str, int, int, int], str | None]


def joined(hits: Sequence[Hit], between: Between) -> list[Hit]:
    """The hits, in their order, where those that touch one another in their document have become one at the place of the best.

    A joined hit has the best one's id and scores; its text is the document's, gap included.
    """
    whole: list[Hit] = []
    for hit in hits:
        place, merged = len(whole), hit
        # What lay on both sides of a hit touches once that stands between: until nothing does any more.
        while (found := _touching(whole, merged, between)) is not None:
            at, merged = found
            place = min(place, at)
            del whole[at]
        whole.insert(place, merged)
    return whole


def _touching(whole: Sequence[Hit], hit: Hit, between: Between) -> tuple[int, Hit] | None:
    unions = ((place, _union(other, hit, between)) for place, other in enumerate(whole))
    return next(((place, union) for place, union in unions if union is not None), None)


def _union(best: Hit, other: Hit, between: Between) -> Hit | None:
    one, two = best.chunk, other.chunk
    if (one.file_id, one.version, one.vector_store_id) != (two.file_id, two.version, two.vector_store_id):
        return None
    first, second = (one, two) if one.file_start <= two.file_start else (two, one)
    gap = second.file_start - first.file_end
    if gap > LARGEST_GAP or max(first.file_end, second.file_end) - first.file_start > LONGEST_JOINED:
        return None
    text = first.text
    if gap > 0:
        space = between(one.file_id, one.version, first.file_end, second.file_start)
        if space is None or space.strip(" \t\n-*_=#"):
            return None
        text += space
    if second.file_end > first.file_end:
        text += second.text[max(0, -gap) :]
    # The better one stood first, or both are of one score.
    better = best if best.score >= other.score else other
    chunk = replace(better.chunk, text=text, page=first.page, file_start=first.file_start, file_end=max(first.file_end, second.file_end))
    return replace(better, chunk=chunk)
