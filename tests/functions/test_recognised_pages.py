"""What Amazon Textract reads of scanned pages, on the account of the file's tenant: through the ingest function's real handler."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from maru import aws
from maru.dynamo import Item, Table
from maru.knowledge.parse import ocr
from maru.ledger.budgets import BudgetStore
from maru.ledger.usage import UsageStore
from tests.conftest import MakeTable
from tests.documents import make
from tests.functions.ingest_door import IngestFunction, ingest_function

SCANNED = "보고서 1+2%.pdf"
DOLLAR = 1_000_000_000  # nanodollars


@pytest.fixture
def ingest(make_table: MakeTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IngestFunction]:
    monkeypatch.setattr(ocr, "find", lambda: None)
    with ingest_function(make_table, tmp_path, monkeypatch, ocr="textract-text", TEXTRACT_REGION="ap-northeast-2") as function:
        yield function


@pytest.fixture
def textract(ingest: IngestFunction) -> Iterator[Stubber]:
    with Stubber(aws.client("textract")) as stub:
        yield stub


def said(text: str) -> dict[str, Any]:
    geometry = {"BoundingBox": {"Left": 0.1, "Top": 0.1, "Width": 0.4, "Height": 0.01}}
    words = [
        {"BlockType": "WORD", "Id": f"w{at}", "Text": word, "Confidence": 99.0, "Geometry": geometry}
        for at, word in enumerate(text.split())
    ]
    line = {"BlockType": "LINE", "Id": "l", "Text": text, "Geometry": geometry}
    return {"Blocks": [{**line, "Relationships": [{"Type": "CHILD", "Ids": [word["Id"] for word in words]}]}, *words]}


def drop(ingest: IngestFunction, *pages: str) -> Item:
    """Puts a scanned document at the door, and gives its row in the store once nothing is queued that is due."""
    version = ingest.put(SCANNED, make.pdf(*pages, picture=True))
    ingest.replay("ingest/object_created_korean_key", V1=version)
    ingest.drain()
    member = ingest.member(SCANNED)
    assert member is not None
    return member


def recognised(ingest: IngestFunction) -> list[Item]:
    """The ledger's rows of pages."""
    usage = UsageStore(Table(aws.client("dynamodb"), ingest.settings.usage_table, UsageStore.SPEC))
    now = datetime.now(UTC)
    rows = usage.between("acme", now - timedelta(hours=1), now + timedelta(hours=1))
    return [row for _, row in rows if row["model"] == "textract-text"]


def test_each_page_that_was_read_is_in_the_ledger_at_its_price(ingest: IngestFunction, textract: Stubber) -> None:
    textract.add_response("detect_document_text", said("Leave is fifteen days."), {"Document": {"Bytes": ANY}})
    textract.add_response("detect_document_text", said("Requests come three days before."), {"Document": {"Bytes": ANY}})
    member = drop(ingest, "", "")
    assert member["status"] == "completed"
    assert ingest.found("fifteen")
    (row,) = recognised(ingest)
    assert (row["pages"], row["cost"], row["charge"], row["status"]) == (2, 3_000_000, 3_000_000, "ok")
    assert (row["target"], row["user"], row["key_id"]) == ("DetectDocumentText", "ingest", "ingest")


def test_pages_that_a_budget_cannot_bear_are_not_sent_to_textract(ingest: IngestFunction, textract: Stubber) -> None:
    budgets = BudgetStore(Table(aws.client("dynamodb"), ingest.settings.budgets_table, BudgetStore.SPEC))
    budgets.create(tenant="acme", window="month", unit="usd", limit=DOLLAR // 1000 * 2)
    member = drop(ingest, "", "")
    # Two pages are 0.003 USD. It waits for the next attempt, and a request without a response prepared would have failed.
    assert (member["status"], recognised(ingest)) == ("in_progress", [])
    (budget,) = budgets.usage("acme")
    assert (budget.spent, budget.reserved, budget.refused) == (0, 0, True)


def test_what_textract_did_not_answer_is_given_back(ingest: IngestFunction, textract: Stubber) -> None:
    budgets = BudgetStore(Table(aws.client("dynamodb"), ingest.settings.budgets_table, BudgetStore.SPEC))
    budgets.create(tenant="acme", window="month", unit="usd", limit=DOLLAR)
    textract.add_client_error("detect_document_text", "ThrottlingException")
    member = drop(ingest, "")
    assert member["status"] == "in_progress"
    (budget,) = budgets.usage("acme")
    assert (budget.spent, budget.reserved) == (0, 0)
    assert [(row["status"], row["cost"]) for row in recognised(ingest)] == [("failed", 0)]
