"""Extractive summaries: the sentences that carry most of a text's recurring words, verbatim and in their order."""

import math
from collections import Counter
from collections.abc import Sequence

from local.models.reader.words import words
from maru.knowledge.sentences import sentences

SENTENCES = 6
CHARACTERS = 900


def summarise(texts: Sequence[str], *, most: int = SENTENCES, room: int = CHARACTERS) -> list[str]:
    """At most `most` sentences of `texts`, of at most `room` characters together, in the order in which they were said.

    Sentences count by their words' frequency over all texts (SumBasic, Nenkova and Vanderwende 2005): a word once chosen counts less.
    """
    all_sentences = [" ".join(text[s.start : s.end].split()) for text in texts for s in sentences(text)]
    places = list({sentence: place for place, sentence in reversed(list(enumerate(all_sentences)))}.values())
    keys = {place: {word.key for word in words(all_sentences[place]) if len(word.key) > 1} for place in places}
    weight = Counter(key for place in places for key in keys[place])
    chosen: list[int] = []
    left = room
    while len(chosen) < most:
        fitting = [place for place in places if place not in chosen and len(all_sentences[place]) <= left and keys[place]]
        if not fitting:
            break
        best = max(fitting, key=lambda place: (sum(weight[key] for key in keys[place]) / math.sqrt(len(keys[place]) + 2), -place))
        chosen.append(best)
        left -= len(all_sentences[best])
        weight.subtract({key: weight[key] * 0.75 for key in keys[best]})
    return [all_sentences[place] for place in sorted(chosen)]
