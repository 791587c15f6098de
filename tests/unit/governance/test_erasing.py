"""A tenant's data given out whole, and erased: every table and every place of objects, held against what the code declares."""

import json
import time
import zlib
from typing import Any

import boto3
import pytest

from infra.discovery import table_specs
from maru.cache.question import rows_of_questions
from maru.governance.erasing import Erasure
from maru.governance.export import lines
from maru.governance.holdings import BY_THEIR_OWN_RULES, EXEMPT, HELD
from maru.governance.keeping import Keeping
from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.blobs import Blob
from maru.knowledge.jobs import Job
from maru.knowledge.paging import Cursor
from maru.knowledge.stores.port import SearchScope
from tests.conftest import BUCKET, MakeTable
from tests.contract.vector_rows import chunk
from tests.fakes.documents import DIMENSIONS, DOOR, DocumentSide, caller, counts, document_side, new_store
from tests.fakes.machines import Machines
from tests.governing import conversation, document, keeping_on

#: What a row may be of a tenant by, where that is no attribute `tenant` of its own.
ROWS: dict[str, Any] = {
    "keys": {"id": "key-{}", "secret_hash": "SECRET-HASH"},
    "identities": {"id": "https://issuer|{}"},
    "runs": {"run_id": "run-{}", "started": "1", "program": "own-{}", "version": 1, "unended": "yes", "execution_arn": "arn:execution:{}"},
    "run_events": {"run_id": "run-{}", "seq": 1, "tenant": None},
    "run_steps": {"run_id": "run-{}", "path": "search", "tenant": None},
    "chains": {"sk": "c#version#1", "name": "c", "machine": "arn:machine:{}:3", "checksum": "shared"},
    "tool_approvals": {"id": "appr", "sealed": b"SEALED"},
    "incidents": {"id": "inc", "samples": [b"SEALED"]},
    "questions": {"vector_store_id": "vs", "place": "1#{}"},
    "lineage": {"file_id": "f", "place": "1#{}"},
    "completions": {"owner": "{}#minji", "id": "chatcmpl", "tenant": None, "body": zlib.compress(b'{"said": "in words"}')},
    "cache": {"id": "entry#k", "place": "p"},
    "idempotency": {"id": "given-{}"},
    "file_batches": {"id": "vsfb-{}"},
    "imports": {"id": "imp-{}"},
    "uploads": {"id": "upload-{}", "part": "-"},
    "rejections": {"list": "door", "at": "1#{}", "key": "{}/vs/x.pdf", "tenant": None},
}
#: Rows of tables that hold them in more than one way.
MORE: dict[str, list[dict[str, Any]]] = {
    "runs": [{"run_id": "slots#{}#c", "running": 1}],
    "run_steps": [
        {"run_id": "run-{}#documents", "path": "search", "documents": []},
        {"run_id": "run-{}#calls", "path": "draft#0000", "answer": {"json": '"x"'}},
    ],
    "chains": [{"tenant": "{}", "sk": "c#label#live", "name": "c", "label": "live", "version": 1}],
    "uploads": [{"id": "upload-{}", "part": "part-1"}],
    "chain_programs": [{"checksum": "own-{}", "content": b"x"}],
}
OBJECTS = (
    "idempotency/given-{}",
    "runs/{}/run/value.json",
    "completions/{}#minji/chatcmpl",
    "files/{}/left/1",
    "renderings/{}/left/1",
    "uploads/upload-{}/part-1",
)


@pytest.fixture
def side(make_table: MakeTable, s3: Any) -> DocumentSide:
    return document_side(make_table, s3, BUCKET)


@pytest.fixture
def keeping(side: DocumentSide) -> Keeping:
    """Two tenants with rows in every table, objects in every place, documents and conversations."""
    keeping = keeping_on(side)
    for tenant in ("acme", "other"):
        for table in sorted({held.table for held in HELD} - {"tenants", "usage", "vector_store_files", *BY_THEIR_OWN_RULES}):
            put(keeping, table, {"word": f"marker-{table}-{tenant}", **synthetic(table, tenant)})
        day, _, clock = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()).partition(" ")
        put(keeping, "usage", {"tenant": tenant, "word": f"marker-usage-{tenant}", "day": f"{tenant}#{day}", "at": f"{clock}.999999#x"})
        for table, rows in MORE.items():
            for row in rows:
                put(keeping, table, of(row, tenant))
        for key in OBJECTS:
            side.library.blobs.put(Blob(BUCKET, key.format(tenant)), b'"kept for %s"' % tenant.encode())
        side.s3.put_object(Bucket=DOOR, Key=f"{tenant}/vs_unknown/refused.pdf", Body=b"x")
        side.index.ensure_index(DIMENSIONS)
        side.index.upsert(
            [chunk(vector_store_id=rows_of_questions("p"), file_id="k", tenant=tenant, acl=("r",), vector=[1.0] * DIMENSIONS)]
        )
        attach(
            side.library,
            caller("somebody", tenant=tenant),
            new_store(side, tenant=tenant),
            Wanted(document(side, "internal", tenant=tenant)),
        )
        conversation(keeping, "internal", tenant=tenant)
    put(keeping, "chain_programs", {"checksum": "shared", "content": b"x"})
    side.work()
    return keeping


