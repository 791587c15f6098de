"""What has had its time goes, by class and kind."""

import time
from typing import Any

import pytest

from maru.agents.messages import Message
from maru.chains.steps import calls_of, documents_of
from maru.governance.keeping import Keeping
from maru.knowledge.blobs import Blob
from tests.fakes.documents import DocumentSide, caller
from tests.governing import conversation, document, keeping_on

ME = caller()
DAY = 86_400
TABLES_OF_RUNS = ("runs", "run_steps", "run_events", "approvals")


@pytest.fixture
def keeping(side: DocumentSide) -> Keeping:
    return keeping_on(side)


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
    assert keeping.apply("acme", time.time() + 6 * DAY) == {"documents": 0, "sessions": 0, "feedback": 0, "runs": 0}
    assert keeping.apply("acme", time.time() + 8 * DAY) == {"documents": 0, "sessions": 1, "feedback": 0, "runs": 0}
    assert keeping.apply("acme", time.time() + 31 * DAY) == {"documents": 1, "sessions": 0, "feedback": 0, "runs": 0}
    assert left(keeping) == (["internal"], ["internal"], 2)
    assert keeping.apply("acme", time.time() + 91 * DAY)["feedback"] == 1
    assert left(keeping, "other") == (["customer"], ["customer"], 1)


def test_a_session_has_the_strictest_class_that_it_stood_on(keeping: Keeping) -> None:
    head, _ = keeping.sessions.open(ME, "s", agent="hr", title="x")
    for data_class in ("public", "restricted", "internal"):
        head = keeping.sessions.get(ME, "s")
        keeping.sessions.append(head, [Message(f"m_{data_class}", "s", "user", "x", 0)], data_class=data_class)
    assert keeping.sessions.get(ME, "s")["data_class"] == "restricted"


def run(keeping: Keeping, name: str, *classes: str, days: int = 0, **more: Any) -> None:
    row = {"run_id": name, "tenant": "acme", "chain": "c", "started": name, "created_at": time.time() + days * DAY, **more}
    row |= {"expires_at": int(row["created_at"]) + 90 * DAY, **({"data_classes": set(classes)} if classes else {})}
    keeping.holdings.table("runs").put(row)
    for table, partition, sort, value in (
        ("run_steps", name, "path", "search"),
        ("run_steps", documents_of(name), "path", "search"),
        ("run_steps", calls_of(name), "path", "draft#0000"),
        ("run_events", name, "seq", 1),
    ):
        asked = {"approval_id": f"appr-{name}"} if partition == name else {}
        keeping.holdings.table(table).put({"run_id": partition, sort: value, "expires_at": row["expires_at"], **asked})
    keeping.holdings.table("approvals").put({"tenant": "acme", "id": f"appr-{name}", "run_id": name})
    keeping.library.blobs.put(Blob("documents", f"runs/acme/{name}/value.json"), b"{}")


def runs_left(side: DocumentSide, keeping: Keeping) -> dict[str, list[str]]:
    objects = [one["Key"].split("/")[2] for one in side.s3.list_objects_v2(Bucket="documents", Prefix="runs/").get("Contents", [])]
    rows = {name: keeping.holdings.table(name).scan("attribute_exists(run_id)", {}) for name in TABLES_OF_RUNS}
    tables = {name: {row["run_id"].partition("#")[0] for row in found} for name, found in rows.items()}
    return {name: sorted(found) for name, found in {**tables, "objects": objects}.items()}


def test_run_state_has_the_time_of_the_strictest_class_that_the_run_read(side: DocumentSide, keeping: Keeping) -> None:
    run(keeping, "read_customers", "internal", "customer", ended_at=time.time())
    run(keeping, "read_nothing", ended_at=time.time())
    run(keeping, "goes_on", "customer", unended="yes")
    keeping.rules.put("acme", days={"customer": {"runs": 7}, "internal": {"runs": 200}}, improvement=False)
    assert keeping.apply("acme", time.time() + 6 * DAY)["runs"] == 0
    assert keeping.apply("acme", time.time() + 8 * DAY)["runs"] == 1
    assert runs_left(side, keeping) == {key: ["goes_on", "read_nothing"] for key in [*TABLES_OF_RUNS, "objects"]}
    # What has more time than a run has by itself is not taken by DynamoDB before it.
    for table in ("runs", "run_steps"):
        (row,) = keeping.holdings.table(table).scan("run_id = :run", {":run": "read_nothing"})
        assert abs(row["expires_at"] - time.time() - 200 * DAY) < DAY
    assert keeping.apply("acme", time.time() + 201 * DAY)["runs"] == 1


def test_without_a_rule_a_run_stays_as_long_as_its_row_says(side: DocumentSide, keeping: Keeping) -> None:
    run(keeping, "read_customers", "customer", ended_at=time.time())
    keeping.rules.put("acme", days={"internal": {"runs": 1}, "customer": {"sessions": 1}}, improvement=False)
    assert keeping.apply("acme", time.time() + 80 * DAY)["runs"] == 0
    (row,) = keeping.holdings.table("runs").scan("run_id = :run", {":run": "read_customers"})
    assert abs(row["expires_at"] - time.time() - 90 * DAY) < DAY
