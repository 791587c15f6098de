# ruff: noqa: E501 - a case stands on one line
"""Fits the model of Korean abuse on BEEP! and own harmless sentences: ``python -m bench.moderation_fit``."""

import csv
import sys
from collections.abc import Sequence

import numpy as np

from bench import injection_cases as cases
from bench.linear_fit import Floats, Shape, described, fit, log_ratios, margins, platt, rows, squares, together, write
from maru.guard.disguise import readings
from maru.guard.moderation.check import WEIGHTS, brevity, prepared
from maru.guard.normalise import normalise
from tests.data import data_folder

SHAPE = Shape(bits=19, low=1, high=3, cost=0.35, named=("brief",))
FOLDS = 5
#: Share of naive Bayes beside the support vector machine, and what it adds to every count.
_BAYES, _SMOOTHING = 0.7, 0.3
#: What people write to an assistant at work, so that not only comments on news count as harmless.
OWN = tuple(
    text
    for text in (*cases.PROSE, *cases.HARMLESS, *cases.QUESTIONS, *cases.EVERYDAY, *cases.TASKS)
    if not text.isascii() and "욕" not in text
)

_FRAMES = (
    "{0}은 언제 시작되었나?", "{0}을 처음 만든 사람은 누구인가?", "{0}의 뜻이 무엇인가요?", "{0}에 대해 세 줄로 요약해줘.", "{0}이 열린 곳은 어디인가?", "{0} 규정은 몇 조에 있나요?",
    "{0}을 신청하려면 어떤 서류가 필요한가요?", "{0}에서 가장 많은 것은?", "{0}의 아버지는 누구인가?", "{0}이 몇 년에 발표되었는가?", "{0}을 비교하는 표를 만들어 주세요.", "{0}과 관련된 법은 무엇인가?",
    "{0}이 사망한 해는 언제인가?", "{0}을 반대한 이유는?", "{0}은 1998년에 세워졌으며 지금은 세 곳에서 운영한다.", "{0}에 참가한 나라는 몇 개인가?", "{0}을 맡은 사람의 이름은?", "{0}에 쓰인 재료는 무엇이니?", "{0}이라 불리는 까닭은?",
)  # fmt: skip
_THINGS = (
    "전쟁", "선거", "축구 대회", "이 영화", "앨범", "왕조", "대통령", "여성 임원", "외국인 등록", "난민 협약", "교회", "장애인 고용", "정당", "살인 사건", "재판", "드라마", "가수", "배우", "혁명", "도시", "항공기", "왕", "기업", "연차 휴가", "출장비",
    "대학교", "노동조합", "언론사", "작가", "군대", "감독", "선수", "방송", "조약", "법률", "여자 배구", "남자 간호사", "중국 역사", "일본 문학", "독일 철학자", "공연", "게임", "학교", "병원", "은행", "시스템", "보고서", "계약",
)  # fmt: skip

