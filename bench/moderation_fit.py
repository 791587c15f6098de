# ruff: noqa: E501 - a case stands on one line
"""Fits the model of Korean abuse on BEEP! and own harmless sentences: ``python -m bench.moderation_fit``."""

import csv
import sys
from collections.abc import Sequence

import numpy as np

from bench import injection_cases as cases
from bench.linear_fit import Floats, Shape, described, fit, log_ratios, margins, platt, rows, squares, together, write
from maru.guard.disguise import readings
from maru.guard.moderation.check import WEIGHTS, prepared
from maru.guard.normalise import normalise
from tests.data import data_folder

SHAPE = Shape(bits=19, low=1, high=3, cost=0.35)
FOLDS = 5
#: Share of naive Bayes beside the support vector machine, and what it adds to every count.
_BAYES, _SMOOTHING = 0.7, 0.3
#: What people write to an assistant at work, so that not only comments on news count as harmless.
OWN = tuple(text for text in (*cases.PROSE, *cases.HARMLESS, *cases.TASKS) if not text.isascii() and "욕" not in text)

_FRAMES = (
    "{0}은 언제 시작되었나?", "{0}을 처음 만든 사람은 누구인가?", "{0}의 뜻이 무엇인가요?", "{0}에 대해 세 줄로 요약해줘.", "{0}이 열린 곳은 어디인가?", "{0} 규정은 몇 조에 있나요?",
    "{0}을 신청하려면 어떤 서류가 필요한가요?", "{0}에서 가장 많은 것은?", "{0}의 아버지는 누구인가?", "{0}이 몇 년에 발표되었는가?", "{0}을 비교하는 표를 만들어 주세요.", "{0}과 관련된 법은 무엇인가?",
    "{0}이 사망한 해는 언제인가?", "{0}을 반대한 이유는?", "{0}은 1998년에 세워졌으며 지금은 세 곳에서 운영한다.", "{0}에 참가한 나라는 몇 개인가?", "{0}을 맡은 사람의 이름은?", "{0}에 쓰인 재료는 무엇이니?", "{0}이라 불리는 까닭은?",
)  # fmt: skip
_THINGS = (
    "전쟁", "선거", "축구 대회", "이 영화", "앨범", "왕조", "대통령", "여성 임원", "외국인 등록", "난민 협약", "교회", "장애인 고용", "정당", "살인 사건", "재판", "드라마", "가수", "배우", "혁명", "도시", "항공기", "왕", "기업", "연차 휴가", "출장비",
    "대학교", "노동조합", "언론사", "작가", "군대", "감독", "선수", "방송", "조약", "법률", "여자 배구", "남자 간호사", "중국 역사", "일본 문학", "독일 철학자", "공연", "게임", "학교", "병원", "은행", "시스템", "보고서", "계약",
)  # fmt: skip


def main() -> None:
    """Fit ``harassment`` (offensive or hateful) and ``hate`` (that, with a bias against a group), and write the file."""
    found = comments()
    if found is None:
        sys.exit("moderation_fit: korean_hate_speech is absent; set MARU_DATA")
    texts, abusive, biased = found
    plain = [read(text) for text in harmless()]
    models = {}
    for name, labels in (("harassment", abusive), ("hate", biased)):
        everything, wanted = [*texts, *plain], [*labels, *(False for _ in plain)]
        slope, shift = platt(folds(everything, wanted), wanted)
        weights, rare = fitted(everything, wanted)
        models[name] = described(SHAPE, weights, slope, shift, rare=rare)
    write(WEIGHTS, models, {"sources": "BEEP! (Moon, Cho, Lee 2020), own sentences", "licence": "CC BY-SA 4.0"})


def fitted(texts: Sequence[str], wanted: Sequence[bool]) -> tuple[Floats, Floats]:
    """A support vector machine with naive Bayes beside it on n-grams of which the rare ones count more, and how much more."""
    rare = squares(SHAPE, texts)
    data = rows(SHAPE, texts, rare=rare)
    machine = fit(SHAPE, data, wanted, rounds=12)
    return together(machine, log_ratios(SHAPE, data, wanted, _SMOOTHING), data, _BAYES), rare


def comments() -> tuple[list[str], list[bool], list[bool]] | None:
    """Comments as the model reads them; whether they are offensive or hateful; whether they are and show a bias against a group."""
    folder = data_folder("korean_hate_speech")
    if folder is None:
        return None
    with (folder / "labeled/train.tsv").open(encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    abusive = [one["hate"] != "none" for one in found]
    biased = [bad and one["bias"] != "none" for bad, one in zip(abusive, found, strict=True)]
    return [read(one["comments"]) for one in found], abusive, biased


def read(text: str) -> str:
    """As the check reads it."""
    return prepared(readings(normalise(text))[0].text)


def harmless() -> list[str]:
    """Own sentences, and questions made of own parts."""
    return list(dict.fromkeys([*OWN, *(frame.format(thing) for frame in _FRAMES for thing in _THINGS)]))


def folds(texts: Sequence[str], wanted: Sequence[bool]) -> Floats:
    """Margins of five folds by models that saw nothing of their fold."""
    at, found = fold_of(len(texts)), np.zeros(len(texts))
    for fold in range(FOLDS):
        train, test = ([int(n) for n in np.flatnonzero(mask)] for mask in (at != fold, at == fold))
        weights, rare = fitted([texts[n] for n in train], [wanted[n] for n in train])
        found[test] = margins(weights, rows(SHAPE, [texts[n] for n in test], rare=rare))
    return found


def fold_of(many: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The fold of each row."""
    return np.random.default_rng(1).permutation(many) % FOLDS


def macro_f1(flagged: Sequence[bool], wanted: Sequence[bool]) -> float:
    """The mean of both classes' F1."""
    got, truth = np.array(flagged), np.array(wanted)
    return float(np.mean([2 * (one & other).sum() / max(1, one.sum() + other.sum()) for one, other in ((got, truth), (~got, ~truth))]))


if __name__ == "__main__":
    main()
