"""Documents in the running system: real files by openai-python and by S3, to what a search finds."""

import json
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.data import public_data
from tests.engines.maru import Maru, session
from tests.engines.ministack import EmbeddedAws

pytestmark = pytest.mark.live

PATIENCE_S = 90.0
#: The embedded AWS keeps its state every two seconds.
FLUSH_S = 3.0
LEAVE = "# 연차 휴가\n\n연차 휴가는 15일이다. 3년 이상 근무한 직원은 2년마다 하루를 더 받는다."


@pytest.fixture(scope="module")
def client(maru: Maru) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{maru.url}/v1", api_key=maru.run["api_key"], max_retries=2) as made:
        yield made


@pytest.fixture(scope="module")
def alex(maru: Maru) -> Iterator[openai.OpenAI]:
    key = json.loads((maru.home / "keys.json").read_text(encoding="utf-8"))["second_key"]
    with openai.OpenAI(base_url=f"{maru.url}/v1", api_key=key, max_retries=2) as made:
        yield made


@pytest.fixture
def store(client: openai.OpenAI) -> Iterator[str]:
    made = client.vector_stores.create(name=f"live {time.time_ns()}")
    yield made.id
    client.vector_stores.delete(made.id)


class Door:
    """The bucket that data owners drop files into, and the queue that its events go to."""

    def __init__(self, maru: Maru, store: str) -> None:
        aws = EmbeddedAws(f"http://127.0.0.1:{json.loads((maru.home / 'ports.json').read_text())['aws']}")
        settings = json.loads((maru.home / "settings.json").read_text(encoding="utf-8"))["knowledge"]
        self.s3, self.sqs = aws.client("s3"), aws.client("sqs")
        self.bucket, self._queue, self._store = settings["DOOR_BUCKET"], settings["INGEST_QUEUE_URL"], store

    def put(self, name: str, body: str, **metadata: str) -> str:
        written = self.s3.put_object(
            Bucket=self.bucket, Key=self.key(name), Body=body.encode(), Metadata=metadata, ContentType="text/markdown"
        )
        return str(written["VersionId"])

    def delete(self, name: str) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=self.key(name))

    def late(self, name: str, version: str, sequencer: str) -> None:
        """An event that S3 sent long ago arrives now."""
        told = {"key": self.key(name), "size": 1, "version-id": version, "sequencer": sequencer}
        event = {"source": "aws.s3", "detail-type": "Object Created", "detail": {"bucket": {"name": self.bucket}, "object": told}}
        self.sqs.send_message(QueueUrl=self._queue, MessageBody=json.dumps(event, ensure_ascii=False))

    def key(self, name: str) -> str:
        return f"demo/{self._store}/{name}"


@pytest.fixture
def door(maru: Maru, store: str) -> Iterator[Door]:
    made = Door(maru, store)
    yield made
    made.s3.close()
    made.sqs.close()


