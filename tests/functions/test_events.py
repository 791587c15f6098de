"""Every sample event of the tree, through the real handler of its function."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.data.handler import handle as data
from functions.ledger import handler as ledger_handler
from functions.ledger import settings as ledger_settings
from functions.weather.handler import handler as weather
from infra.discovery import functions
from maru.http import HttpServices
from maru.identity.directory import TenantStore
from maru.ledger.budgets import BudgetStore
from maru.ledger.rates import RateStore
from maru.ledger.usage import UsageStore
from tests.chain_world import world
from tests.conftest import MakeTable
from tests.door import key_for
from tests.engines.scripted_server import scripted_server
from tests.functions.ingest_door import IngestFunction, ingest_function
from tests.functions.trigger_world import Triggers
from tests.functions.trigger_world import triggers as triggers_on
from tests.guarding import NO_DATA
from tests.samples import EVENTS, names, sample

TEXT = "# 휴가 규정\n\n연차 휴가는 15일입니다. 신청은 사흘 전에 합니다.\n".encode()
KOREAN = "보고서 1+2%.pdf"


TRIGGERED = """
chain: triggered
triggers:
  - {id: dropped, kind: s3, input: "{% $states.input.json %}"}
  - {id: put, kind: event, source: [maru.documents], input: "{% $states.input.detail.file_id %}"}
  - {id: minutely, kind: schedule, cron: "* * * * *", input: "{% $states.input.scheduled_at %}"}
input: {}
steps:
  - {id: a, type: transform, value: "{% $states.input %}"}
"""


@pytest.fixture
def triggers(make_table: MakeTable, s3: Any) -> Iterator[Triggers]:
    with scripted_server() as models:
        yield triggers_on(world(make_table, s3, models.base_url), s3)


@pytest.fixture
def ingest(make_table: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IngestFunction]:
    with ingest_function(make_table, tmp_path, monkeypatch) as function:
        yield function


def test_object_created(ingest: IngestFunction) -> None:
    version = ingest.put("leave.md", TEXT)
    assert ingest.replay("ingest/object_created", V1=version) == {"batchItemFailures": []}
    ingest.drain()
    file, member = ingest.file("leave.md"), ingest.member("leave.md")
    assert file is not None
    assert member is not None
    assert (file["filename"], file["acl"], member["status"]) == ("leave.md", ["public"], "completed")
    assert [chunk.file_id for chunk in ingest.found("연차")] == [file["id"]]


def test_object_created_twice_is_ingested_once(ingest: IngestFunction) -> None:
    version = ingest.put("leave.md", TEXT)
    for _ in range(2):
        ingest.replay("ingest/object_created", V1=version)
        ingest.drain()
    file = ingest.file("leave.md")
    assert file is not None
    assert file["version"] == 1
    assert len(ingest.found("연차")) == 1


def test_object_created_with_an_acl(ingest: IngestFunction) -> None:
    version = ingest.put("leave.md", TEXT, maru_acl="group:%EC%9D%B8%EC%82%AC,user:minji")
    ingest.replay("ingest/object_created", V1=version)
    ingest.drain()
    assert ingest.found("연차") == []
    assert len(ingest.found("연차", "group:인사")) == 1


def test_object_created_with_an_unreadable_acl_is_nobodys(ingest: IngestFunction) -> None:
    version = ingest.put("leave.md", TEXT, maru_acl="everybody%")
    assert ingest.replay("ingest/object_created", V1=version) == {"batchItemFailures": []}
    ingest.drain()
    member = ingest.member("leave.md")
    assert member is not None
    assert member["status"] == "failed"
    assert ingest.found("연차", "public", "user:minji", "group:인사") == []


def test_object_created_korean_key(ingest: IngestFunction) -> None:
    """EventBridge gives keys as they are: nothing in them is to be decoded."""
    version = ingest.put(KOREAN, b"%PDF-1.4 damaged")
    ingest.replay("ingest/object_created_korean_key", V1=version)
    ingest.drain()
    file, member = ingest.file(KOREAN), ingest.member(KOREAN)
    assert file is not None
    assert member is not None
    assert (file["filename"], file["door_key"]) == (KOREAN, ingest.key(KOREAN))
    assert (member["status"], member["last_error"]["code"]) == ("failed", "invalid_file")


def test_object_deleted(ingest: IngestFunction) -> None:
    ingest.replay("ingest/object_created", V1=ingest.put("leave.md", TEXT))
    ingest.drain()
    assert ingest.replay("ingest/object_deleted", V2=ingest.remove("leave.md")) == {"batchItemFailures": []}
    ingest.drain()
    assert ingest.file("leave.md") is None
    assert ingest.member("leave.md") is None
    assert ingest.found("연차") == []


def test_deletion_before_creation(ingest: IngestFunction) -> None:
    """The deletion is the later one, as its sequencer tells once both are equally long; as strings they order otherwise."""
    ingest.replay("ingest/deletion_before_creation", V1=ingest.put("leave.md", TEXT), V2=ingest.remove("leave.md"))
    ingest.drain()
    assert ingest.file("leave.md") is None
    assert ingest.found("연차") == []


def test_overwrites_out_of_order(ingest: IngestFunction) -> None:
    old, new = ingest.put("leave.md", "연차 휴가는 11일입니다.".encode()), ingest.put("leave.md", TEXT)
    assert ingest.replay("ingest/overwrites_out_of_order", V1=old, V2=new) == {"batchItemFailures": []}
    ingest.drain()
    (chunk,) = ingest.found("연차")
    assert "15일" in chunk.text
    assert "11일" not in chunk.text


def test_poison_record(ingest: IngestFunction) -> None:
    """What cannot be read comes back alone; what is damaged fails alone; the good one beside them is found."""
    event = sample("ingest/poison_record")
    damaged, good = ingest.put("broken.pdf", b"%PDF-oops"), ingest.put("leave.md", TEXT)
    answer = ingest.replay("ingest/poison_record", V1=damaged, V2=good)
    assert answer == {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in event["Records"][:2]]}
    ingest.drain()
    failed, member = ingest.member("broken.pdf"), ingest.member("leave.md")
    assert failed is not None
    assert member is not None
    assert (failed["status"], member["status"]) == ("failed", "completed")
    assert failed["last_error"]["message"]
    assert len(ingest.found("연차")) == 1


def test_unknown_tenant_and_store(ingest: IngestFunction) -> None:
    """Nothing to try again: they are on the operator's list, under their keys."""
    assert ingest.replay("ingest/unknown_tenant_and_store") == {"batchItemFailures": []}
    listed = ingest.library.rejections.list(10)
    assert {row["key"].split("/")[0] for row in listed} == {"nobody", "acme"}
    assert all(row["cause"] for row in listed)
    assert ingest.queued() == 0


