"""Grounding: what passages say passes, what they do not say is told, in Korean and English; small talk claims nothing."""

import pytest

from maru.guard.check import Subject
from maru.guard.engine import Guard
from maru.guard.grounding import CHECK, measured
from maru.guard.masking import Vault
from maru.guard.policy import parsed
from maru.guard.stream import GuardedStream

LEAVE = "Employees receive 15 days of annual leave per year. Unused leave expires on 31 December. Ask the team lead three days before."
KOREAN = "연차 휴가는 1년에 15일이다. 신청은 사흘 전까지 팀장에게 한다. 미사용 연차는 12월 31일에 소멸한다."


@pytest.mark.parametrize(
    ("answer", "passages", "reasons"),
    [
        ("Employees receive 15 days of annual leave per year [1].", [LEAVE], []),
        ("Employees receive 20 days of annual leave per year.", [LEAVE], ["number"]),
        ("Employees receive 15 days of annual leave. The canteen serves vegetarian lunches daily.", [LEAVE], ["unrelated"]),
        ("연차 휴가는 1년에 15일입니다.", [KOREAN], []),
        ("연차 휴가는 1년에 25일입니다.", [KOREAN], ["number"]),
        ("구내식당은 매일 채식 메뉴를 제공합니다.", [KOREAN], ["unrelated"]),
    ],
)
def test_claims_are_held_against_the_passages(answer: str, passages: list[str], reasons: list[str]) -> None:
    found = measured(answer, passages)
    assert found is not None
    assert [one["reason"] for one in found["unsupported"]] == reasons
    assert found["score"] == round(1 - len(reasons) / found["claims"], 3)


@pytest.mark.parametrize(
    "answer",
    [
        "Hello!",
        "How can I help you today?",
        "The documents do not hold an answer to this question.",
        "제공된 문서에서 이 질문에 대한 답을 찾지 못했습니다.",
        "무엇을 도와드릴까요?",
        "I can only quote from documents, and found none to quote from for this question.",
    ],
)
def test_what_claims_nothing_has_no_score(answer: str) -> None:
    assert measured(answer, [LEAVE, KOREAN]) is None


def test_without_passages_nothing_is_said() -> None:
    assert measured("The moon is made of green cheese.", []) is None
    assert list(CHECK.find(Subject("The moon is made of green cheese.", "output"))) == []


@pytest.mark.parametrize(
    ("hold", "action", "out"),
    [
        ("sentence", "strip", "Employees receive 15 days of annual leave per year. Unused leave expires on 31 December."),
        ("sentence", "block", "Employees receive 15 days of annual leave per year."),
        ("sentence", "replace", "Employees receive 15 days of annual leave per year. (unsupported) Unused leave expires on 31 December."),
        ("none", "block", "Employees receive 15 days of annual leave per year. The canteen serves vegetarian lunches daily."),
    ],
)
async def test_the_action_is_the_policys(hold: str, action: str, out: str) -> None:
    rule = {"output": action, "replacement": "(unsupported)"}
    policy = parsed({"name": "test", "hold": hold, "checks": {"grounding": rule}})
    stream = GuardedStream(Guard(), policy, "output", vault=Vault(), facts={"passages": [LEAVE]})
    said = (
        "Employees receive 15 days of annual leave per year. The canteen serves vegetarian lunches daily. "
        "Unused leave expires on 31 December."
    )
    told = "".join([await stream.feed(said[at : at + 5]) for at in range(0, len(said), 5)]) + await stream.finish()
    assert " ".join(told.split()) == out
    assert stream.blocked == (action == "block")
