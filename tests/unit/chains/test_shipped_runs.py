"""The six shipped chains from a run's start to its end, with the scripted model, on the sample inputs of `events/chains/runs/`."""

import hashlib
import hmac
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from maru.chains.runs import ended
from maru.knowledge.files import new_file
from maru.knowledge.parse.model import PageSpan, ParsedDocument
from maru.prompts.shipped import ShippedPrompts
from tests.chain_ways import CHAINS, SAMPLES, ship
from tests.chain_world import BOSS, World, world
from tests.conftest import MakeTable
from tests.engines.scripted_server import ScriptedServer
from tests.fakes.passages import Passages, passage
from tests.fakes.receiver import receiver

LEAVE = "Full-time employees receive 25 days of annual leave. Requests are made three days before."
REFUND = "환불은 결제일부터 7일 이내에 신청할 수 있습니다. 담당자가 확인한 뒤 처리합니다."


@pytest.fixture
def here(make_table: MakeTable, s3: Any, models: ScriptedServer) -> World:
    models.model.forget()
    found = Passages([passage(LEAVE, file_id="file-a"), passage(REFUND, file_id="file-b")])
    made = world(make_table, s3, models.base_url, hosts=frozenset({"hooks.example"}), passages=found)
    ShippedPrompts(made.prompts, "catalogue").publish()
    document(made, "file-sample", ["1. Purpose\nThis guide protects records.", "2. Scope\nIt holds for everybody."])
    return made


def document(here: World, file_id: str, pages: list[str], acl: tuple[str, ...] = ("public",)) -> None:
    """A document that was read, with these pages."""
    rights = {"acl": list(acl), "data_class": "internal", "attributes": {}}
    here.files.add(
        new_file(
            tenant="acme", user="minji", filename="guide.pdf", purpose="assistants", size=1, rights=rights, content={}, file_id=file_id
        )
    )
    text, spans = "", []
    for number, page in enumerate(pages, 1):
        spans.append(PageSpan(number, len(text), len(text) + len(page)))
        text += page + "\n"
    here.renderings.save("acme", file_id, 1, ParsedDocument(text, "application/pdf", pages=tuple(spans)))


