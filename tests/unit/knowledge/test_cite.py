"""Quotes that support a claim, and claims that their quote does not bear."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from maru.knowledge.cite import CitationStream, Source, pick_quote, supports

DOCUMENTS = Path(__file__).parents[2] / "documents"
SHARE = 0.95  # of the wrong claims that must be rejected, and of the right ones that must be kept


def shown(claim: str, passage: str) -> bool:
    stream = CitationStream([Source("file-1", 1, "file-1_chunk_0", "source.md", passage, 0, 1.0)])
    stream.feed(f"{claim} [1]")
    stream.finish()
    return bool(stream.references)


def written(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((DOCUMENTS / name).read_text(encoding="utf-8"))
    return entries


@pytest.mark.parametrize("name", ["wrong_citations.yaml", "wrong_citations_tuning.yaml"])
def test_wrong_citations_go_and_right_ones_stay(name: str) -> None:
    entries = written(name)
    wrong = [(entry["passage"], case["claim"]) for entry in entries for case in entry["wrong"]]
    right = [(entry["passage"], claim) for entry in entries for claim in entry["right"]]
    passed = [claim for passage, claim in wrong if shown(claim, passage)]
    lost = [claim for passage, claim in right if not shown(claim, passage)]
    assert len(passed) <= (1 - SHARE) * len(wrong), passed
    assert len(lost) <= (1 - SHARE) * len(right), lost


def test_the_written_set_is_sixty_of_four_kinds_in_two_languages() -> None:
    cases = [case for entry in written("wrong_citations.yaml") for case in entry["wrong"]]
    kinds = Counter(("가" <= case["claim"][0] <= "힣", case["kind"]) for case in cases)
    assert len(cases) == 60
    assert set(kinds.values()) == {7, 8}
    assert len(kinds) == 8


def test_every_sentence_supports_itself() -> None:
    for entry in written("wrong_citations.yaml"):
        passage = entry["passage"]
        for sentence in passage.split(". "):
            quote = pick_quote(sentence, passage)
            assert quote is not None, sentence
            assert supports(sentence, passage[quote.start : quote.end]), sentence


SAME = [
    ("연차는 １５일이다.", "연차는 15일이다."),
    ("비용은 1,000원이다.", "비용은 천 원이다."),
    ("비용은 3만 5천 원이다.", "비용은 35,000원이다."),
    ("기간은 열다섯 날이다.", "기간은 15일로 한다."),
    ("기간은 2주이다.", "기간은 14일로 한다."),
    ("시험은 2024년 3월 1일에 있다.", "시험은 2024-03-01에 있다."),
    ("The exam is on 2024-03-01.", "The exam takes place on March 1, 2024."),
    ("회의는 오후 3시에 시작한다.", "회의는 15:00에 시작한다."),
    ("The meeting begins at 3 p.m.", "The meeting begins at 15:00."),
    ("A third of the staff agreed.", "1/3 of the staff agreed."),
    ("The fee is $5.2 million.", "The fee is $5,200,000."),
    ("신청은 불가합니다.", "신청할 수 없다."),
    ("Smoking is not allowed in the office.", "Smoking is prohibited in the office."),
    ("최대 25일까지 쓸 수 있다.", "25일을 초과할 수 없다."),
    ("Obama signed the act in 2010.", "Barack Obama signed the act in 2010."),
    ("해마다 휴가 25일을 받습니다.", "Employees receive 25 days of leave a year."),
    ("WHO published the report.", "The World Health Organization published the report."),
]


@pytest.mark.parametrize(("claim", "quote"), SAME)
def test_the_same_fact_in_another_writing_is_supported(claim: str, quote: str) -> None:
    assert supports(claim, quote)


OTHER = [
    ("기간은 15개월이다.", "기간은 15일이다.", "number"),
    ("직원은 5일 이상 쉰다.", "직원은 5일 이하 쉰다.", "number"),
    ("A팀은 15명이다.", "A팀은 10명이고, B팀은 15명이다.", "number"),
    ("Team A has 15 members.", "Team A has 10 members and team B has 15 members.", "number"),
    ("시험은 2024년 3월 2일에 있다.", "시험은 2024년 3월 1일에 있다.", "date"),
    ("The shop opens on Monday.", "The shop opens on Tuesday.", "date"),
    ("Version 4.2 runs on KF-21.", "Version 4.2 runs on KF-22.", "code"),
    ("계약직도 신청할 수 있다.", "정규직은 신청할 수 있으나 계약직은 신청할 수 없다.", "negation"),
    ("Fees are refundable.", "Fees are non-refundable.", "negation"),
    ("휴직은 유급이다.", "휴직은 무급이다.", "negation"),
    ("박지훈 팀장이 승인한다.", "김민수 팀장이 승인한다.", "name"),
    ("The report was written by Ann Lee.", "The report was written by Bob Lee.", "name"),
    ("해마다 휴가 25일을 받을 수 없습니다.", "Employees receive 25 days of leave a year.", "negation"),
    ("해마다 휴가 25일을 받습니다.", "Employees do not receive 25 days of leave a year.", "negation"),
    ("해마다 휴가 20일을 받습니다.", "Employees receive 25 days of leave a year.", "number"),
    ("하늘은 파랗고 바다는 넓다.", "연차는 근속 기간에 따라 준다.", "unrelated"),
]


@pytest.mark.parametrize(("claim", "quote", "reason"), OTHER)
def test_another_fact_is_rejected_with_its_kind(claim: str, quote: str, reason: str) -> None:
    assert supports(claim, quote) == (False, reason)


def test_a_quote_is_whole_sentences_of_at_most_300_characters() -> None:
    passage = " ".join(f"Rule {n} says that item {n} costs {n * 7} euros in every shop of the town." for n in range(1, 40))
    quote = pick_quote("Item 12 costs 84 euros.", passage)
    assert quote is not None
    assert passage[quote.start : quote.end] == "Rule 12 says that item 12 costs 84 euros in every shop of the town."


def test_a_longer_sentence_is_cut_between_clauses() -> None:
    passage = ", ".join(f"부서 {n}의 예산은 {n * 3}억 원이고 담당자는 따로 정하며 매년 다시 검토한다" for n in range(1, 30)) + "."
    quote = pick_quote("부서 7의 예산은 21억 원이다.", passage)
    assert quote is not None
    assert quote.end - quote.start <= 300
    assert "21억 원" in passage[quote.start : quote.end]


def test_a_word_for_word_match_comes_first() -> None:
    passage = "연차 휴가는 15일이며 15일 전에 신청한다. 연차 휴가는 15일이다."
    quote = pick_quote("연차 휴가는 15일이다.", passage)
    assert quote is not None
    assert passage[quote.start : quote.end] == "연차 휴가는 15일이다."


@pytest.mark.parametrize("passage", ["", "\n\n", "---", "  "])
def test_an_empty_passage_has_no_quote(passage: str) -> None:
    assert pick_quote("연차는 15일이다.", passage) is None