def test_folder_made_in_a_console(ingest: IngestFunction) -> None:
    assert ingest.replay("ingest/folder_made_in_a_console") == {"batchItemFailures": []}
    assert ingest.file("reports/") is None
    assert ingest.library.rejections.list(10) == []


def test_job_without_its_file(ingest: IngestFunction) -> None:
    """A job may outlive what it is about."""
    assert ingest.replay("ingest/job_without_its_file") == {"batchItemFailures": []}


def test_sweep(ingest: IngestFunction) -> None:
    """A document whose job was lost is taken up again."""
    ingest.replay("ingest/object_created", V1=ingest.put("leave.md", TEXT))
    ingest.sqs.purge_queue(QueueUrl=ingest.settings.ingest_queue_url)
    ingest.replay("ingest/sweep")
    assert ingest.queued() == 0  # it may still be under way
    ingest.lose_track("leave.md")
    ingest.replay("ingest/sweep")
    ingest.drain()
    member = ingest.member("leave.md")
    assert member is not None
    assert member["status"] == "completed"


def test_ledger_sweep(make_table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the settings that infra would make; what the sweep does is tested beside it."""
    specs = (BudgetStore.SPEC, UsageStore.SPEC, RateStore.SPEC, TenantStore.SPEC)
    for spec in specs:
        make_table(spec)
    names = {f"{spec.name}_table": spec.name for spec in specs}
    settings = ledger_settings.Settings(function="ledger", catalogue="catalogue", **names)
    for name, value in settings.to_env().items():
        monkeypatch.setenv(name, value)
    assert ledger_handler.handler(sample("ledger/ledger_sweep"), None) == {"charged": 0, "alerts": 0, "failed": 0}


def test_every_worker_event_has_a_test() -> None:
    """Those of HTTP functions are replayed in `tests/live/test_http_events.py`, which fails for one that it does not know."""
    http = {function.name for function in functions() if function.http}
    workers = [name for name in names() if name.split("/")[0] not in http]
    assert [name for name in workers if f"test_{name.split('/')[1]}" not in globals()] == []
    assert {path.parent.name for path in EVENTS.glob("*/*.json")} <= {function.name for function in functions()}


def test_token_sent(services: HttpServices) -> None:
    answer = data(services.authenticator, NO_DATA, sample("data/token_sent", KEY=key_for(services, groups=("sales",))))
    told = json.loads(answer["resolverContext"]["caller"])
    assert (answer["isAuthorized"], told["tenant"], told["user"], told["groups"]) == (True, "acme", "minji", ["sales"])
    assert data(services.authenticator, NO_DATA, sample("data/token_sent", KEY="mk_unknown_secret")) == {"isAuthorized": False}


def test_field_asked(services: HttpServices) -> None:
    answer = data(services.authenticator, NO_DATA, sample("data/field_asked"))
    assert answer["error"]["code"] == "view_not_found"


def test_asked() -> None:
    answer = weather(sample("weather/asked"), None)
    assert (answer["city"], answer["month"], answer["mean_celsius"]) == ("Busan", 8, 26)


def test_unknown_city() -> None:
    answer = weather(sample("weather/unknown_city"), None)
    assert answer["unknown"] == "Atlantis"
    assert "Seoul" in answer["cities"]


def test_events_dropped(triggers: Triggers) -> None:
    triggers.here.publish(TRIGGERED)
    assert triggers.drop("acme/events/in/a.json", b"[1, 2]") == {"batchItemFailures": []}
    assert [one["output"] for one in triggers.runs()] == [[1, 2]]


def test_event_put(triggers: Triggers) -> None:
    triggers.here.publish(TRIGGERED)
    assert triggers.put() == {"batchItemFailures": []}
    assert [one["output"] for one in triggers.runs()] == ["file-1"]


def test_tick(triggers: Triggers) -> None:
    triggers.here.publish(TRIGGERED)
    triggers.later(60)
    assert triggers.handle(sample("triggers/tick")) == {"put": 1}
    triggers.drain()
    assert [one["output"] for one in triggers.runs()] == ["2026-01-15T00:31:00Z"]