def eventually(condition: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {PATIENCE_S:.0f} s: {what}"
        time.sleep(0.3)
    return found


def texts(who: openai.OpenAI, store: str, query: str) -> list[str]:
    return [hit.content[0].text for hit in who.vector_stores.search(store, query=query).data]


@pytest.mark.parametrize(
    ("data", "path", "query"),
    [
        ("docs_pypdf_samples", "004-pdflatex-4-pages/pdflatex-4-pages.pdf", "lorem ipsum"),
        ("docs_ko_pdf", "korean_texts_two_page.pdf", "한국어"),
    ],
)
def test_a_real_pdf_is_found_with_its_page(client: openai.OpenAI, store: str, data: str, path: str, query: str) -> None:
    file = public_data(data) / path
    done = client.vector_stores.files.upload_and_poll(vector_store_id=store, file=file, poll_interval_ms=300)
    assert (done.status, done.last_error) == ("completed", None)
    hits = client.vector_stores.search(store, query=query).data
    assert hits
    assert all(isinstance(hit.to_dict()["page"], int) for hit in hits)


def test_files_that_cannot_be_read_fail_with_their_cause(client: openai.OpenAI, store: str) -> None:
    data = public_data("docs_pypdf_samples")
    locked = next(data.glob("005-*/*.pdf"))
    batch = client.vector_stores.file_batches.upload_and_poll(
        store,
        files=[locked, ("empty.txt", b""), ("broken.docx", b"PK\x03\x04 no"), ("good.md", LEAVE.encode())],
        poll_interval_ms=300,
    )
    assert (batch.file_counts.completed, batch.file_counts.failed) == (1, 3)
    failed = list(client.vector_stores.files.list(store, filter="failed"))
    assert all(file.last_error and file.last_error.message for file in failed)
    assert "15일" in texts(client, store, "연차 휴가")[0]


def test_a_large_file_comes_in_parts_and_by_one_put(client: openai.OpenAI, store: str, tmp_path: Path) -> None:
    body = LEAVE + "\n\n" + "".join(f"{n}번째 문장은 아무 뜻이 없다. " for n in range(150_000))
    path = tmp_path / "큰 문서.md"
    path.write_text(body, encoding="utf-8")
    size = path.stat().st_size
    assert size > 5_000_000
    in_parts = client.uploads.upload_file_chunked(file=path, mime_type="text/markdown", purpose="assistants", part_size=4_000_000)
    assert in_parts.file is not None
    opened = client.uploads.create(bytes=size, filename="큰 문서.md", mime_type="text/markdown", purpose="assistants")
    request = urllib.request.Request(opened.to_dict()["upload_url"], data=path.read_bytes(), method="PUT")  # type: ignore[arg-type]
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
    by_put = client.uploads.complete(opened.id, part_ids=[])
    assert by_put.file is not None
    for file in (in_parts.file, by_put.file):
        assert client.files.wait_for_processing(file.id, poll_interval=0.3).status == "processed"
        assert client.files.content(file.id).content == path.read_bytes()
        client.files.delete(file.id)


def test_the_next_query_obeys_a_change_of_rights(client: openai.OpenAI, alex: openai.OpenAI, store: str) -> None:
    file = client.files.create(file=("휴가.md", LEAVE.encode()), purpose="assistants", extra_body={"acl": '["group:hr"]'})
    done = client.vector_stores.files.create_and_poll(file.id, vector_store_id=store, poll_interval_ms=200)
    assert done.status == "completed"
    for _ in range(3):
        assert texts(client, store, "연차 휴가")
        assert texts(alex, store, "연차 휴가") == []
        client.post(f"/files/{file.id}", body={"acl": ["group:hr", "group:engineering"]}, cast_to=object)
        assert texts(alex, store, "연차 휴가")
        client.post(f"/files/{file.id}", body={"acl": ["group:hr"]}, cast_to=object)
    with pytest.raises(openai.NotFoundError):
        alex.files.content(file.id)
    client.files.delete(file.id)
    assert texts(client, store, "연차 휴가") == []


def test_the_s3_door(client: openai.OpenAI, alex: openai.OpenAI, store: str, door: Door) -> None:
    name = "규정/보고서 1+2%.md"
    first = door.put(name, "# 보고서\n\n사과는 9월에 익는다.", **{"maru-acl": "group%3Ahr,user%3Akim"})
    assert eventually(lambda: texts(client, store, "사과"), "the first version is found")[0].endswith("사과는 9월에 익는다.")
    assert texts(alex, store, "사과") == []
    (file,) = [one for one in client.files.list() if one.filename == "보고서 1+2%.md"]
    door.put(name, "# 보고서\n\n사과는 10월에 익는다.")
    eventually(lambda: any("10월" in text for text in texts(client, store, "사과")), "the second version is found")
    door.late(name, first, "0")
    time.sleep(2)
    assert not any("9월" in text for text in texts(client, store, "사과"))
    assert texts(alex, store, "사과") == []
    again = client.files.retrieve(file.id).to_dict()
    assert (again["version"], again["acl"]) == (2, ["group:hr", "user:kim"])
    door.delete(name)
    eventually(lambda: texts(client, store, "사과") == [], "the deletion")
    door.late(name, first, "1")
    time.sleep(2)
    assert texts(client, store, "사과") == []
    assert client.vector_stores.retrieve(store).file_counts.total == 0


def test_what_the_door_refuses_is_on_the_operators_list(maru: Maru, door: Door) -> None:
    key = f"nobody/vs_none/{time.time_ns()}.md"
    door.s3.put_object(Bucket=door.bucket, Key=key, Body=b"text")

    def listed() -> bool:
        return any(row["key"] == key for row in maru.operator.call("GET", "/v1/ingestion/failures")["data"])

    eventually(listed, "the refusal")
    unreadable = "unreadable.md"
    door.put(unreadable, "사과", **{"maru-acl": "group:%zz"})
    eventually(
        lambda: any(row["key"] == door.key(unreadable) for row in maru.operator.call("GET", "/v1/ingestion/failures")["data"]), "the ACL"
    )


def test_changes_while_workers_run_leave_right_counts(client: openai.OpenAI, store: str) -> None:
    """Attached, detached and cancelled while workers run: the counters agree with the list."""
    files = [client.files.create(file=(f"{n}.txt", f"문서 {n}".encode()), purpose="assistants") for n in range(12)]
    batch = client.vector_stores.file_batches.create(store, file_ids=[file.id for file in files])
    for file in files[:3]:
        client.vector_stores.files.delete(file.id, vector_store_id=store)
    client.files.delete(files[3].id)
    client.vector_stores.file_batches.poll(batch.id, vector_store_id=store, poll_interval_ms=200)
    counts = client.vector_stores.retrieve(store).file_counts
    present = list(client.vector_stores.files.list(store))
    assert (counts.total, counts.completed, counts.in_progress) == (8, 8, 0)
    assert len(present) == 8
    assert {file.status for file in present} == {"completed"}
    for file in files[4:]:
        client.files.delete(file.id)
    assert client.vector_stores.retrieve(store).file_counts.total == 0


def test_documents_under_way_are_finished_after_kill_9(tmp_path: Path) -> None:
    with session(tmp_path) as current:
        first = current.start()
        with openai.OpenAI(base_url=f"{first.url}/v1", api_key=first.run["api_key"]) as client:
            store = client.vector_stores.create(name="killed").id
            files = [client.files.create(file=(f"{n}.md", f"# {n}\n\n{LEAVE}\n".encode() * 40), purpose="assistants") for n in range(20)]
            batch = client.vector_stores.file_batches.create(store, file_ids=[file.id for file in files])
            time.sleep(FLUSH_S)
        current.stop(signal.SIGKILL)
        second = current.start()
        with openai.OpenAI(base_url=f"{second.url}/v1", api_key=second.run["api_key"]) as client:
            eventually(lambda: client.vector_stores.retrieve(store).file_counts.in_progress == 0, "the documents are done")
            counts = client.vector_stores.file_batches.retrieve(batch.id, vector_store_id=store).file_counts
            assert (counts.completed, counts.total) == (20, 20)
            hits = client.vector_stores.search(store, query="연차 휴가는 며칠인가요?", max_num_results=50).data
            assert hits
            assert {hit.file_id for hit in hits} <= {file.id for file in files}
