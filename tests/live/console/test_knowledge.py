"""Documents and who may see them: the flows of data owners."""

import json
import re
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.live.console.visitor import KNOWLEDGE, Visitor

pytestmark = pytest.mark.live

RULES = "# 규정\n\n" + "\n\n".join(
    f"제{number}조 동호회 {number}의 지원금은 {number}만 원이다. 신청은 매월 {number}일에 한다." for number in range(1, 25)
)


def store_of(visitor: Visitor, *files: tuple[str, str], **fields: str) -> tuple[str, list[str]]:
    """A store with these documents, made beside the console and read to their end; its id and theirs."""
    api = visitor.maru.minji
    store = api.call("POST", "/v1/vector_stores", {"name": f"시험 {uuid.uuid4().hex[:6]}"})["id"]
    ids = []
    for name, body in files:
        file = api.upload("/v1/files", name, body.encode(), {"purpose": "assistants", **fields})["id"]
        api.call("POST", f"/v1/vector_stores/{store}/files", {"file_id": file})
        ids.append(file)
    while api.call("GET", f"/v1/vector_stores/{store}")["file_counts"]["in_progress"]:
        time.sleep(0.2)
    return store, ids


def test_flow_22_drops_a_folder_into_a_new_store(visitor: Visitor, tmp_path: Path) -> None:
    (tmp_path / "규정" / "옛것").mkdir(parents=True)
    (tmp_path / "규정" / "회비.md").write_text("회비는 매월 5,000원이다.", encoding="utf-8")
    (tmp_path / "규정" / "옛것" / "notes.txt").write_text("The club meets on Mondays.", encoding="utf-8")
    visitor.come_in("/knowledge")
    name = f"동호회 {uuid.uuid4().hex[:6]}"
    visitor.button(KNOWLEDGE, "stores.create").click()
    visitor.page.get_by_label(visitor.text(KNOWLEDGE, "stores.nameLabel")).fill(name)
    visitor.in_dialog(KNOWLEDGE, "create").click()
    expect(visitor.page.get_by_role("heading", name=name)).to_be_visible()
    with visitor.page.expect_file_chooser() as choosing:
        visitor.button(KNOWLEDGE, "drop.folder").click()
    choosing.value.set_files(tmp_path / "규정")
    adding = visitor.page.get_by_role("region", name=visitor.text(KNOWLEDGE, "drop.list"))
    expect(adding).to_contain_text(visitor.text(KNOWLEDGE, "drop.done", done=2, total=2), timeout=60_000)
    expect(adding).to_contain_text("규정/옛것/notes.txt")
    row = visitor.page.get_by_role("row", name=re.compile("회비.md"))
    expect(row).to_contain_text(visitor.text(KNOWLEDGE, "stage.completed"))
    expect(row).to_contain_text(visitor.text(KNOWLEDGE, "acl.everybody"))


def test_flow_23_sees_a_failure_and_tries_again(visitor: Visitor) -> None:
    store, (file,) = store_of(visitor, ("깨진 것.pdf", "%PDF-1.7 this is none"))
    visitor.come_in(f"/knowledge/{store}")
    row = visitor.page.get_by_role("row", name=re.compile("깨진 것.pdf"))
    expect(row).to_contain_text(visitor.text(KNOWLEDGE, "stage.failed"), timeout=60_000)
    member = visitor.stored(f"/v1/vector_stores/{store}/files/{file}")
    expect(row.locator(".cause")).to_have_text(member["last_error"]["message"])
    with visitor.page.expect_response(lambda one: one.request.method == "POST" and one.url.endswith(f"{store}/files")) as again:
        row.get_by_role("button", name=visitor.text(KNOWLEDGE, "documents.retry", name="깨진 것.pdf"), exact=True).click()
    assert again.value.json()["status"] == "in_progress"
    expect(row).to_contain_text(visitor.text(KNOWLEDGE, "stage.failed"), timeout=60_000)


