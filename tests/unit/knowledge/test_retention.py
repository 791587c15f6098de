"""What has had its time goes, by class and kind; a tenant's data given out whole, and erased."""

import json
import time

import pytest

from maru.agents.feedback import Feedback, FeedbackStore
from maru.agents.messages import Message
from maru.agents.sessions import SessionStore
from maru.governance.export import lines
from maru.governance.keeping import Keeping
from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.documents import add_file
from maru.knowledge.retention import RetentionStore
from tests.conftest import MakeTable
from tests.fakes.documents import DocumentSide, caller, counts, new_store

ME = caller()
DAY = 86_400


@pytest.fixture
def keeping(side: DocumentSide, make_table: MakeTable) -> Keeping:
    sessions, feedback = SessionStore(make_table(SessionStore.SPEC)), FeedbackStore(make_table(FeedbackStore.SPEC))
    return Keeping(side.library, sessions, feedback, RetentionStore(make_table(RetentionStore.SPEC)), side.log)


def document(side: DocumentSide, data_class: str, *, tenant: str = "acme") -> str:
    rights = {"acl": ["user:somebody"], "data_class": data_class, "attributes": {}}
    who = caller(tenant=tenant)
    row = add_file(
        side.library, who, filename=f"{data_class}.md", purpose="assistants", body=b"Apples.", media_type="text/markdown", rights=rights
    )
    return str(row["id"])


def conversation(keeping: Keeping, data_class: str, *, tenant: str = "acme") -> str:
    who = caller(tenant=tenant)
    head, _ = keeping.sessions.open(who, None, agent="hr", title="x")
    answer = Message(f"msg_{head['id']}", head["id"], "assistant", "Apples.", 0)
    keeping.sessions.append(head, [Message(f"q_{head['id']}", head["id"], "user", "apples?", 0), answer], data_class=data_class)
    given = Feedback.model_validate({"message_id": answer.id, "rating": "dislike", "comment": "no"})
    keeping.feedback.give(who, answer, given, data_class=data_class)
    return str(head["id"])


def left(keeping: Keeping, tenant: str = "acme") -> tuple[list[str], list[str], int]:
    files = sorted(row["data_class"] for row in keeping.files(tenant))
    heads = sorted(str(row["data_class"]) for row in keeping.sessions.of_tenant(tenant))
    return files, heads, len(list(keeping.feedback.of_tenant(tenant)))


def test_what_has_had_its_time_goes_by_class_and_kind(side: DocumentSide, keeping: Keeping) -> None:
    for data_class in ("internal", "customer"):
        document(side, data_class)
        conversation(keeping, data_class)
    document(side, "customer", tenant="other")
    conversation(keeping, "customer", tenant="other")
    assert keeping.apply("acme", time.time() + 1000 * DAY) == {}
    keeping.rules.put("acme", days={"customer": {"documents": 30, "sessions": 7}, "internal": {"feedback": 90}}, improvement=False)
    assert keeping.apply("acme", time.time() + 6 * DAY) == {"documents": 0, "sessions": 0, "feedback": 0}
    assert keeping.apply("acme", time.time() + 8 * DAY) == {"documents": 0, "sessions": 1, "feedback": 0}
    assert keeping.apply("acme", time.time() + 31 * DAY) == {"documents": 1, "sessions": 0, "feedback": 0}
    assert left(keeping) == (["internal"], ["internal"], 2)
    assert keeping.apply("acme", time.time() + 91 * DAY)["feedback"] == 1
    assert left(keeping, "other") == (["customer"], ["customer"], 1)


def test_a_session_has_the_strictest_class_that_it_stood_on(keeping: Keeping) -> None:
    head, _ = keeping.sessions.open(ME, "s", agent="hr", title="x")
    for data_class in ("public", "restricted", "internal"):
        head = keeping.sessions.get(ME, "s")
        keeping.sessions.append(head, [Message(f"m_{data_class}", "s", "user", "x", 0)], data_class=data_class)
    assert keeping.sessions.get(ME, "s")["data_class"] == "restricted"


def test_a_tenants_data_is_given_out_whole(side: DocumentSide, keeping: Keeping) -> None:
    store, file = new_store(side), document(side, "restricted")
    attach(side.library, caller("somebody"), store, Wanted(file))
    side.work()
    session = conversation(keeping, "internal")
    document(side, "public", tenant="other")
    told = [json.loads(line) for line in lines(keeping, "acme")]
    assert [one["object"] for one in told] == ["vector_store", "file", "session", "message", "message", "feedback"]
    by = {one["object"]: one for one in told}
    assert (by["file"]["id"], by["file"]["text"]) == (file, "Apples.")
    assert (by["session"]["id"], by["feedback"]["comment"]) == (session, "no")
    assert "other" not in json.dumps(told)


async def test_an_erased_tenant_leaves_nothing_and_touches_no_other(side: DocumentSide, keeping: Keeping) -> None:
    stores = {tenant: new_store(side, tenant=tenant) for tenant in ("acme", "other")}
    for tenant, store in stores.items():
        attach(side.library, caller("somebody", tenant=tenant), store, Wanted(document(side, "internal", tenant=tenant)))
        conversation(keeping, "internal", tenant=tenant)
    side.work()
    for _ in range(2):
        keeping.erase("acme")
        side.work()
    assert left(keeping) == ([], [], 0)
    assert list(lines(keeping, "acme")) == []
    assert [one["Key"] for one in side.s3.list_objects_v2(Bucket="documents").get("Contents", []) if "/acme/" in one["Key"]] == []
    assert left(keeping, "other") == (["internal"], ["internal"], 1)
    assert counts(side, stores["other"]) == {"completed": 1, "total": 1}
