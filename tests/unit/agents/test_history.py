"""What of a session a model may see."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from maru.agents.history import estimate_tokens, needed, recollect
from maru.agents.messages import Message, read, withheld
from maru.agents.sessions import Summary
from maru.knowledge.rights import FileVersion

A, B = ("file-a", 1), ("file-b", 1)


def turn(number: int, text: str = "x" * 40, *, used: frozenset[FileVersion] = frozenset(), status: str = "completed") -> list[Message]:
    place = f"m#{number:04d}"
    question = Message(f"q{number}", "s", "user", f"question {number}", 0, place=place + "a")
    return [question, Message(f"a{number}", "s", "assistant", text, 0, place=place + "b", used=used, status=status)]


def talk(*turns: list[Message]) -> list[Message]:
    return [message for one in turns for message in one]


def test_the_newest_turns_that_fit_are_told_and_the_rest_overflows() -> None:
    found = recollect(talk(turn(1), turn(2), turn(3)), None, set(), limit=50)
    assert [one.question.id for one in found.turns] == ["q2", "q3"]
    assert [one.question.id for one in found.overflow] == ["q1"]


def test_a_failed_answer_is_no_turn_and_an_unanswered_question_neither() -> None:
    messages = talk(turn(1, status="failed"), turn(2)[:1], turn(3))
    assert [one.question.id for one in recollect(messages, None, set(), limit=1000).turns] == ["q3"]


def test_what_stands_on_a_hidden_document_is_left_out() -> None:
    messages = talk(turn(1, used=frozenset({A})), turn(2, used=frozenset({B})))
    found = recollect(messages, None, {B}, limit=1000)
    assert [one.question.id for one in found.turns] == ["q2"]
    assert found.used == {B}
    assert needed(messages, None) == {A, B}


def test_a_summary_stands_for_the_turns_it_covers_while_its_documents_are_seen() -> None:
    messages = talk(turn(1, used=frozenset({A})), turn(2))
    summary = Summary("all of it", until=messages[1].place, used=frozenset({A}))
    told = recollect(messages, summary, {A}, limit=1000)
    assert (told.summary, [one.question.id for one in told.turns]) == (summary, ["q2"])
    assert told.used == {A}
    hidden = recollect(messages, summary, set(), limit=1000)
    assert (hidden.summary, [one.question.id for one in hidden.turns]) == (None, ["q2"])


def test_markers_are_not_told() -> None:
    (one,) = recollect(talk(turn(1, "It is 15 [1][2]. Yes [1, 3].")), None, set(), limit=100).turns
    assert one.messages()[1] == {"role": "assistant", "content": "It is 15. Yes."}


@given(st.lists(st.integers(0, 200), max_size=12), st.integers(0, 400))
def test_the_limit_holds_and_turns_stay_in_order(sizes: list[int], limit: int) -> None:
    found = recollect(talk(*(turn(i, "가" * size) for i, size in enumerate(sizes))), None, set(), limit=limit)
    assert sum(one.tokens() for one in found.turns) <= limit
    assert all(one.answer.place < other.answer.place for one, other in pairwise([*found.overflow, *found.turns]))
    assert len(found.turns) + len(found.overflow) == len(sizes)


def test_tokens_are_estimated_by_script() -> None:
    assert (estimate_tokens(""), estimate_tokens("abcd" * 10), estimate_tokens("연차는")) == (0, 10, 3)


def test_a_message_comes_back_from_its_row_as_it_was() -> None:
    reference = {"index": 1, "file_id": "file-a", "version": 1, "score": 0.123456789}
    message = Message("m", "s", "assistant", "글" * 200_000, 7, "m#1", "hr", "completed", (reference,), frozenset({A}), {"total_tokens": 1})
    row = message.row("acme", "minji")
    assert len(row["body"]) < 100_000
    assert read(row) == message
    assert withheld(message.references, {A}) == [reference]
    assert withheld(message.references, set()) == [{"index": 1, "withheld": True}]
