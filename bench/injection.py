"""Injection: recall on the held-out halves and what harmless texts lose, beside a list of words: ``python -m bench.injection``."""

import sys
import time
from collections.abc import Callable, Sequence

from bench.corpora import korquad, xquad
from bench.injection_cases import SAYINGS
from bench.injection_sets import halves, notinject
from bench.report import report
from maru.guard.check import Place, Subject
from maru.guard.injection import CHECK

THRESHOLD = 0.5
_QUESTIONS = 500
_WORDS = ("ignore", "disregard", "forget", "instructions", "prompt", "pretend", "jailbreak", "무시", "프롬프트", "지시")


def main() -> None:
    """Print the table."""
    found, harmless = halves(), notinject()
    if found is None or harmless is None:
        sys.exit("injection: the public sets are absent; set MARU_DATA")
    test = found[1]
    attacks = [text for text, label in test.prompts if label]
    plain = [text for text, label in test.prompts if not label]
    lines = [
        _line("bipia in e-mails, recall", test.attacked("email"), "passage", caught=True),
        _line("bipia in tables, recall", test.attacked("table"), "passage", caught=True),
        _line("bipia in e-mails sent as input, recall", test.attacked("email"), "input", caught=True),
        _line("bipia in tables sent as input, recall", test.attacked("table"), "input", caught=True),
        _line("deepset, recall", attacks, "input", caught=True),
        _line("deepset harmless, passed", plain, "input", caught=False),
        _line("notinject, passed", harmless, "input", caught=False),
        _line("everyday sayings (own, never trained on), passed", SAYINGS, "input", caught=False),
        *(_line(f"questions of {name}, passed", texts, "input", caught=False) for name, texts in asked().items()),
        *(_line(f"passages of {name} sent as input, passed", texts, "input", caught=False) for name, texts in pasted().items()),
        _line("e-mails without attack, passed", test.documents["email"], "passage", caught=False),
        _line("tables without attack, passed", test.documents["table"], "passage", caught=False),
    ]
    report("injection", ("set", "rows", "words", "rules", "rules and models"), lines)
    text = (test.documents["email"][0] * 9)[:500]
    started = time.process_time()
    for turn in range(100):
        list(CHECK.find(Subject(text[turn % 7 :], "passage" if turn % 2 else "input")))
    print(f"CPU of 500 characters: {(time.process_time() - started) * 10:.2f} ms")


def _line(name: str, texts: Sequence[str], place: Place, *, caught: bool) -> tuple[object, ...]:
    def share(flagged: Callable[[str], bool]) -> float:
        return sum(flagged(text) is caught for text in texts) / len(texts)

    return (
        name,
        len(texts),
        share(lambda text: any(word in text.lower() for word in _WORDS)),
        share(lambda text: flagged(text, place, models=False)),
        share(lambda text: flagged(text, place)),
    )


def pasted() -> dict[str, list[str]]:
    """Passages of an encyclopedia, which people paste beside their questions."""
    return {one.name: list(one.passages)[:_QUESTIONS] for one in (korquad(), xquad()) if one}


def asked() -> dict[str, list[str]]:
    """Questions of documents by set; nothing was trained on them."""
    return {one.name: [question.text for question in one.questions][:_QUESTIONS] for one in (korquad(), xquad()) if one}


def flagged(text: str, place: Place, *, models: bool = True) -> bool:
    """Whether the check finds anything at the threshold."""
    return any(one.score >= THRESHOLD and (models or not one.label.endswith("/model")) for one in CHECK.find(Subject(text, place)))


if __name__ == "__main__":
    main()