def sample(name: str) -> dict[str, Any]:
    """The input of a sample."""
    return dict(json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8")))


def test_every_sample_has_its_chain() -> None:
    chains = {path.stem for path in CHAINS.glob("*.yaml")}
    samples = {path.stem for path in SAMPLES.glob("*.json")}
    assert {name for name in samples if not any(name.startswith(chain) for chain in chains)} == set()
    assert chains <= samples


@pytest.mark.parametrize("name", [path.stem for path in sorted(SAMPLES.glob("*.json"))])
def test_a_sample_as_it_is_comes_to_an_end(here: World, name: str) -> None:
    chain = next(
        one for one in ("answer_checked", "triage", "support", "document_digest", "compare", "code_review") if name.startswith(one)
    )
    run_id = here.start(ship(here, chain), sample(name))
    if name == "support":  # a refund: somebody has to decide
        _decide(here, run_id, "approved")
    row = here.end(run_id)
    assert row["status"] == "completed", row.get("error")
    execution = next(one for arn, one in here.machines.executions.items() if run_id in arn)
    assert max(execution.payloads) < 100_000


def test_an_answer_that_holds_is_given_with_its_reference(here: World) -> None:
    given = sample("answer_checked")
    given["question"] += "\nsay: Full-time employees receive 25 days of annual leave [1]."
    output = here.run(ship(here, "answer_checked"), given)["output"]
    assert (output["refused"], [one["supported"] for one in output["claims"]]) == (False, [True])
    (reference,) = output["references"]
    assert reference["content"][reference["start"] : reference["end"]] == reference["quote"]
    assert "25 days" in reference["quote"]


def test_an_answer_that_does_not_hold_is_repaired_or_refused(here: World) -> None:
    given = sample("answer_checked")
    given["question"] += "\nsay: Full-time employees receive 30 days of annual leave [1]."
    row = here.run(ship(here, "answer_checked"), given)
    assert here.steps(row["run_id"])["repair_en"]["status"] == "done"
    assert (row["output"]["refused"], row["output"]["references"]) == (True, [])
    assert "do not hold" in row["output"]["answer"]


def test_an_answer_that_holds_once_it_is_repaired_is_given(here: World) -> None:
    wrong, right = (f"Full-time employees receive {days} days of annual leave [1]." for days in (30, 25))
    given = sample("answer_checked")
    # The draft is the wrong answer with a script for the model that repairs it.
    given["question"] += f"\nsay: {wrong}\\nsay: {right}\\nthen:"
    row = here.run(ship(here, "answer_checked"), given)
    steps = here.steps(row["run_id"])
    assert here.engine.values.get(steps["judged"]["result"])["supported"] is False
    assert here.engine.values.get(steps["repair_en"]["result"])["text"] == right
    assert (row["output"]["refused"], [one["supported"] for one in row["output"]["claims"]]) == (False, [True])
    assert "25 days" in row["output"]["references"][0]["quote"]


def test_triage_gives_the_alerts_in_the_callers_language_within_the_scorers_bounds(here: World) -> None:
    output = here.run(ship(here, "triage"), sample("triage"))["output"]
    assert output.keys() == {"alerts"}
    alerts = output["alerts"]
    assert sorted(event for alert in alerts for event in alert["events"]) == list(range(7))
    grave = next(alert for alert in alerts if 5 in alert["events"])
    assert (grave["technique"], grave["priority"]) == ("T1490", grave["priority"])
    assert grave["priority"] in {"high", "critical"}
    assert next(alert for alert in alerts if 6 in alert["events"])["priority"] in {"info", "low"}
    # The model made things up (it filled its schema): nothing of that is left but what may be.
    assert {"technique", "evidence", "actions"} <= set(alerts[0]["refused"])
    assert any(one["reason"] == "백업이나 자료를 파괴함" for one in grave["reasons"])


LOGS = "## 로그가 꺼졌을 때 (T1562, T1562.008)\n- 15분 안에 기록을 다시 켠다."


@pytest.mark.parametrize("store", [True, False])
def test_a_runbook_is_evidence_and_a_grave_alert_opens_a_signed_ticket(
    make_table: MakeTable, s3: Any, models: ScriptedServer, tmp_path: Path, *, store: bool
) -> None:
    found = Passages([passage(LEAVE, file_id="file-a"), passage(LOGS, file_id="file-r")], store="runbooks" if store else "hr")
    with receiver(tmp_path) as hook:
        here = world(make_table, s3, models.base_url, hosts=frozenset({hook.host}), passages=found, **hook.reached())
        ShippedPrompts(here.prompts, "catalogue").publish()
        given = {"events": sample("triage")["events"][:1] + sample("triage")["events"][6:], "language": "ko", "respond_url": hook.url}
        run_id = here.start(ship(here, "triage"), given)
        while not ended(here.engine.runs.of("acme", run_id)):
            for one in here.engine.approvals.listed("acme", "pending"):
                here.engine.decide(BOSS, one["id"], "rejected", "no")
            threading.Event().wait(0.05)
    row = here.end(run_id)
    assert row["status"] == "completed", row.get("error")
    (stopped,) = (one for one in here.engine.values.get(row["output"])["alerts"] if one["events"] == [0])
    told = [one["reference"] for one in stopped["evidence"] if "reference" in one]
    assert [(one["file_id"], one["quote"]) for one in told] == ([("file-r", LOGS)] if store else [])
    assert any("field" in one for one in stopped["evidence"])
    assert here.steps(run_id)["search"]["status"] == ("done" if store else "caught")
    ((headers, body),) = hook.deliveries
    fields = json.loads(body)["fields"]
    assert fields.keys() == {"project", "issuetype", "summary", "description", "priority", "labels"}
    assert (fields["project"], fields["issuetype"], fields["priority"]["name"]) == ({"key": "SEC"}, {"name": "Incident"}, "High")
    assert {"maru", stopped["priority"], stopped["technique"]} == set(fields["labels"])
    assert "StopLogging" in fields["description"]
    assert ("15분 안에" in fields["description"]) is store
    stamp, _, signed = headers["x-maru-signature"].partition(",v1=")
    key = hmac.new(b"secret", b"webhook:acme", hashlib.sha256).hexdigest()  # what GET /v1/webhooks/key tells the tenant
    assert signed == hmac.new(key.encode(), f"{stamp[2:]}.".encode() + body, hashlib.sha256).hexdigest()


def test_containment_waits_for_a_person_and_does_what_was_approved(here: World) -> None:
    given = sample("triage") | {"events": sample("triage")["events"][5:6], "respond_url": "https://hooks.example/soar"}
    run_id = here.start(ship(here, "triage"), given)
    decided: list[Any] = []
    while (row := here.engine.runs.get(run_id)) is None or not ended(row):
        waiting = [one for one in here.engine.approvals.listed("acme", "pending") if one["run_id"] == run_id and one.get("token")]
        for one in waiting:
            decided.append(one)
            here.engine.decide(BOSS, one["id"], "approved" if len(decided) == 1 else "rejected", "looked at", shown_hash=one["hash"])
        threading.Event().wait(0.05)
    row = here.end(run_id)
    assert {one["tool"] for one in decided} == {"notify"}
    assert any(one["title"].startswith("isolate") for one in decided)
    # The receiver's host is not there: what was approved was sent and not delivered, what was rejected was never tried.
    assert row["status"] == "completed_with_errors"
    errors = {path: one["error"]["name"] for path, one in here.steps(run_id).items() if one.get("error") and path.startswith("respond")}
    assert "ApprovalVoid" not in errors.values()
    assert row["output"] is not None


def test_a_refund_is_answered_from_the_policy_and_released_only_when_approved(here: World) -> None:
    given = sample("support")
    given["message"] += "\nsay: 환불은 결제일부터 7일 이내에 신청할 수 있습니다 [2]. 담당자가 확인하겠습니다."
    run_id = here.start(ship(here, "support"), given)
    asked = _decide(here, run_id, "approved")
    output = here.engine.values.get(here.end(run_id)["output"])
    assert (asked["tool"], output["status"], output["intent"], output["sensitive"]) == ("support.release", "released", "refund", True)
    assert output["form"] == {"order_number": "20260115", "amount": "33,000원"}
    assert [one["file_id"] for one in output["references"]] == ["file-b"]
    run_id = here.start(ship(here, "support"), given)
    _decide(here, run_id, "rejected")
    assert here.engine.values.get(here.end(run_id)["output"])["status"] == "rejected"


def test_an_ordinary_request_waits_for_nobody(here: World) -> None:
    output = here.run(ship(here, "support"), sample("support_en"))["output"]
    assert (output["intent"], output["sensitive"], output["status"]) == ("ssl", False, "answered")
    assert output["form"]["domain"] == "shop.example.com"


def test_a_thousand_pages_are_digested_within_small_payloads(here: World) -> None:
    pages = [f"Page {number}. " + "words and more of them " * 12 for number in range(1, 1001)]
    run_id = here.start(ship(here, "document_digest"), {"pages": pages})
    row = here.end(run_id, seconds=120)
    assert row["status"] == "completed", row.get("error")
    output = here.engine.values.get(row["output"])
    assert (output["sections"][0]["first_page"], output["sections"][-1]["last_page"], output["missing"]) == (1, 1000, [])
    assert output["digest"]
    execution = next(one for arn, one in here.machines.executions.items() if run_id in arn)
    assert max(execution.payloads) < 100_000


def test_a_file_of_a_thousand_pages_is_digested_by_reference_and_under_rights(here: World) -> None:
    pages = [f"Page {number}. " + "words and more of them " * 12 for number in range(1, 1001)]
    document(here, "file-long", pages, acl=("group:hr",))
    chain = ship(here, "document_digest")
    run_id = here.start(chain, {"file_id": "file-long"})
    row = here.end(run_id, seconds=120)
    assert row["status"] == "completed", row.get("error")
    output = here.engine.values.get(row["output"])
    assert (output["sections"][0]["first_page"], output["sections"][-1]["last_page"], output["missing"]) == (1, 1000, [])
    execution = next(one for arn, one in here.machines.executions.items() if run_id in arn)
    assert max(execution.payloads) < 10_000, "what travels are references and indexes"
    assert here.engine.steps.documents(run_id) == {("file-long", 1)}, "who reads the run must be allowed to read the document"
    refused = here.end(here.start(chain, {"file_id": "file-long"}, caller=BOSS))
    assert (refused["status"], refused["error"]["name"], refused["error"]["step"]) == ("failed", "ToolFailed", "cut")
    assert "No such file: 'file-long'" in refused["error"]["message"]


def test_a_file_that_nobody_read_yet_is_told_with_what_to_do(here: World) -> None:
    rights = {"acl": ["public"], "data_class": "internal", "attributes": {}}
    told: dict[str, Any] = {"tenant": "acme", "user": "minji", "filename": "x", "purpose": "assistants", "size": 1, "content": {}}
    here.files.add(new_file(**told, rights=rights, file_id="file-new"))
    failed = here.run(ship(here, "document_digest"), {"file_id": "file-new"})
    assert "Put it into a vector store" in failed["error"]["message"]


def test_a_judge_that_prefers_the_first_place_decides_nothing(here: World) -> None:
    mark = json.dumps(
        {
            "first": dict.fromkeys(("accuracy", "brevity", "safety"), 5),
            "second": dict.fromkeys(("accuracy", "brevity", "safety"), 2),
            "reason": "r",
        }
    )
    output = here.run(ship(here, "compare"), {"question": f"json: {mark}", "language": "en"})["output"]
    assert (output["agreement"], output["undecided"]) == (0.0, True)
    assert set(output["scores"]) == {"small", "default", "large"}


def test_a_review_keeps_what_stands_in_the_diff(here: World) -> None:
    output = here.run(ship(here, "code_review"), sample("code_review"))["output"]
    found = [(one["file"], one["line"], one["severity"], one["by"]) for one in output["findings"]]
    assert found == [("app.py", 2, "high", "rule"), ("app.py", 4, "high", "rule")]
    assert output["dropped"][0]["why"] == "not in the diff"


def _decide(here: World, run_id: str, decision: Any) -> Any:
    asked = here.waiting(run_id)
    here.engine.decide(BOSS, asked["id"], decision, "looked at", shown_hash=asked["hash"])
    return asked
