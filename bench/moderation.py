"""Moderation: Korean abuse by five folds beside two trivial baselines, and what harmless text loses: ``python -m bench.moderation``."""

import json
import sys
import time

from bench.linear_fit import platt, rows
from bench.moderation_fit import SHAPE, comments, folds, macro_f1
from bench.report import report
from maru.guard.check import Subject
from maru.guard.moderation import CHECK, rules
from maru.guard.moderation.check import category_scores
from maru.guard.moderation.rules import CATEGORIES
from tests.data import data_folder


def main() -> None:
    """Print the table."""
    found = comments()
    if found is None:
        sys.exit("moderation: korean_hate_speech is absent; set MARU_DATA")
    texts, abusive, _ = found
    margins = folds(rows(SHAPE, texts), abusive)
    slope, shift = platt(margins, abusive)
    ruled = [rules.scores(text).get("harassment", 0.0) >= 0.5 for text in texts]
    modelled = [bool(slope * margin + shift >= 0) for margin in margins]
    lines = [
        ("all are abuse", macro_f1([True] * len(texts), abusive)),
        ("rules alone", macro_f1(ruled, abusive)),
        ("model, 5-fold", macro_f1(modelled, abusive)),
        ("rules and model, 5-fold", macro_f1([one or other for one, other in zip(ruled, modelled, strict=True)], abusive)),
    ]
    report("moderation", ("Korean abuse (none against offensive or hate)", "macro F1"), lines)
    _harmless()
    text = (texts[0] * 20)[:500]
    started = time.process_time()
    for turn in range(50):
        list(CHECK.find(Subject(text[turn % 7 :], "input")))
    print(f"CPU of 500 characters: {(time.process_time() - started) * 20:.2f} ms")


def _harmless() -> None:
    """Questions about an encyclopedia: what is flagged of them is wrong nearly always."""
    folder = data_folder("korquad1_dev")
    if folder is None:
        return
    articles = json.loads((folder / "korquad_dev_share.json").read_text())["data"]
    questions = [qa["question"] for article in articles for paragraph in article["paragraphs"] for qa in paragraph["qas"]][:1000]
    scored = [category_scores(question) for question in questions]
    for label in CATEGORIES:
        if flagged := sum(one[label] >= 0.5 for one in scored):
            print(f"KorQuAD questions flagged at .5 as {label}: {flagged} of {len(questions)}")


if __name__ == "__main__":
    main()
