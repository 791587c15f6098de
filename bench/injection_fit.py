"""Fits the models of injection on the train halves and own cases: ``python -m bench.injection_fit``."""

import json
import sys
from collections.abc import Sequence

from bench import corpora
from bench import injection_cases as cases
from bench import injection_prompts as prompts
from bench import injection_tasks as tasks
from bench.injection_sets import Half, halves
from bench.linear_fit import Shape, described, fit, folded, platt, rows, write
from maru.guard.injection import rules, sentences
from maru.guard.injection.check import WEIGHTS, lowered, prompt_signs, unopened
from maru.guard.normalise import normalise
from tests.data import data_folder

_KINDS = tuple(f"rule_{kind}" for kind in ("override", "jailbreak", "prompt_theft", "delimiter", "addressed"))
_DIRECT = Shape(
    bits=16,
    low=3,
    high=5,
    cost=0.5,
    named=(*_KINDS, "brief"),
)
_DIRECT_KO = Shape(bits=16, low=2, high=4, cost=0.5, named=(*_KINDS, "brief"))
_SIGNS = (
    "task", "answer", "its_text", "question", "request", "letters", "genre", "language", "mine", "yours", "web", "link",
    "apart", "ends", "long", "short", "task_answer", "plain_question", "plain_task",
)  # fmt: skip
_KO_SIGNS = (
    "ko_task", "ko_answer", "ko_reader", "ko_form", "ko_business", "link", "ko_question", "apart",
    "ends", "long", "short", "ko_told_on", "ko_told_how", "ko_told_to_act", "ko_told_to_write",
)  # fmt: skip
_INDIRECT = Shape(bits=15, low=3, high=5, cost=1.0, named=_SIGNS, emphasis=0.7)
_INDIRECT_KO = Shape(bits=17, low=2, high=4, cost=1.0, named=_KO_SIGNS, emphasis=0.7)
_ARTICLES = "data/question-answering/200423_covidQA.json"
#: Of so many sentences of articles one is learnt from. With every 40th no passage of xquad_en is flagged (without any 23 of 240), but
#: deepset's recall falls to .77 and that of attacks worded anew from .68 to .48; with every 300th it is 3, .83 and .60.
_EVERY = 300


def main() -> None:
    """Fit all and write the file."""
    found = halves()
    if found is None:
        sys.exit("injection_fit: the public sets are absent; set MARU_DATA")
    train = found[0]
    models = {"direct": _direct(train), "direct_ko": _direct_ko(), "indirect": _indirect(train), "indirect_ko": _indirect_ko()}
    write(
        WEIGHTS,
        models,
        {
            "sources": "deepset/prompt-injections (Apache-2.0), BIPIA (MIT), COVID-QA (Apache-2.0), BEEP! (Moon, Cho, Lee 2020), own cases",
            "licence": "direct_ko and indirect_ko: CC BY-SA 4.0, the others: Apache-2.0",
        },
    )