def synthetic(table: str, tenant: str) -> dict[str, Any]:
    spec = table_specs()[table]
    plain = {"tenant": tenant, **({spec.sort: "row"} if spec.sort else {})}
    return {name: value for name, value in of(plain | ROWS.get(table, {}), tenant).items() if value is not None}


def of(row: dict[str, Any], tenant: str) -> dict[str, Any]:
    return {name: value.format(tenant) if isinstance(value, str) else value for name, value in row.items()}


def put(keeping: Keeping, table: str, row: dict[str, Any]) -> None:
    keeping.holdings.table(table).put(row)


def everything(tenant: str) -> dict[str, list[str]]:
    """The rows of every table in which the tenant's name stands, and the keys of objects, old versions among them."""
    dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
    found = {name: [repr(row) for row in dynamodb.scan(TableName=name)["Items"]] for name in table_specs()}
    for bucket in (BUCKET, DOOR):
        listed = s3.list_object_versions(Bucket=bucket)
        found[bucket] = [one["Key"] for one in (*listed.get("Versions", []), *listed.get("DeleteMarkers", []))]
    return {name: kept for name, rows in found.items() if (kept := sorted(row for row in rows if tenant in row))}


def erase(keeping: Keeping, side: DocumentSide, *passes: Job) -> Machines:
    """Do both passes, with everything that the worker has to do between and after them."""
    machines = Machines()
    for job in passes or ({"tenant": "acme"}, {"tenant": "acme", "last": True}):
        Erasure(keeping, machines).take(job)
        side.queue.messages = [one for one in side.queue.messages if one["task"] != "erase"]
        side.work()
    return machines


def test_every_table_of_the_code_is_told_and_erased_or_exempt_with_its_reason() -> None:
    specs, held = table_specs(), {one.table for one in HELD}
    assert set(specs) == held | set(BY_THEIR_OWN_RULES) | set(EXEMPT)
    assert not (held | set(BY_THEIR_OWN_RULES)) & set(EXEMPT)
    assert all(BY_THEIR_OWN_RULES.values())
    assert all(EXEMPT.values())
    for one in HELD:
        spec = specs[one.table]
        assert one.key == tuple(name for name in (spec.key, spec.sort) if name), one.table
        assert one.why or (one.named and one.erased == "now"), one.table
    assert {one.table for one in HELD if one.erased == "never"} == {"usage", "vector_store_files"}


def test_a_tenants_data_is_given_out_whole(keeping: Keeping) -> None:
    told = list(lines(keeping, "acme"))
    objects = [json.loads(line) for line in told]
    assert {one["object"] for one in objects} >= {one.named for one in HELD if one.named} | {"vector_store", "file", "session", "message"}
    for table in {one.table for one in HELD if one.named} - {"tenants", "vector_store_files"}:
        assert any(f"marker-{table}-acme" in line for line in told), table
    (file,) = (one for one in objects if one["object"] == "file")
    assert file["text"] == "Apples."
    (stored,) = (one for one in objects if one["object"] == "stored.completion")
    assert stored["body"] == {"said": "in words"}
    assert [one["content"] for one in objects if one["object"] in {"run.value", "stored.completion.body"}] == ["kept for acme"] * 2
    whole = "".join(told)
    assert "SECRET-HASH" not in whole
    assert "SEALED" not in whole
    assert "other" not in whole


def test_an_erased_tenant_leaves_what_is_kept_by_rule_and_touches_no_other(side: DocumentSide, keeping: Keeping) -> None:
    store = side.library.stores.list("other", Cursor()).rows[0]
    others = everything("other")
    machines = erase(keeping, side)
    assert set(everything("acme")) == {"usage"}
    assert everything("other") == others
    assert counts(side, store) == {"completed": 1, "total": 1}
    assert [row["checksum"] for row in keeping.holdings.table("chain_programs").scan("attribute_exists(checksum)", {})] != []
    assert machines.asked[:3] == [
        ("stop_execution", "arn:execution:acme"),
        ("delete_state_machine_alias", "arn:machine:acme:live"),
        ("delete_state_machine", "arn:machine:acme"),
    ]
    assert all("other" not in name for _, name in machines.asked)
    for tenant, left in (("acme", 0), ("other", 1)):
        scope = SearchScope(tenant, ("r",), (rows_of_questions("p"),))
        assert len(side.index.search_vector(scope, [1.0] * DIMENSIONS, 5)) == left
    # Once more: what was cut off may be called again.
    erase(keeping, side)
    assert everything("other") == others


def test_nobody_is_let_in_from_the_first_moment_on(keeping: Keeping, side: DocumentSide, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(_: object, tenant: str) -> None:
        raise RuntimeError(tenant)

    monkeypatch.setattr(Keeping, "erase", dies)
    with pytest.raises(RuntimeError):
        erase(keeping, side)
    assert {"tenants", "keys", "identities", "chain_triggers"} & set(everything("acme")) == set()


def test_a_second_pass_follows_and_spares_a_tenant_that_was_made_anew(keeping: Keeping, side: DocumentSide) -> None:
    Erasure(keeping, Machines()).take({"tenant": "acme"})
    follows = next(one for one in side.queue.messages if one["task"] == "erase")
    assert follows == {"task": "erase", "tenant": "acme", "last": True}
    assert side.queue.delays[-1] == 900
    side.work()
    side.tenants.create("acme")
    document(side, "internal")
    before = everything("acme")
    Erasure(keeping, Machines()).take(follows)
    assert everything("acme") == before
