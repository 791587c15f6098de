"""Exports tell nothing of documents that are gone, and a person nothing of those that they may not read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from maru.agents.messages import Message
from maru.chains.steps import StepStore
from maru.chains.values import Values
from maru.dynamo import Item
from maru.governance.export import lines, lines_of
from maru.governance.keeping import Keeping
from maru.governance.person import Person
from maru.knowledge.documents import add_file, delete_file
from tests.conftest import BUCKET, MakeTable
from tests.fakes.documents import DocumentSide, caller, document_side
from tests.governing import keeping_on

LONG = " and more" * 400
#: What each of the documents says.
SAYS = {"public": "Apples", "group:hr": "Plums", "group:board": "Quinces"}


@pytest.fixture
def side(make_table: MakeTable, s3: Any) -> DocumentSide:
    return document_side(make_table, s3, BUCKET)


@pytest.fixture
def files(side: DocumentSide) -> dict[str, Item]:
    made = {}
    for acl, body in SAYS.items():
        rights = {"acl": [acl], "data_class": "internal", "attributes": {}}
        made[body] = add_file(side.library, caller(), filename="a", purpose="assistants", body=b"-", media_type="text/plain", rights=rights)
    return made


@pytest.fixture
def keeping(side: DocumentSide, files: dict[str, Item], s3: Any) -> Keeping:
    """A conversation and a run of minji, of the group hr by a key, made of all of them."""
    keeping = keeping_on(side)
    table = keeping.holdings.table
    table("keys").put({"tenant": "acme", "id": "key", "user": "minji", "groups": ["hr"]})
    passages = [
        {"index": number, "file_id": file["id"], "version": 1, "chunk_id": "c", "content": f"{body} quoted{LONG}"}
        for number, (body, file) in enumerate(files.items(), start=1)
    ]
    head, _ = keeping.sessions.open(caller(), None, agent="hr", title="x")
    keeping.sessions.append(head, [Message("msg", head["id"], "assistant", "Written.", 0, references=tuple(passages))])
    run: Item = {"run_id": "run-1", "tenant": "acme", "started": "1", "behind": ["minji"], "expires_at": 2**40}
    small = [one | {"content": one["content"][:20]} for one in passages]
    table("runs").put(run | {"output": {"json": json.dumps({"passages": small})}})
    table("run_steps").put({"run_id": "run-1", "path": "look", "after": {"vars": {"found": {"json": json.dumps(small)}}}})
    Values(s3, BUCKET).put("acme/run-1", {"passages": passages})
    StepStore(table("run_steps")).found(run, "look", [(file["id"], 1) for file in files.values()])
    return keeping


def test_an_export_withholds_what_an_approval_says_whose_run_is_gone(keeping: Keeping) -> None:
    asked = {"tenant": "acme", "id": "appr", "run_id": "run-1", "title": "t", "arguments": {"json": '"Apples quoted"'}, "evidence": None}
    keeping.holdings.table("approvals").put(asked)
    assert "approval" in _told(lines(keeping, "acme"))
    keeping.holdings.table("runs").delete({"run_id": "run-1"})
    assert "approval" not in _told(lines(keeping, "acme"))


def _told(exported: Iterator[str]) -> dict[str, list[str]]:
    """Which documents the lines of each object tell a passage of."""
    found: dict[str, list[str]] = {}
    for line in exported:
        if said := [body for body in SAYS.values() if f"{body} quoted" in line]:
            found.setdefault(json.loads(line)["object"], []).extend(said)
    return found


MADE = ("message", "run", "run.step", "run.value")


def test_a_tenants_export_tells_nothing_of_a_document_that_is_gone(keeping: Keeping, side: DocumentSide, files: dict[str, Item]) -> None:
    assert _told(lines(keeping, "acme")) == {name: [*SAYS.values()] for name in MADE}
    delete_file(side.library, files["Plums"])
    assert _told(lines(keeping, "acme")) == {"message": ["Apples", "Quinces"]}, "runs do not say which of their words are whose"


def test_a_persons_export_tells_what_they_may_read(keeping: Keeping, side: DocumentSide, files: dict[str, Item]) -> None:
    person = Person(keeping, "acme", "minji")
    assert _told(lines_of(person)) == {name: ["Apples", "Plums"] for name in MADE}
    delete_file(side.library, files["Plums"])
    assert _told(lines_of(person)) == {name: ["Apples"] for name in MADE}
