"""Documents masked at ingestion: nothing hidden is stored, indexed or found, and pages, headings and tables keep their places."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from functions.ingest.handler import hiding
from maru.dynamo import Item
from maru.errors import Unavailable
from maru.guard.documents import DocumentMasking
from maru.guard.engine import Guard
from maru.guard.policies import PolicyStore
from maru.guard.policy import parsed
from maru.guard.providers.paid import guards
from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.parse.model import Heading, PageSpan, ParsedDocument, ParseFailed, TableSpan
from maru.models import Catalogue, KeyRing, ModelClient
from maru.telemetry import Telemetry
from tests.conftest import BUCKET, MakeTable
from tests.engines.scripted_server import ScriptedServer
from tests.fakes.documents import add, caller, document_side, new_store
from tests.guarding import untold
from tests.ledger import meter_on
from tests.patience import PATIENT

PHONE, MAIL = "010-1234-5678", "minji@example.com"
TEXT = f"# 연락처 {PHONE}\n\n홍보팀 {MAIL} 으로 보낸다.\n| 이름 | 전화 |\n| 팀 | {PHONE} |\n끝."
HIDING = {"name": "ingestion", "checks": {"pii": {"passage": "mask"}}}

type Masking = Callable[..., DocumentMasking]


@pytest.fixture
def masking(make_table: MakeTable) -> Masking:
    store = PolicyStore(make_table(PolicyStore.SPEC), {})

    def made(*policies: dict[str, Any], find: Any = None) -> DocumentMasking:
        for one in policies:
            store.publish("acme", parsed(one), user="minji")
        return DocumentMasking(Guard(**({"find": find} if find else {})), store)

    return made


def document(text: str = TEXT) -> ParsedDocument:
    heading, table = text.index("\n\n"), text.index("| 이름")
    return ParsedDocument(
        text=text,
        media_type="text/markdown",
        title=f"연락처 {PHONE}",
        pages=(PageSpan(1, 0, table), PageSpan(2, table, len(text))),
        headings=(Heading(1, 0, heading, f"연락처 {PHONE}"),),
        tables=(TableSpan(table, text.index("\n끝")),),
    )


def test_offsets_are_those_of_the_new_text(masking: Masking) -> None:
    found = masking(HIDING).masked("acme", "internal", document())
    assert PHONE not in str(found.to_json())
    assert MAIL not in found.text
    assert found.text.count("[PHONE_1]") == 2
    assert (found.title, found.headings[0].title) == ("연락처 [PHONE_1]", "연락처 [PHONE_1]")
    assert found.text[found.headings[0].start : found.headings[0].end] == "# 연락처 [PHONE_1]"
    assert found.text[found.tables[0].start : found.tables[0].end] == "| 이름 | 전화 |\n| 팀 | [PHONE_1] |"
    assert [one.start for one in found.pages] == [0, found.pages[0].end]
    assert found.pages[-1].end == len(found.text)


def test_a_class_of_documents_has_a_policy_of_its_own(masking: Masking) -> None:
    applied = masking({"name": "ingestion-customer", "checks": {"pii": {"passage": "strip"}}})
    assert PHONE in applied.masked("acme", "internal", document()).text
    assert PHONE not in applied.masked("acme", "customer", document()).text
    assert PHONE in applied.masked("other", "customer", document()).text


def test_a_document_that_the_policy_blocks_fails(masking: Masking) -> None:
    with pytest.raises(ParseFailed, match="policy"):
        masking({"name": "ingestion", "checks": {"pii": {"passage": "block"}}}).masked("acme", "internal", document())


@pytest.mark.parametrize("action", ["block", "strip", "score"])
def test_the_size_of_a_document_is_that_of_all_of_it(masking: Masking, action: str) -> None:
    long = document(TEXT + "\n가나다" * 4_000)
    sized = masking({"name": "ingestion", "checks": {"size": {"passage": action, "options": {"max_characters": 9_000}}}})
    assert sized.masked("acme", "internal", document()).text == TEXT
    if action == "block":
        with pytest.raises(ParseFailed, match="policy"):
            sized.masked("acme", "internal", long)
        return
    found = sized.masked("acme", "internal", long)
    assert found.text == (long.text[:9_000] if action == "strip" else long.text)
    assert found.pages[-1].end == len(found.text)


def test_the_title_of_a_document_passes_too(masking: Masking) -> None:
    titled = ParsedDocument(text="Leave is 15 days.", media_type="text/plain", title=f"From {MAIL}")
    assert masking(HIDING).masked("acme", "internal", titled).title == "From [EMAIL_1]"
    with pytest.raises(ParseFailed, match="policy"):
        masking({"name": "ingestion", "checks": {"pii": {"passage": "block"}}}).masked("acme", "internal", titled)


@pytest.mark.parametrize(("fail", "stored"), [("closed", False), ("open", True)])
def test_a_check_without_an_answer_stores_nothing_unless_the_policy_says_so(masking: Masking, fail: str, stored: bool) -> None:
    def gone(_: str) -> Any:
        raise LookupError

    applied = masking({**HIDING, "fail": fail}, find=gone)
    if stored:
        found = applied.masked("acme", "internal", document())
        assert (found.text, len(found.warnings), "pii" in found.warnings[-1]) == (TEXT, 1, True)
    else:
        with pytest.raises(Unavailable):
            applied.masked("acme", "internal", document())


def test_long_documents_are_read_in_parts_with_placeholders_in_common(masking: Masking) -> None:
    text = "\n".join(f"{number}. 전화는 {PHONE} 이다. " + "가나다라 " * 30 for number in range(100)) + "\n| 이름\n끝\n\n"
    found = masking(HIDING).masked("acme", "internal", document(text))
    assert PHONE not in found.text
    assert found.text.count("[PHONE_1]") == 100


JUDGED = {"kind": "alias", "model": "scripted", "deadline_ms": 30_000}


def test_a_model_that_judges_documents_is_paid_as_the_one_that_embeds_them(make_table: MakeTable, models: ScriptedServer) -> None:
    rules = {"name": "ingestion", "checks": {"moderation": {"passage": "strip", "local": False, "providers": [JUDGED]}}}
    store, meter = PolicyStore(make_table(PolicyStore.SPEC), {}), meter_on(boto3.client("dynamodb"))
    store.publish("acme", parsed(rules), user="minji")
    target = {"model": "scripted", "base_url": models.base_url, "price": {"input": 2, "output": 10}}
    catalogue = Catalogue({"models": [{"alias": "scripted", "kind": "chat", "targets": [target]}]}, {})
    client = ModelClient(catalogue, KeyRing({}), PATIENT)
    hide = hiding(DocumentMasking(guards(client, KeyRing({}), Telemetry("ingest", stream=io.StringIO()))(meter), store), untold())
    file = {"tenant": "acme", "id": "file-1", "uploaded_by": "minji"}
    text = "전화는 많다.\nsay: safe"
    assert hide(file, replace(document(text + "\n\n| 이름\n끝"), title=None)).text.startswith(text)
    now = datetime.now(UTC)
    (row,) = [row for _, row in meter.usage.between("acme", now - timedelta(hours=1), now + timedelta(hours=1))]
    assert (row["user"], row["key_id"], row["agent"], row["model"]) == ("minji", "ingest", "guard", "scripted")
    meter.budgets.create(tenant="acme", window="day", unit="tokens", limit=1)
    meter.budgets.read("acme")
    with pytest.raises(Unavailable):
        hide(file, document(text + "\n\n| 이름\n끝"))


async def test_what_is_hidden_is_neither_stored_nor_found(masking: Masking, make_table: MakeTable, s3: Any) -> None:
    masked = masking(HIDING)

    def hide(file: Item, parsed_document: ParsedDocument) -> ParsedDocument:
        # As in the function, where no loop runs in the worker's thread.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(hiding(masked, untold()), file, parsed_document).result()

    side = document_side(make_table, s3, BUCKET, hide=hide)
    store, file = new_store(side), add(side, TEXT)
    attach(side.library, caller(), store, Wanted(file["id"]))
    side.work()
    rendering = side.library.renderings.load("acme", file["id"], 1)
    assert rendering is not None
    assert "[PHONE_1]" in rendering.text
    hits = await side.retriever.search(caller(), store_ids_or_names=[store["id"]], query="홍보팀 연락처", k=3)
    assert hits
    assert all(PHONE not in hit.text and MAIL not in hit.text for hit in hits)
