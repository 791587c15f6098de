"""Measures what the citation checks let through: `python -m bench.citations`.

Besides the written set (`tests/documents/wrong_citations.yaml`), sentences of public texts are cited once as they stand and once
with a number, a name or a negation changed by machine; ClapNQ's answers, which people wrote from a passage in words of their own,
show what is lost of honest citations.
"""

import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.report import ROOT, report
from maru.knowledge.cite import CitationStream, Reference, Source
from maru.knowledge.sentences import sentences
from tests.data import data_folder

type Pair = tuple[str, str]
type Change = Callable[[str, random.Random], str | None]

_SETS = {"written": "wrong_citations.yaml", "written for tuning": "wrong_citations_tuning.yaml"}


@dataclass
class Shown:
    """Counts of what was shown; `verbatim` of those whose quote is its passage's text at the given place."""

    asked: int = 0
    kept: int = 0
    verbatim: int = 0

    def add(self, claim: str, passage: str) -> None:
        """Cite a passage for a claim."""
        references = cited(claim, passage)
        self.asked += 1
        self.kept += bool(references)
        self.verbatim += all(is_verbatim(reference, passage) for reference in references)

    @property
    def share(self) -> float:
        """Of the claims, how many kept their marker."""
        return self.kept / max(1, self.asked)


def main() -> None:
    """Print the table."""
    most = int(sys.argv[sys.argv.index("--most") + 1]) if "--most" in sys.argv else 300
    began, counts = time.process_time(), [0, 0]
    rows: list[Sequence[object]] = []
    for label, right, wrong in _cases(most):
        kept, shown = _count(right), _count(wrong)
        counts[0] += kept.asked + shown.asked
        counts[1] += kept.verbatim + shown.verbatim
        rows.append((label, *(_shares(kept, kept.share)), *(_shares(shown, 1 - shown.share))))
    report("citations", ("claims", "right", "kept", "wrong", "rejected"), rows)
    spent = (time.process_time() - began) / max(1, counts[0]) * 1000
    print(f"Verbatim: {counts[1] / max(1, counts[0]):.3f} of {counts[0]}; {spent:.1f} ms of CPU a claim.")


def cited(claim: str, passage: str) -> list[Reference]:
    """The references that a model gets which writes the claim and cites the passage."""
    stream = CitationStream([Source("file-1", 1, "file-1_chunk_0", "source", passage, 1000, 1.0)])
    stream.feed(f"{claim} [1]")
    stream.finish()
    return stream.references


def is_verbatim(reference: Reference, passage: str) -> bool:
    """Whether a quote is the text at the place that it names, in the passage and in the file."""
    in_file = passage[reference.file_start - 1000 : reference.file_end - 1000]
    return reference.content == passage and passage[reference.start : reference.end] == reference.quote == in_file


def _cases(most: int) -> Iterator[tuple[str, list[Pair], list[Pair]]]:
    for label, name in _SETS.items():
        entries = yaml.safe_load((ROOT / "tests" / "documents" / name).read_text(encoding="utf-8"))
        right = [(claim, entry["passage"]) for entry in entries for claim in entry["right"]]
        yield label, right, [(case["claim"], entry["passage"]) for entry in entries for case in entry["wrong"]]
    for name, file, changes in (("xquad_en", "xquad.en.json", ENGLISH), ("korquad1_dev", "korquad_dev_share.json", KOREAN)):
        folder = data_folder(name)
        if folder:
            yield from _public(name, folder / file, changes, most)
    folder = data_folder("clapnq_dev")
    if folder:
        yield "clapnq_dev, answers by people", list(_answers(folder / "clapnq_dev_answerable_share.jsonl")), []


def _public(name: str, file: Path, changes: dict[str, Change], most: int) -> Iterator[tuple[str, list[Pair], list[Pair]]]:
    texts = [paragraph["context"] for article in json.loads(file.read_text())["data"] for paragraph in article["paragraphs"]]
    pairs = [(text[span.start : span.end], text) for text in texts for span in sentences(text) if 30 < span.end - span.start <= 280]
    chance = random.Random(7)
    chance.shuffle(pairs)
    for kind, change in changes.items():
        changed = ((change(claim, chance), text) for claim, text in pairs)
        wrong = [(claim, text) for claim, text in changed if claim]
        yield f"{name}, {kind} changed", pairs[:most], wrong[:most]


def _number(claim: str, chance: random.Random) -> str | None:
    found = list(re.finditer(r"(?<![\d.,A-Za-z-])\d+(?![\d,.]\d|[A-Za-z-])", claim))
    if not found:
        return None
    place = chance.choice(found)
    other = max(0, int(place.group()) + chance.choice([1, 2, 3, 10, -1]))
    return claim[: place.start()] + str(other + (other == int(place.group()))) + claim[place.end() :]


_NAMES = ("Vienna", "Hamilton", "Rousseau", "Nakamura", "Lisbon", "Kensington", "Okafor", "Bergmann", "Toledo", "Silva")
_KOREAN_NAMES = ("김도현", "이서준", "박하은", "최민재", "정유진", "윤성호", "장미란", "한지훈")


def _english_name(claim: str, chance: random.Random) -> str | None:
    found = list(re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{3,}", claim))
    if not found:
        return None
    place = chance.choice(found)
    return claim[: place.start()] + chance.choice(_NAMES) + claim[place.end() :]


def _korean_name(claim: str, chance: random.Random) -> str | None:
    found = list(re.finditer(r"(?<![가-힣])[김이박최정윤장임한오서신권황안송][가-힣]{2}(?=(?:은|는|이|가|을|의) )", claim))
    if not found:
        return None
    place = chance.choice(found)
    return claim[: place.start()] + chance.choice(_KOREAN_NAMES) + claim[place.end() :]


def _replaced(pairs: Sequence[Pair]) -> Change:
    def change(claim: str, _: random.Random) -> str | None:
        return next((claim.replace(one, other, 1) for one, other in pairs if one in claim), None)

    return change


ENGLISH: dict[str, Change] = {
    "number": _number,
    "name": _english_name,
    "negation": _replaced(
        (
            (" is ", " is not "),
            (" was ", " was not "),
            (" are ", " are not "),
            (" were ", " were not "),
            (" has ", " has not "),
            (" not ", " "),
        )
    ),
}
KOREAN: dict[str, Change] = {
    "number": _number,
    "name": _korean_name,
    "negation": _replaced(
        (
            ("하지 않았다", "했다"),
            ("할 수 없", "할 수 있"),
            ("할 수 있", "할 수 없"),
            ("하였다.", "하지 않았다."),
            ("했다.", "하지 않았다."),
            ("한다.", "하지 않는다."),
            ("되었다.", "되지 않았다."),
            ("이다.", "이 아니다."),
        )
    ),
}


def _answers(file: Path) -> Iterator[Pair]:
    for line in file.read_text().splitlines():
        entry = json.loads(line)
        answer = entry["output"][0]["answer"]
        yield from ((answer[span.start : span.end], entry["passages"][0]["text"]) for span in sentences(answer))


def _count(pairs: Sequence[Pair]) -> Shown:
    shown = Shown()
    for claim, passage in pairs:
        shown.add(claim, passage)
    return shown


def _shares(shown: Shown, share: float) -> tuple[object, object]:
    return (shown.asked, share) if shown.asked else ("–", "–")


if __name__ == "__main__":
    main()
