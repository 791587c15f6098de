"""The document side as openai-python sees it: the client's own methods, unchanged."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from maru.http import App, HttpServices
from tests.door import key_for
from tests.fakes.documents import DocumentSide

ORCHARD = "# Orchard\n\nThe orchard has apples. Pears ripen in September and are sold at the gate."
LEAVE = "# 연차 휴가\n\n연차 휴가는 15일이다. 3년 이상 근무한 직원은 2년마다 하루를 더 받는다."


class WorkingTransport(httpx2.ASGITransport):
    """Lets the worker run between two requests, as it does beside the API."""

    def __init__(self, app: Any, work: Callable[[], Awaitable[None]]) -> None:
        super().__init__(app)
        self._work = work

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            await self._work()
        return await super().handle_async_request(request)


@pytest.fixture
async def client(app: App, services: HttpServices, side: DocumentSide) -> AsyncIterator[openai.AsyncOpenAI]:
    async def work() -> None:
        await asyncio.to_thread(side.work)

    async with httpx2.AsyncClient(transport=WorkingTransport(app, work)) as http:
        yield openai.AsyncOpenAI(base_url="http://maru/v1", api_key=key_for(services), http_client=http, max_retries=0)


async def test_files_are_kept_listed_read_and_deleted(client: openai.AsyncOpenAI) -> None:
    made = [await client.files.create(file=(f"문서 {n}.md", f"본문 {n}".encode()), purpose="assistants") for n in range(3)]
    assert made[0].filename == "문서 0.md"
    assert made[0].bytes == len("본문 0".encode())
    page = await client.files.list(limit=2, order="asc")
    assert [file.id for file in page.data] == [file.id for file in made[:2]]
    assert page.has_more
    assert [file.id async for file in client.files.list(limit=1)] == [file.id for file in reversed(made)]
    assert [file.id async for file in client.files.list(purpose="batch")] == []
    assert (await client.files.retrieve(made[1].id)).filename == "문서 1.md"
    assert (await client.files.content(made[1].id)).content == "본문 1".encode()
    assert (await client.files.wait_for_processing(made[1].id)).status == "processed"
    assert (await client.files.delete(made[1].id)).deleted
    with pytest.raises(openai.NotFoundError):
        await client.files.retrieve(made[1].id)


async def test_deleting_while_listing_finds_every_file(client: openai.AsyncOpenAI) -> None:
    for n in range(5):
        await client.files.create(file=(f"{n}.txt", b"text"), purpose="assistants")
    seen = 0
    async for file in client.files.list(limit=2):
        await client.files.delete(file.id)
        seen += 1
    assert seen == 5
    assert [file async for file in client.files.list()] == []


async def test_a_store_is_filled_and_searched(client: openai.AsyncOpenAI) -> None:
    store = await client.vector_stores.create(
        name="garden", metadata={"team": "green"}, expires_after={"anchor": "last_active_at", "days": 7}
    )
    done = await client.vector_stores.files.upload_and_poll(
        vector_store_id=store.id, file=("orchard.md", ORCHARD.encode()), attributes={"year": 2024, "final": True}, poll_interval_ms=10
    )
    assert (done.status, done.last_error) == ("completed", None)
    assert done.attributes == {"year": 2024, "final": True}
    await client.vector_stores.files.upload_and_poll(vector_store_id=store.id, file=("휴가.md", LEAVE.encode()), poll_interval_ms=10)
    found = await client.vector_stores.retrieve(store.id)
    assert (found.file_counts.completed, found.file_counts.total, found.status) == (2, 2, "completed")
    assert found.usage_bytes > 0
    assert found.metadata == {"team": "green"}
    hits = (await client.vector_stores.search(store.id, query="연차 휴가는 며칠인가요?", max_num_results=1)).data
    assert [hit.filename for hit in hits] == ["휴가.md"]
    assert "15일" in hits[0].content[0].text
    assert 0 <= hits[0].score <= 1
    filtered = await client.vector_stores.search(store.id, query="휴가", filters={"type": "eq", "key": "year", "value": 2024})
    assert {hit.filename for hit in filtered.data} == {"orchard.md"}
    several = await client.vector_stores.search("garden", query=["pears", "연차"], rewrite_query=True)
    assert {hit.filename for hit in several.data} == {"orchard.md", "휴가.md"}
    high = await client.vector_stores.search(store.id, query="pears", ranking_options={"score_threshold": 1.0, "ranker": "auto"})
    assert all(hit.score >= 1.0 for hit in high.data)


async def test_store_methods(client: openai.AsyncOpenAI) -> None:
    made = [await client.vector_stores.create(name=f"s{n}") for n in range(3)]
    assert [store.id async for store in client.vector_stores.list(limit=1, order="asc")] == [store.id for store in made]
    before = await client.vector_stores.list(before=made[0].id)
    assert [store.id for store in before.data] == [made[2].id, made[1].id]
    changed = await client.vector_stores.update(made[0].id, name="renamed", metadata={"a": "b"})
    assert (changed.name, changed.metadata) == ("renamed", {"a": "b"})
    assert (await client.vector_stores.retrieve("renamed")).id == made[0].id
    assert (await client.vector_stores.delete(made[0].id)).deleted
    with pytest.raises(openai.NotFoundError):
        await client.vector_stores.retrieve("renamed")


async def test_store_file_methods(client: openai.AsyncOpenAI, side: DocumentSide) -> None:
    store = await client.vector_stores.create(name="s")
    file = await client.files.create(file=("orchard.md", ORCHARD.encode()), purpose="assistants")
    files = client.vector_stores.files
    attached = await files.create(store.id, file_id=file.id)
    assert attached.status == "in_progress"
    polled = await files.poll(file.id, vector_store_id=store.id, poll_interval_ms=10)
    assert polled.status == "completed"
    assert polled.chunking_strategy is not None
    own: Any = {"type": "sentence_window", "sentence_window": {"sentences": 1, "overlap_sentences": 0}}
    windows = await files.create_and_poll(file.id, vector_store_id=store.id, chunking_strategy=own, poll_interval_ms=10)
    assert (windows.status, getattr(windows.chunking_strategy, "type", None)) == ("completed", "sentence_window")
    again = await files.create_and_poll(
        file.id,
        vector_store_id=store.id,
        chunking_strategy={"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 0}},
        poll_interval_ms=10,
    )
    assert again.to_dict()["chunking_strategy"] == {"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 0}}
    assert [one.id async for one in files.list(store.id, filter="completed")] == [file.id]
    assert [one.id async for one in files.list(store.id, filter="failed")] == []
    content = [part async for part in await files.content(file.id, vector_store_id=store.id)]
    assert "Pears ripen" in (content[0].text or "")
    updated = await files.update(file.id, vector_store_id=store.id, attributes={"season": "autumn"})
    assert updated.attributes == {"season": "autumn"}
    await files.poll(file.id, vector_store_id=store.id, poll_interval_ms=10)
    hits = await client.vector_stores.search(store.id, query="pears", filters={"type": "eq", "key": "season", "value": "autumn"})
    assert len(hits.data) == 1
    assert (await files.delete(file.id, vector_store_id=store.id)).deleted
    assert [one async for one in files.list(store.id)] == []
    assert side.index.chunks("acme", store.id, file.id, 1) == []
    assert (await client.files.retrieve(file.id)).id == file.id
    assert (await client.vector_stores.retrieve(store.id)).file_counts.total == 0


async def test_batches(client: openai.AsyncOpenAI) -> None:
    store = await client.vector_stores.create(name="s")
    batch = await client.vector_stores.file_batches.upload_and_poll(
        store.id, files=[(f"{n}.txt", f"text number {n}".encode()) for n in range(4)], poll_interval_ms=10
    )
    assert (batch.status, batch.file_counts.completed, batch.file_counts.total) == ("completed", 4, 4)
    listed = [file.id async for file in client.vector_stores.file_batches.list_files(batch.id, vector_store_id=store.id, limit=3)]
    assert len(listed) == 4
    pdf = await client.files.create(file=("broken.pdf", b"%PDF-1.7 broken"), purpose="assistants")
    mixed = await client.vector_stores.file_batches.create_and_poll(
        store.id, files=[{"file_id": listed[0], "attributes": {"again": True}}, {"file_id": pdf.id}], poll_interval_ms=10
    )
    assert (mixed.file_counts.completed, mixed.file_counts.failed) == (1, 1)
    failed = await client.vector_stores.files.retrieve(pdf.id, vector_store_id=store.id)
    assert failed.status == "failed"
    assert failed.last_error is not None
    assert failed.last_error.code == "invalid_file"
    counts = (await client.vector_stores.retrieve(store.id)).file_counts
    assert (counts.completed, counts.failed, counts.in_progress, counts.total) == (4, 1, 0, 5)


async def test_a_cancelled_batch_stops(client: openai.AsyncOpenAI, side: DocumentSide) -> None:
    store = await client.vector_stores.create(name="s")
    files = [await client.files.create(file=(f"{n}.txt", b"text"), purpose="assistants") for n in range(3)]
    batch = await client.vector_stores.file_batches.create(store.id, file_ids=[file.id for file in files])
    cancelled = await client.vector_stores.file_batches.cancel(batch.id, vector_store_id=store.id)
    assert (cancelled.status, cancelled.file_counts.cancelled) == ("cancelled", 3)
    assert side.work() == 3
    found = await client.vector_stores.file_batches.retrieve(batch.id, vector_store_id=store.id)
    assert (found.file_counts.cancelled, found.file_counts.completed) == (3, 0)


async def test_uploads_in_parts(client: openai.AsyncOpenAI, tmp_path: Path) -> None:
    body = "".join(f"Line {n} of a long text. " for n in range(40_000)).encode()
    path = tmp_path / "긴 문서.txt"
    path.write_bytes(body)
    upload = await client.uploads.upload_file_chunked(file=path, mime_type="text/plain", purpose="assistants", part_size=250_000)
    assert upload.status == "completed"
    assert upload.file is not None
    assert upload.file.filename == "긴 문서.txt"
    processed = await client.files.wait_for_processing(upload.file.id, poll_interval=0.01)
    assert processed.status == "processed"
    assert (await client.files.content(upload.file.id)).content == body


async def test_an_upload_attached_at_once_is_searchable(client: openai.AsyncOpenAI, side: DocumentSide) -> None:
    store = await client.vector_stores.create(name="s")
    body = ORCHARD.encode()
    upload = await client.uploads.upload_file_chunked(
        file=body, filename="o.md", bytes=len(body), mime_type="text/markdown", purpose="assistants", part_size=20
    )
    assert upload.file is not None
    side.queue.messages.clear()
    await client.vector_stores.files.create(store.id, file_id=upload.file.id)
    assert side.queue.messages == []
    side.queue.messages.append({"task": "join", "file_id": upload.file.id})
    done = await client.vector_stores.files.poll(upload.file.id, vector_store_id=store.id, poll_interval_ms=10)
    assert done.status == "completed"


async def test_a_wrong_md5_fails_the_file(client: openai.AsyncOpenAI) -> None:
    upload = await client.uploads.create(bytes=4, filename="a.txt", mime_type="text/plain", purpose="assistants")
    part = await client.uploads.parts.create(upload.id, data=b"text")
    done = await client.uploads.complete(upload.id, part_ids=[part.id], md5=hashlib.md5(b"other", usedforsecurity=False).hexdigest())
    assert done.file is not None
    file = await client.files.wait_for_processing(done.file.id, poll_interval=0.01)
    assert file.status == "error"
    assert "MD5" in (file.status_details or "")


async def test_cancelled_uploads_take_nothing(client: openai.AsyncOpenAI) -> None:
    upload = await client.uploads.create(bytes=4, filename="a.txt", mime_type="text/plain", purpose="assistants")
    assert (await client.uploads.cancel(upload.id)).status == "cancelled"
    with pytest.raises(openai.ConflictError):
        await client.uploads.parts.create(upload.id, data=b"text")


async def test_extra_body_carries_rights(client: openai.AsyncOpenAI) -> None:
    plain = await client.files.create(file=("a.txt", b"a"), purpose="assistants")
    assert plain.to_dict()["acl"] == ["public"]
    listed = await client.files.create(file=("a.txt", b"a"), purpose="assistants", extra_body={"acl": ["group:인사", "user:minji"]})
    assert listed.to_dict()["acl"] == ["group:인사", "user:minji"]
    written = await client.files.create(
        file=("a.txt", b"a"),
        purpose="assistants",
        extra_body={"acl": json.dumps(["user:minji"]), "data_class": "restricted", "attributes": json.dumps({"year": 2024})},
    )
    assert written.to_dict()["data_class"] == "restricted"
    assert written.to_dict()["attributes"] == {"year": 2024}