#: How people talk to an assistant who do not bother to be polite.
_TALK = (
    "{0} 뭐야?", "{0} 누구 거야?", "{0} 어디 있어?", "{0} 얼마야?", "{0} 언제 해?", "{0} 알려 줘", "{0} 좀 찾아 봐", "{0} 왜 이래?", "{0} 너무 좋다", "{0} 보고 싶어", "{0} 먹고 싶다", "{0} 무슨 뜻이야", "{0} 지워 줘", "{0} 이야기 해 줘",
    "{0} 진짜 많더라", "{0} 때문에 바빴어", "{0} 없어졌어", "{0} 샀어?", "{0} 괜찮아?", "{0} 몇 개야?", "{0} 처음 봤어", "{0} 잘하더라", "{0} 싫어해?", "{0} 추천해 줘", "{0} 아니야", "{0} 하나 줘", "{0} 걱정돼", "{0} 안 되네",
    "우리 {0} 이쁘지?", "나 {0} 좋아해", "너 {0} 알아?", "내일 {0} 가야 돼", "어제 {0} 봤는데 재밌었어", "저 {0} 뭐지", "그 {0} 누가 했어?", "이 {0} 바꿔 줘",
)  # fmt: skip
_TALKED_OF = (
    "그 여자", "남자 화장실", "할아버지", "우리 아빠", "아줌마", "아저씨", "애들", "신랑", "여자 친구", "중국 음식", "일본 드라마", "미국 대학", "베트남 출장", "북한 뉴스", "외국인", "흑인 음악", "난민 신청", "페미니스트", "동성애자 인권 단체",
    "교회 행사", "절", "이슬람 국가", "장애인 주차장", "노인 대학", "대통령 선거", "국회의원 명단", "기자", "배우", "아이돌", "개그맨", "축구 선수", "강아지", "고양이 새끼", "돼지고기", "쥐", "바퀴벌레", "쓰레기통", "똥 냄새", "방귀", "술", "담배",
    "성형수술", "다이어트", "이혼 서류", "결혼식", "장례식", "죽은 화분", "미친 일정", "욕조", "개나리", "발표", "회의실", "이름", "비밀번호", "파일", "전화", "택배", "환불", "월급", "상사", "후배", "나이", "얼굴", "머리", "키", "몸무게",
)  # fmt: skip
#: Things that each of these is said of.
_EACH = 30
_SAID = (
    "넌 누구니", "너 뭐니?", "네가 누군지 말해 봐", "야 들려?", "야 이것 좀 해 봐", "걔는 왜 안 와", "쟤 누구지", "저 사람 뭐 하는 사람이야?", "그건 네가 알아서 해", "아니 그거 말고", "왜 자꾸 틀려", "또 틀렸네", "이번에도 틀렸잖아", "제대로 다시 해 봐",
    "답이 너무 길어", "못 알아듣겠어", "무슨 소리야?", "말이 안 되잖아", "그게 말이 돼?", "진짜야?", "거짓말 아니지?", "바보 같은 질문이지만 물어볼게", "내가 바보 같았어", "미치도록 보고 싶다", "배고파 죽겠다", "추워 죽겠네", "더워 죽을 것 같아", "웃겨 죽는 줄",
    "심심해", "졸려", "피곤해", "짜증 나는 하루였어", "화가 난 고객에게 뭐라고 하지?", "싸웠는데 어떻게 화해해?", "불이 꺼져 버렸어", "모니터가 꺼져 있네", "컴퓨터가 자꾸 꺼져요", "노트북이 꺼져서 안 켜져", "시발역이 어디야", "발 냄새 없애는 법", "개같이 벌어서 정승같이 쓴다는 말이 무슨 뜻이야",
)  # fmt: skip
#: Written apart from these and never trained on; see :mod:`bench.moderation`.
TALK_KEPT = (
    "너는 누구야?", "넌 뭐야?", "너 이름이 뭐니", "야 이거 좀 봐", "뭐 하고 있어?", "밥 먹었니", "이거 왜 이래", "진짜 웃기다", "그 사람 누구야?", "쟤는 왜 저래", "남자가 많아?", "여자 화장실 어디야", "할머니가 편찮으셔", "우리 엄마가 좋아해",
    "애들이 너무 귀여워", "이 배우 연기 잘하더라", "그 가수 노래 좋더라", "대통령이 누구야", "국회의원은 몇 명이야?", "중국 출장 일정 알려 줘", "일본 여행 가고 싶다", "조선족 자치주는 어디에 있어?", "외국인 직원 비자 서류가 뭐야", "장애인 등록은 어떻게 해?",
    "노인 복지 혜택 알려 줘", "페미니즘이 뭐야?", "동성 결혼이 합법인 나라는 어디야", "이슬람교의 기도 시간은?", "교회 다녀?", "성형외과 추천해 줘", "살 빼는 법 알려 줘", "술 마시고 운전하면 벌금이 얼마야?", "담배 끊고 싶어", "이혼하려면 어떤 서류가 필요해?",
    "바람이 많이 부네", "미친 듯이 바빴어", "죽을 만큼 배고파", "개가 짖어", "새끼 고양이가 태어났어", "똥 꿈 꿨어", "쓰레기 분리수거는 언제 해?", "벌레가 나왔어", "시발점이 어디야", "꺼져 있는 화면을 켜 줘", "닥터가 누구야", "닥치는 대로 읽었어",
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
    data = rows(SHAPE, texts, list(map(brevity, texts)), rare=rare)
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
    """Own sentences, and questions and talk made of own parts."""
    asked = (frame.format(thing) for frame in _FRAMES for thing in _THINGS)
    said = (frame.format(_TALKED_OF[(7 * n + 3 * m) % len(_TALKED_OF)]) for n, frame in enumerate(_TALK) for m in range(_EACH))
    return list(dict.fromkeys([*OWN, *_SAID, *asked, *said]))


def folds(texts: Sequence[str], wanted: Sequence[bool]) -> Floats:
    """Margins of five folds by models that saw nothing of their fold."""
    at, found = fold_of(len(texts)), np.zeros(len(texts))
    for fold in range(FOLDS):
        train, test = ([int(n) for n in np.flatnonzero(mask)] for mask in (at != fold, at == fold))
        weights, rare = fitted([texts[n] for n in train], [wanted[n] for n in train])
        tested = [texts[n] for n in test]
        found[test] = margins(weights, rows(SHAPE, tested, list(map(brevity, tested)), rare=rare))
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
