"""One person's data told and erased on their request; whatever is the organisation's or somebody else's stays."""

import json
from typing import Any

import pytest

from infra.discovery import table_specs
from maru.governance.erasing import Erasure
from maru.governance.export import lines_of
from maru.governance.holdings import EXEMPT
from maru.governance.keeping import Keeping
from maru.governance.person import BY_THEIR_RUNS, NOBODYS, THEIRS, Person
from maru.knowledge.blobs import Blob
from maru.knowledge.documents import add_file
from maru.knowledge.jobs import Job
from tests.conftest import BUCKET, MakeTable
from tests.fakes.documents import DocumentSide, caller, document_side
from tests.fakes.machines import Machines
from tests.governing import conversation, document, keeping_on

#: What a row of each table is a person's by.
ROWS: dict[str, dict[str, Any]] = {
    "keys": {"id": "key-{}", "user": "{}", "secret_hash": "SECRET-HASH"},
    "identities": {"id": "https://issuer|{}", "user": "{}"},
    "budgets": {"sk": "b-{}", "user": "{}"},
    "feedback": {"message_id": "m-{}", "user": "{}"},
    "lineage": {"file_id": "f", "place": "1#{}", "user": "{}"},
    "uploads": {"id": "upload-{}", "part": "-", "user": "{}"},
    "tool_approvals": {"id": "t-{}", "requested_by": "{}"},
    "approvals": {"id": "a-{}", "requesters": ["{}", "boss"]},
    "completions": {"owner": "acme#{}", "id": "chatcmpl"},
    "idempotency": {"id": "given-{}", "user": "{}"},
    "runs": {"run_id": "run-{}", "started": "1", "behind": ["{}"], "unended": "yes", "execution_arn": "arn:{}"},
    "run_events": {"run_id": "run-{}", "seq": 1},
    "run_steps": {"run_id": "run-{}", "path": "search"},
}


@pytest.fixture
def side(make_table: MakeTable, s3: Any) -> DocumentSide:
    return document_side(make_table, s3, BUCKET)


@pytest.fixture
def keeping(side: DocumentSide) -> Keeping:
    """Two people with rows in every table, conversations, attachments; what the organisation made; the same people elsewhere."""
    keeping = keeping_on(side)
    for user in ("minji", "boss"):
        for table, row in ROWS.items():
            keeping.holdings.table(table).put({"tenant": "acme", "word": f"marker-{table}-{user}", **_of(row, user)})
        keeping.holdings.table("uploads").put({"id": f"upload-{user}", "part": "part-1"})
        for key in (
            f"runs/acme/run-{user}/value.json",
            f"completions/acme#{user}/chatcmpl",
            f"uploads/upload-{user}/part-1",
            f"idempotency/given-{user}",
        ):
            side.library.blobs.put(Blob(BUCKET, key), b'"kept"')
        conversation(keeping, "internal", user=user)
        _attached(side, user, "user_data")
    _attached(side, "minji", "assistants")
    document(side, "internal")
    conversation(keeping, "internal", tenant="other", user="minji")
    keeping.holdings.table("keys").put({"tenant": "other", "id": "key-other", "user": "minji"})
    side.work()
    return keeping


def _of(value: Any, user: str) -> Any:
    if isinstance(value, dict):
        return {name: _of(inner, user) for name, inner in value.items()}
    if isinstance(value, list):
        return [_of(inner, user) for inner in value]
    return value.format(user) if isinstance(value, str) else value


def _attached(side: DocumentSide, user: str, purpose: str) -> None:
    rights = {"acl": [f"user:{user}"], "data_class": "internal", "attributes": {}}
    body = f"{purpose} of {user}".encode()
    add_file(side.library, caller(user), filename=f"{user}.md", purpose=purpose, body=body, media_type="text/markdown", rights=rights)


def erase(keeping: Keeping, side: DocumentSide, job: Job) -> Machines:
    machines = Machines()
    Erasure(keeping, machines).take(job)
    side.queue.messages = [one for one in side.queue.messages if one["task"] != "erase"]
    side.work()
    return machines


def held(keeping: Keeping, tenant: str, user: str) -> list[str]:
    return list(lines_of(Person(keeping, tenant, user)))


def test_every_table_is_a_persons_or_says_why_not() -> None:
    theirs, others = set(THEIRS) | BY_THEIR_RUNS | {"sessions"}, set(NOBODYS) | set(EXEMPT) | {"renderings", "embeddings", "source_items"}
    assert set(table_specs()) == theirs | others
    assert not theirs & others
    assert all(NOBODYS.values())
    assert set(ROWS) == theirs - {"sessions"}


def test_a_persons_data_is_given_out_whole(keeping: Keeping) -> None:
    told = held(keeping, "acme", "minji")
    whole = "".join(told)
    for table in ROWS:
        assert (f"marker-{table}-minji" in whole) == (table != "idempotency"), table
    objects = [json.loads(line) for line in told]
    assert [one["filename"] for one in objects if one["object"] == "file"] == ["minji.md"]
    assert {"session", "message", "run.value", "stored.completion.body"} <= {one["object"] for one in objects}
    assert "SECRET-HASH" not in whole
    assert "marker-keys-boss" not in whole
    assert "assistants" not in whole


def test_an_erased_person_leaves_the_others_and_the_organisation_alone(keeping: Keeping, side: DocumentSide) -> None:
    before = {who: held(keeping, *who) for who in (("acme", "boss"), ("other", "minji"))}
    questions = keeping.holdings.table("questions")
    for user in ("minji", "boss"):
        (head,) = Person(keeping, "acme", user).sessions()
        row = {"tenant": "acme", "vector_store_id": "vs", "place": user, "message_id": f"msg_{head['id']}", "question": "x"}
        questions.put(row)
    machines = erase(keeping, side, {"tenant": "acme", "user": "minji"})
    assert machines.asked == [("stop_execution", "arn:minji")]
    assert held(keeping, "acme", "minji") == []
    assert not Person(keeping, "acme", "minji").known()
    assert {who: held(keeping, *who) for who in before} == before
    assert [row["place"] for row in questions.query("vector_store_id = :vs", {":vs": "vs"})] == ["boss"]
    left = [row["filename"] for row in keeping.files("acme")]
    assert sorted(left) == ["boss.md", "internal.md", "minji.md"], "what an owner of data uploaded is the organisation's"
    assert not list(side.library.blobs.under("uploads/upload-minji/"))
    assert [key for key, _ in side.library.blobs.under("idempotency/")] == ["idempotency/given-boss"]
    assert keeping.holdings.table("uploads").get({"id": "upload-minji", "part": "part-1"}) is None


def test_a_second_pass_follows_and_spares_who_was_let_in_anew(keeping: Keeping, side: DocumentSide) -> None:
    Erasure(keeping, Machines()).take({"tenant": "acme", "user": "minji"})
    follows = next(one for one in side.queue.messages if one["task"] == "erase")
    assert follows == {"task": "erase", "tenant": "acme", "user": "minji", "last": True}
    late = conversation(keeping, "internal", user="minji")
    erase(keeping, side, follows)
    assert late not in "".join(held(keeping, "acme", "minji")), "what was under way is taken by the second pass"
    keeping.holdings.table("keys").put({"tenant": "acme", "id": "key-new", "user": "minji"})
    conversation(keeping, "internal", user="minji")
    before = held(keeping, "acme", "minji")
    erase(keeping, side, follows)
    assert held(keeping, "acme", "minji") == before
