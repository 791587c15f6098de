"""Which questions ask the same, in both languages: what a vector cannot tell apart, words must."""

import pytest

from maru.cache.likeness import alike, language_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is the capital of France?", "what's the capital of France"),
        ("How many vacation days do I get?", "Could you please tell me how many vacation days I get?"),
        ("When does the probation period end?", "I would like to know when the probation period ends."),
        ("연차 휴가는 며칠인가요?", "안녕하세요, 연차 휴가 며칠인지 알려주세요"),
        ("출장비 한도는 얼마입니까?", "출장비 한도는 얼마야?"),
        ("2024년 3월 5일에 누가 발표했나요?", "2024년 3월 5일에 누가 발표했습니까?"),
    ],
)
def test_the_same_asked_otherwise(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Who wrote Hamlet in 1600?", "Who wrote Hamlet in 1601?"),
        ("What is the capital of France?", "What is the capital of Germany?"),
        ("Which employees are eligible?", "Which employees are not eligible?"),
        ("Can I carry over leave?", "Can I carry over pay?"),
        ("When was the office opened?", "Where was the office opened?"),
        ("What is the minimum deposit?", "What is the maximum deposit?"),
        ("How far is it from Seoul to Busan?", "How far is it from Busan to Seoul?"),
        ("연차 휴가는 며칠인가요?", "병가 휴가는 며칠인가요?"),
        ("출장비 한도가 10만원인가요?", "출장비 한도가 20만원인가요?"),
        ("김도현 팀장은 언제 입사했나요?", "박하은 팀장은 언제 입사했나요?"),
        ("연차는 이월되나요?", "연차는 이월되지 않나요?"),
        ("3월 5일에 쉬나요?", "3월 6일에 쉬나요?"),
        ("서울에서 부산까지 얼마인가요?", "부산에서 서울까지 얼마인가요?"),
        ("How many days of leave?", "연차는 며칠인가요?"),
        ("", ""),
    ],
)
def test_what_nearly_reads_so(one: str, other: str) -> None:
    assert not alike(one, other)
    assert not alike(other, one)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How many days do I have?", "en"),
        ("연차가 VPN으로 되나요?", "ko"),
        ("Quelle est la capitale de la France?", None),
        ("¿Cuántos días tengo?", None),
        ("休暇は何日ですか", None),
        ("123", None),
    ],
)
def test_a_language_is_known_or_it_is_none(text: str, language: str | None) -> None:
    assert language_of(text) == language
