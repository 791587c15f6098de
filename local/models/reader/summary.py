"""Extractive summaries: the sentences that carry most of a text's recurring words, verbatim and in their order."""

import math
from collections import Counter
from collections.abc import Sequence

from local.models.reader.words import words
from maru.knowledge.sentences import sentences

SENTENCES = 6
CHARACTERS = 900


def summarise(texts: Sequence[str], *, most: int = SENTENCES, room: int = CHARACTERS) -> list[str]:
    """At most `most` sentences of `texts`, of at most `room` characters together, in the order in which they were said."""
    said = dict.fromkeys(" ".join(text[s.start : s.end].split()) for text in texts for s in sentences(text))
    every = list(said)
    return [every[place] for place in sorted(central(every, most=most, room=room))]


def central(every: Sequence[str], *, most: int, room: int) -> list[int]:
    """Places of the sentences that carry most of the recurring words of all, the best first.

    Words count by their frequency, and once they are said a quarter of it (SumBasic, Nenkova and Vanderwende 2005).
    """
    keys = [{word.key for word in words(sentence) if len(word.key) > 1} for sentence in every]
    weight = {key: float(count) for key, count in Counter(key for some in keys for key in some).items()}
    chosen: list[int] = []
    left = room
    while len(chosen) < most:
        fitting = [place for place, some in enumerate(keys) if some and place not in chosen and len(every[place]) <= left]
        if not fitting:
            break
        best = max(fitting, key=lambda place: (sum(weight[key] for key in keys[place]) / math.sqrt(len(keys[place]) + 2), -place))
        chosen.append(best)
        left -= len(every[best])
        weight |= {key: weight[key] / 4 for key in keys[best]}
    return chosen