def test_flow_24_reads_a_document_beside_its_passages(visitor: Visitor) -> None:
    store, (file,) = store_of(visitor, ("지원금.md", RULES))
    visitor.come_in(f"/knowledge/{store}")
    expect(visitor.page.get_by_role("row", name=re.compile("지원금.md"))).to_contain_text(
        visitor.text(KNOWLEDGE, "stage.completed"), timeout=60_000
    )
    visitor.page.get_by_role("link", name="지원금.md").click()
    chunks = visitor.stored(f"/v1/vector_stores/{store}/files/{file}/chunks")["data"]
    assert len(chunks) > 1
    listed = visitor.page.locator("button.chunk")
    expect(listed).to_have_count(len(chunks))
    listed.nth(1).click()
    expect(listed.nth(1)).to_contain_text(visitor.text(KNOWLEDGE, "document.chunk", number=2, total=len(chunks)))
    marked = visitor.page.locator(".rendering mark")
    assert marked.evaluate("one => one.textContent") == chunks[1]["text"]
    expect(marked).to_be_in_viewport()


def test_flow_25_changes_who_may_see_a_document(visitor: Visitor) -> None:
    store, (file,) = store_of(visitor, ("비밀.md", "비밀번호 규칙은 12자이다."))
    alex = visitor.maru.alex
    assert alex.call("GET", f"/v1/files/{file}")["acl"] == ["public"]
    visitor.come_in(f"/knowledge/{store}/{file}")
    field = visitor.page.get_by_role("dialog").get_by_label(visitor.text(KNOWLEDGE, "documents.acl"))
    visitor.button(KNOWLEDGE, "acl.edit").click()
    field.fill("nobody-knows")
    visitor.in_dialog(KNOWLEDGE, "save").click()
    expect(visitor.page.get_by_role("dialog").locator(".error")).to_contain_text("group:NAME")
    field.fill("group:hr, user:minji")
    visitor.in_dialog(KNOWLEDGE, "save").click()
    expect(visitor.page.get_by_text(visitor.text(KNOWLEDGE, "acl.saved"))).to_be_visible()
    expect(visitor.page.locator(".acl")).to_contain_text("group:hr")
    assert alex.call("GET", f"/v1/files/{file}", expected=(404,)) is None


def test_flow_26_tries_a_search(visitor: Visitor) -> None:
    fields = {"attributes": json.dumps({"year": 2026})}
    store, _ = store_of(visitor, ("새 지원금.md", "동호회 지원금은 7만 원이다."), **fields)
    alex = visitor.maru.alex
    hidden = alex.upload(
        "/v1/files", "임원.md", "임원 동호회 지원금은 900만 원이다.".encode(), {"purpose": "assistants", "acl": '["user:alex"]'}
    )["id"]
    alex.call("POST", f"/v1/vector_stores/{store}/files", {"file_id": hidden})
    visitor.come_in(f"/knowledge/{store}")
    page = visitor.page
    expect(page.get_by_role("row", name=re.compile("새 지원금.md"))).to_contain_text(
        visitor.text(KNOWLEDGE, "stage.completed"), timeout=60_000
    )
    expect(page.get_by_text(visitor.text(KNOWLEDGE, "documents.hidden", count=1))).to_be_visible()
    page.get_by_role("tab", name=visitor.text(KNOWLEDGE, "tab.search")).click()
    page.get_by_label(visitor.text(KNOWLEDGE, "search.query")).fill("동호회 지원금")
    visitor.button(KNOWLEDGE, "search.run").click()
    hit = page.locator(".hits li").first
    expect(hit).to_contain_text("7만 원")
    expect(page.locator(".hits")).not_to_contain_text("900만 원")
    body: Any = {"query": "동호회 지원금", "include_scores": True}
    found = visitor.maru.minji.call("POST", f"/v1/vector_stores/{store}/search", body)["data"][0]
    shown = hit.locator(".scores div").evaluate_all("rows => rows.map(row => [row.children[0].textContent, row.children[1].textContent])")
    scores = {visitor.text(KNOWLEDGE, f"search.{leg}"): found["scores"][leg] for leg in ("vector", "text")}
    for name, told in shown[1:]:
        assert told == (
            visitor.text(KNOWLEDGE, "search.missing") if scores[name] is None else f"{scores[name]:.3f}".rstrip("0").rstrip(".")
        )
    for year, count in ((2026, 1), (1999, 0)):
        page.get_by_label(visitor.text(KNOWLEDGE, "search.filter")).fill(json.dumps({"type": "eq", "key": "year", "value": year}))
        visitor.button(KNOWLEDGE, "search.run").click()
        expect(page.locator(".hits li")).to_have_count(count)
    expect(page.get_by_text(visitor.text(KNOWLEDGE, "search.none"))).to_be_visible()
    page.get_by_label(visitor.text(KNOWLEDGE, "search.filter")).fill("{")
    expect(visitor.button(KNOWLEDGE, "search.run")).to_be_disabled()
