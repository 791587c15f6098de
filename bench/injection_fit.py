"""Fits the two models of injection on the train halves and own cases: ``python -m bench.injection_fit``."""

import sys

from bench import injection_cases as cases
from bench.injection_sets import Half, halves
from bench.linear_fit import Shape, described, fit, folded, platt, rows, write
from maru.guard.injection import rules, sentences
from maru.guard.injection.check import WEIGHTS, lowered, prompt_signs, unopened
from maru.guard.normalise import normalise

_KINDS = tuple(f"rule_{kind}" for kind in ("override", "jailbreak", "prompt_theft", "delimiter", "addressed"))
_DIRECT = Shape(
    bits=16,
    low=3,
    high=5,
    cost=0.5,
    named=(*_KINDS, "brief"),
)
_SIGNS = (
    "task", "answer", "its_text", "question", "request", "letters", "genre", "language", "mine", "yours", "web", "link", "ko_task",
    "ko_answer", "ko_reader", "ko_form", "ko_business", "apart", "ends", "long", "short", "task_answer", "plain_question", "plain_task",
)  # fmt: skip
_INDIRECT = Shape(bits=15, low=3, high=5, cost=1.0, named=_SIGNS, emphasis=0.7)


def main() -> None:
    """Fit both and write the file."""
    found = halves()
    if found is None:
        sys.exit("injection_fit: the public sets are absent; set MARU_DATA")
    train = found[0]
    models = {"direct": _direct(train), "indirect": _indirect(train)}
    write(WEIGHTS, models, {"sources": "deepset/prompt-injections (Apache-2.0), BIPIA (MIT), own cases", "licence": "Apache-2.0"})


def _direct(train: Half) -> tuple[dict[str, object], bytes]:
    harmless = (*cases.HARMLESS, *cases.QUESTIONS, *cases.EVERYDAY, *cases.NOTICES)
    texts = [read(text) for text, _ in train.prompts] + [read(text) for text in (*harmless, *cases.ATTACKS, *cases.TAKEN_OVER)]
    wanted = [label for _, label in train.prompts] + [False] * len(harmless) + [True] * len((*cases.ATTACKS, *cases.TAKEN_OVER))
    data = rows(_DIRECT, list(map(unopened, texts)), [prompt_signs(text, rules.hits(text)) for text in texts])
    # How sure a margin is, as many own prompts as public ones tell: more would only say how many were written.
    public = len(train.prompts)
    asked = [*range(public), *range(public, len(texts), (len(texts) - public) // public)]
    slope, shift = platt(folded(_DIRECT, data, wanted)[asked], [wanted[at] for at in asked])
    return described(_DIRECT, fit(_DIRECT, data, wanted), slope, shift)


def _indirect(train: Half) -> tuple[dict[str, object], bytes]:
    texts: list[str] = []
    found: list[dict[str, float]] = []
    wanted: list[bool] = []
    for kind in ("email", "table"):
        for document in train.documents[kind]:
            _take(document, "", texts, found, wanted)
    plain = [" ".join(cases.PROSE[at : at + 6]) for at in range(0, len(cases.PROSE), 6)]
    for document in plain:
        _take(document, "", texts, found, wanted)
    hosts = (*train.documents["email"], *plain)
    for number, attack in enumerate((*train.attacks, *cases.TASKS)):
        for turn in range(3):
            _take(hosts[(number * 3 + turn) % len(hosts)], attack, texts, found, wanted)
    data = rows(_INDIRECT, texts, found)
    slope, shift = platt(folded(_INDIRECT, data, wanted), wanted)
    return described(_INDIRECT, fit(_INDIRECT, data, wanted), slope, shift)


def _take(document: str, attack: str, texts: list[str], found: list[dict[str, float]], wanted: list[bool]) -> None:
    """The sentences of a document, or the attack's where there is one, with their signs."""
    whole = read(f"{document}\n{attack}")
    around = sentences.counted(whole)
    body = read(attack or document)
    for start, end in sentences.parts(body):
        sentence = body[start:end].strip()
        texts.append(sentence)
        found.append(sentences.signs(sentence, around))
        wanted.append(bool(attack))


def read(text: str) -> str:
    """A text as the check reads it."""
    return lowered(normalise(text).text)


if __name__ == "__main__":
    main()
