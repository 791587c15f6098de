"""The sessions' table: owners, order, deletion, and answers that come after it."""

import pytest

from maru.agents.messages import Message
from maru.agents.sessions import SessionStore, Summary
from maru.errors import NotFound
from maru.identity import Caller
from tests.conftest import MakeTable

MINJI = Caller("acme", "minji", (), frozenset({"chat"}), "k1")
ALEX = Caller("acme", "alex", (), frozenset({"chat"}), "k2")
TWIN = Caller("other", "minji", (), frozenset({"chat"}), "k3")


@pytest.fixture
def store(make_table: MakeTable) -> SessionStore:
    return SessionStore(make_table(SessionStore.SPEC))


def said(number: int) -> Message:
    return Message(f"msg_{number}", "s", "user", f"text {number}", 0)


def test_an_id_belongs_to_whom_came_first(store: SessionStore) -> None:
    head, new = store.open(MINJI, "s", agent="hr", title="  안녕\n하세요  ")
    assert (new, head["title"]) == (True, "안녕 하세요")
    assert store.open(MINJI, "s", agent="hr", title="x")[1] is False
    for other in (ALEX, TWIN):
        with pytest.raises(NotFound):
            store.open(other, "s", agent="hr", title="x")
        with pytest.raises(NotFound):
            store.messages(other, "s")


def test_without_an_id_every_session_is_new(store: SessionStore) -> None:
    first, second = (store.open(MINJI, None, agent="hr", title="x")[0]["id"] for _ in range(2))
    assert first != second
    assert first.startswith("sess_")


def test_messages_keep_their_order(store: SessionStore) -> None:
    head, _ = store.open(MINJI, "s", agent="hr", title="x")
    for number in range(0, 6, 2):
        store.append(head, [said(number), said(number + 1)])
    assert [message.id for message in store.messages(MINJI, "s")] == [f"msg_{n}" for n in range(6)]
    assert [message.id for message in store.messages(MINJI, "s", order="desc", limit=2)] == ["msg_5", "msg_4"]
    assert [message.id for message in store.messages(MINJI, "s", order="desc", after="msg_4", limit=1)] == ["msg_3"]
    assert store.get(MINJI, "s")["messages"] == 6


def test_a_session_with_nothing_in_it_is_taken_back_and_only_such_a_one(store: SessionStore) -> None:
    head, _ = store.open(MINJI, "s", agent="hr", title="x")
    store.append(head, [said(1)])
    store.discard(head)
    assert store.get(MINJI, "s")
    empty, _ = store.open(MINJI, "e", agent="hr", title="x")
    store.discard(empty)
    with pytest.raises(NotFound):
        store.get(MINJI, "e")


def test_deletion_takes_everything_and_nothing_is_written_after_it(store: SessionStore) -> None:
    head, _ = store.open(MINJI, "s", agent="hr", title="x")
    store.append(head, [said(1)])
    with pytest.raises(NotFound):
        store.delete(ALEX, "s")
    store.delete(MINJI, "s")
    with pytest.raises(NotFound):
        store.append(head, [said(2)])
    store.summarised(head, Summary("x", "m#", frozenset()))
    again, new = store.open(ALEX, "s", agent="hr", title="x")
    assert new
    assert store.messages(ALEX, "s") == []
    assert store.summary(again) is None


def test_a_message_is_found_by_its_owner_alone(store: SessionStore) -> None:
    head, _ = store.open(MINJI, "s", agent="hr", title="x")
    store.append(head, [said(1)])
    assert store.message(MINJI, "msg_1").content == "text 1"
    for other, message_id in [(ALEX, "msg_1"), (TWIN, "msg_1"), (MINJI, "msg_2")]:
        with pytest.raises(NotFound):
            store.message(other, message_id)


def test_a_summary_is_kept_with_the_session(store: SessionStore) -> None:
    head, _ = store.open(MINJI, "s", agent="hr", title="x")
    summary = Summary("요약", "m#1", frozenset({("file-a", 2)}))
    store.summarised(head, summary)
    assert store.summary(store.get(MINJI, "s")) == summary
