"""What models' answers in runs were made of: in the audit as a read, and in the lineage from either end, as of agents' answers."""

import io
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from starlette.testclient import TestClient

from functions.knowledge import lineage_routes
from maru.agents import reads
from maru.agents.reads import Reads
from maru.chains.evidence import Evidence
from maru.dynamo import Table, TableSpec
from maru.errors import Unavailable
from maru.http import HttpServices, create_app
from maru.knowledge.documents import change_rights
from maru.knowledge.lineage import LineageStore
from maru.knowledge.questions import QuestionStore
from tests.chain_world import World, world
from tests.conftest import MakeTable
from tests.door import answered, client, key_for
from tests.engines.scripted_server import ScriptedServer
from tests.fakes.documents import DocumentSide, add, caller
from tests.fakes.passages import Passages, passage
from tests.guarding import NO_DATA

PAY = 'Salaries are "usually" paid on the 25th\nof each month, on the working day before where it is a holiday.'
DOOR = "출입문의 비밀번호는 4711이며 매달 첫 근무일에 바뀐다. 바뀐 번호는 총무팀에서 알려준다."
CHAIN = """
chain: looked
labels: [live]
steps:
  - {id: look, type: retrieve, query: salary, vector_stores: [hr], assign: {found: "{% $states.result %}"}}
  - id: both
    type: model
    model: scripted
    messages: [{role: user, content: "say: both\\n{{passages}}"}]
    variables: {passages: "{% $found.text %}"}
  - id: none
    type: model
    model: scripted
    messages: [{role: user, content: "say: none"}]
  - id: each
    type: map
    items: "{% $found.passages %}"
    steps:
      - id: one
        type: model
        model: scripted
        messages: [{role: user, content: "say: one\\n{{passage}}"}]
        variables: {passage: "{% $states.input %}"}
"""


@pytest.fixture
def found(side: DocumentSide) -> Passages:
    files = [add(side, text, f"{name}.md", acl=("public", "group:hr")) for name, text in (("pay", PAY), ("door", DOOR))]
    return Passages([passage(text, file_id=file["id"]) for text, file in zip((PAY, DOOR), files, strict=True)])


@pytest.fixture
def here(make_table: MakeTable, s3: Any, models: ScriptedServer, services: HttpServices, found: Passages) -> World:
    dynamodb = boto3.client("dynamodb")
    there = set(dynamodb.list_tables()["TableNames"])

    def made(spec: TableSpec) -> Table:
        return Table(dynamodb, spec.name, spec) if spec.name in there else make_table(spec)

    evidence = Evidence(Reads(services.audit, LineageStore(make_table(LineageStore.SPEC)), services.log))
    return world(made, s3, models.base_url, passages=found, evidence=evidence)


@pytest.fixture
def lineage(here: World) -> LineageStore:
    return LineageStore(Table(boto3.client("dynamodb"), LineageStore.SPEC.name, LineageStore.SPEC))


@pytest.fixture
def web(side: DocumentSide, services: HttpServices, lineage: LineageStore) -> Callable[..., TestClient]:
    held = [side.library, NO_DATA, lineage, QuestionStore(Table(boto3.client("dynamodb"), "questions", QuestionStore.SPEC))]
    app = create_app(title="k", routers=[lineage_routes.router], services=services, collaborators=held, ready={})
    return lambda role, **who: client(app, key_for(services, role=role, **who))


def test_what_models_of_runs_were_given_is_told_from_both_ends(
    here: World, found: Passages, web: Callable[..., TestClient], services: HttpServices
) -> None:
    here.publish(CHAIN)
    run = here.run("looked")
    assert run["status"] == "completed", run.get("error")
    id_, (pay, door) = run["run_id"], [one.file_id for one in found.held]
    both, one, other = f"{id_}:both", f"{id_}:each[0].one", f"{id_}:each[1].one"
    seen = [row for row in services.audit.read("acme") if row["action"] == "answer.read"]
    assert sorted((row["message_id"], row["object"], row["user"]) for row in seen) == sorted(
        [(both, f"{pay}/1", "minji"), (both, f"{door}/1", "minji"), (one, f"{pay}/1", "minji"), (other, f"{door}/1", "minji")]
    )
    assert not any(word in str(seen) for word in ("Salaries", "4711"))
    told = answered(web("editor").get(f"/v1/files/{pay}/lineage"))["answers"]
    assert sorted((row["message_id"], row["chain"], row["run_id"], row["step"], row["version"]) for row in told) == [
        (both, "looked", id_, "both", 1),
        (one, "looked", id_, "each[0]/one", 1),
    ]
    assert {tuple(row["chunk_ids"]) for row in told} == {(f"{pay}_chunk_0",)}
    answer = answered(web("user").get(f"/v1/lineage/{both}"))
    assert {(part["file_id"], part["filename"]) for part in answer["made_of"]} == {(pay, "pay.md"), (door, "door.md")}
    assert (answer["run_id"], answer["step"], answer["agent"]) == (id_, "both", None)
    assert [part["file_id"] for part in answered(web("user").get(f"/v1/lineage/{other}"))["made_of"]] == [door]
    answered(web("user").get(f"/v1/lineage/{id_}:none"), 404)
    answered(web("user", user="lee").get(f"/v1/lineage/{both}"), 404)
    answered(web("admin", user="root", tenant="other").get(f"/v1/lineage/{both}"), 404)


def test_a_document_that_the_reader_lost_is_withheld(
    here: World, found: Passages, side: DocumentSide, web: Callable[..., TestClient]
) -> None:
    here.publish(CHAIN)
    run = here.run("looked")
    change_rights(side.library, caller(), found.held[0].file_id, acl=["group:board"])
    answer = answered(web("user").get(f"/v1/lineage/{run['run_id']}:both"))
    assert ([part["file_id"] for part in answer["made_of"]], answer["withheld"]) == ([found.held[1].file_id], 1)


def test_an_answer_taken_over_from_another_run_was_made_of_the_same(here: World, found: Passages, lineage: LineageStore) -> None:
    here.publish(CHAIN)
    first = here.run("looked")
    again = here.run("looked", replay_of=first["run_id"])
    assert here.steps(again["run_id"])["both"]["reused_from"] == first["run_id"]
    made_of = [
        sorted((row["file_id"], tuple(row["chunk_ids"])) for row in lineage.of_message(f"{run['run_id']}:both")) for run in (first, again)
    ]
    assert made_of[0] == made_of[1]
    assert len(made_of[0]) == len(found.held)


def test_a_trail_that_cannot_be_written_fails_no_run_and_is_counted(
    here: World, services: HttpServices, log_lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise Unavailable("The database is busy.", retry_after=1)

    monkeypatch.setattr(reads, "transact", busy)
    here.publish(CHAIN)
    assert here.run("looked")["status"] == "completed"
    assert "trail lost" in log_lines.getvalue()
    assert "lost_rows" in log_lines.getvalue()