def _direct(train: Half) -> tuple[dict[str, object], bytes]:
    harmless = (*cases.HARMLESS, *cases.QUESTIONS, *cases.EVERYDAY, *cases.NOTICES, *_articles())
    texts = [read(text) for text, _ in train.prompts] + [read(text) for text in (*harmless, *cases.ATTACKS, *cases.TAKEN_OVER)]
    wanted = [label for _, label in train.prompts] + [False] * len(harmless) + [True] * len((*cases.ATTACKS, *cases.TAKEN_OVER))
    data = rows(_DIRECT, list(map(unopened, texts)), [prompt_signs(text, rules.hits(text)) for text in texts])
    # How sure a margin is, as many own prompts as public ones tell: more would only say how many were written.
    public = len(train.prompts)
    asked = [*range(public), *range(public, len(texts), (len(texts) - public) // public)]
    slope, shift = platt(folded(_DIRECT, data, wanted)[asked], [wanted[at] for at in asked])
    return described(_DIRECT, fit(_DIRECT, data, wanted), slope, shift)


def _direct_ko() -> tuple[dict[str, object], bytes]:
    """Of prompts with Hangul: no public set has any, so that own cases alone say how sure a margin is."""
    own = (
        *cases.HARMLESS,
        *cases.QUESTIONS,
        *cases.EVERYDAY,
        *cases.NOTICES,
        *prompts.KO_HARMLESS,
        *tasks.KO_PROSE[::3],
        *_comments()[:600],
    )
    harmless = [text for text in own if sentences.language(text) == "ko"]
    attacks = [text for text in (*cases.ATTACKS, *cases.TAKEN_OVER, *prompts.KO_ATTACKS) if sentences.language(text) == "ko"]
    texts = [read(text) for text in (*harmless, *attacks)]
    wanted = [False] * len(harmless) + [True] * len(attacks)
    data = rows(_DIRECT_KO, list(map(unopened, texts)), [prompt_signs(text, rules.hits(text)) for text in texts])
    slope, shift = platt(folded(_DIRECT_KO, data, wanted), wanted)
    return described(_DIRECT_KO, fit(_DIRECT_KO, data, wanted), slope, shift)


def _indirect(train: Half) -> tuple[dict[str, object], bytes]:
    """Of sentences in other languages than Korean."""
    taken = _Taken()
    plain = [" ".join(cases.PROSE[at : at + 6]) for at in range(0, len(cases.PROSE), 6)]
    for document in (*train.documents["email"], *train.documents["table"], *plain):
        taken.add(document)
    taken.attack((*train.attacks, *cases.TASKS), (*train.documents["email"], *plain), times=3)
    return taken.fitted(_INDIRECT)


def _indirect_ko() -> tuple[dict[str, object], bytes]:
    """Of Korean sentences; what stands around them may be one sentence or several."""
    taken = _Taken("ko")
    for comment in _comments():
        taken.add(comment)
    prose = [text for text in (*cases.PROSE, *tasks.KO_PROSE) if sentences.language(text) == "ko"]
    plain = [*prose, *(" ".join(prose[at : at + 6]) for at in range(0, len(prose), 6))]
    for document in plain:
        taken.add(document)
    taken.attack((*cases.TASKS, *tasks.KO_TASKS), plain, times=2)
    return taken.fitted(_INDIRECT_KO)


def _articles() -> list[str]:
    """Sentences, alone and in fours, of every other scientific article: what is pasted into prompts is seldom said to anybody."""
    folder = data_folder("covid_qa")
    found = json.loads((folder / _ARTICLES).read_text(encoding="utf-8"))["data"] if folder else []
    said = [one for article in found[::2] for one in corpora.sentences(article["paragraphs"][0]["context"])]
    return [*said[::_EVERY], *(" ".join(said[at : at + 4]) for at in range(0, len(said) - 3, 5 * _EVERY))]


def _comments() -> list[str]:
    """What people write under Korean news: no orders to anybody."""
    folder = data_folder("korean_hate_speech")
    lines = (folder / "labeled/train.tsv").read_text(encoding="utf-8").splitlines()[1:] if folder else []
    return [line.split("\t")[0] for line in lines[::4]]


class _Taken:
    """Sentences of a language, else of all, with their signs, and whether they are an attack's."""

    def __init__(self, language: str = "") -> None:
        self._language = language
        self._texts: list[str] = []
        self._signs: list[dict[str, float]] = []
        self._wanted: list[bool] = []

    def add(self, document: str, attack: str = "") -> None:
        """The sentences of a document, or the attack's where there is one."""
        around = sentences.counted(read(f"{document}\n{attack}"))
        body = read(attack or document)
        for start, end in sentences.parts(body):
            sentence = sentences.plain(body[start:end].strip())
            if not self._language or sentences.language(sentence) == self._language:
                self._texts.append(sentence)
                self._signs.append(sentences.signs(sentence, around))
                self._wanted.append(bool(attack))

    def attack(self, attacks: Sequence[str], hosts: Sequence[str], *, times: int) -> None:
        """Each attack in so many documents in turn."""
        for number, attack in enumerate(attacks):
            for turn in range(times):
                self.add(hosts[(number * times + turn) % len(hosts)], attack)

    def fitted(self, shape: Shape) -> tuple[dict[str, object], bytes]:
        data = rows(shape, self._texts, self._signs)
        slope, shift = platt(folded(shape, data, self._wanted), self._wanted)
        return described(shape, fit(shape, data, self._wanted), slope, shift)


def read(text: str) -> str:
    """A text as the check reads it."""
    return lowered(normalise(text).text)


if __name__ == "__main__":
    main()
