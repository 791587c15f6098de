"""Asking, reading and looking up in the chat: the flows of `flows.md`."""

import json
import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Request, expect

from tests.live.console.visitor import CHAT, Visitor

pytestmark = pytest.mark.live

LEAVE = "연차 휴가는 며칠인가요?"
STAGES = """() => { const seen = [];
  new MutationObserver(() => {
    const stage = document.querySelector('.stage')?.textContent.trim();
    if (stage && seen.at(-1) !== stage) seen.push(stage);
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
  return seen; }"""
RICH = (
    "## 제목\\n\\n**굵게** <b onclick=alert(1)>html</b> ![픽셀](https://images.example.org/p.png)"
    "\\n\\n| 급 | 원 |\\n|---|--:|\\n| 가 | 1 |\\n\\n```python\\ndef f(): return 1\\n```"
    "\\n\\n값은 $x^2$, 돈은 $5 and $10.\\n\\n$$\\n\\\\frac{1}{2}\\n$$"
    "\\n\\n[링크](https://maru.example/) [나쁨](javascript:alert(1))"
)
PASTE = """box => {
  const bytes = Uint8Array.from([0x89, 80, 78, 71, 13, 10, 26, 10, ...Array(62).fill(0)]);
  const data = new DataTransfer();
  data.items.add(new File([bytes], 'a.png', {type: 'image/png'}));
  box.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }"""


def sent(request: Request) -> Any:
    return request.post_data_json


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_flow_01_signs_in_with_a_key(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(visitor.maru.url)
    field = page.get_by_label(visitor.text("app", "signIn.key"), exact=True)
    field.fill("mk_0123456789abcdef_nothing")
    visitor.button("app", "signIn.submit").click()
    expect(page.get_by_role("alert")).to_have_text(visitor.text("app", "signIn.refused"))
    field.fill(visitor.maru.run["api_key"])
    visitor.button("app", "signIn.submit").click()
    expect(visitor.composer).to_be_focused()
    assert page.evaluate("Object.values(localStorage).filter(one => one.includes('mk_')).length") == 0
    page.locator("button.account").click()
    visitor.item("app", "account.signOut").click()
    expect(field).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_flow_02_asks_an_agent(visitor: Visitor) -> None:
    visitor.come_in()
    page = visitor.page
    seen = page.evaluate_handle(STAGES)
    visitor.choose("answerer", "hr-assistant")
    answer = visitor.ask(LEAVE)
    expect(answer).to_contain_text("15일")
    stages = [visitor.words.pattern(CHAT, f"stage.{name}") for name in ("searching", "reading", "writing", "checking")]
    assert any(stage.match(told) for stage in stages for told in seen.json_value())
    sources = answer.get_by_role("region", name=visitor.text(CHAT, "sources"))
    expect(sources.get_by_role("button").first).to_contain_text("취업규칙.pdf")
    stored = visitor.stored(f"/v1/sessions/{visitor.session()}/messages")["data"]
    assert [one["role"] for one in stored] == ["user", "assistant"]


def test_flow_03_stops_an_answer(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.choose("model", "scripted")
    visitor.composer.fill(f"{uuid.uuid4().hex}\nslow: 0.2\ntokens: 100")
    visitor.composer.press("Enter")
    expect(visitor.answers.last).to_contain_text("w2")
    visitor.button(CHAT, "composer.stop").click()
    expect(visitor.answers.last).to_have_attribute("data-status", "stopped")
    expect(visitor.answers.last).to_contain_text(visitor.text(CHAT, "status.stopped"))
    expect(visitor.answers.last).not_to_contain_text("w100")
    expect(visitor.button(CHAT, "composer.send")).to_be_visible()


def test_flow_04_reads_rich_text(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.choose("answerer", visitor.text(CHAT, "answerer.plain"))
    visitor.choose("model", "scripted")
    answer = visitor.ask(f"say: {RICH}")
    expect(answer.get_by_role("heading", name="제목")).to_be_visible()
    expect(answer.get_by_role("cell", name="가")).to_be_visible()
    expect(answer.locator(".hljs-keyword").first).to_have_text("def")
    expect(answer.locator("math")).to_have_count(2)
    expect(answer).to_contain_text("<b onclick=alert(1)>html</b>")
    expect(answer).to_contain_text("$5 and $10")
    expect(answer.locator(".markdown img")).to_have_count(0)
    assert answer.get_by_role("link").evaluate_all("links => links.map(link => link.href)") == [
        "https://images.example.org/p.png",
        "https://maru.example/",
    ]


def test_flow_05_opens_a_citation_on_its_page(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.choose("answerer", "hr-assistant")
    answer = visitor.ask(LEAVE)
    stored = visitor.stored(f"/v1/sessions/{visitor.session()}/messages")["data"][1]["references"]
    cited = next(one for one in stored if one["source"] == "취업규칙.pdf" and "15일" in one["quote"])
    answer.locator("button.marker", has_text=f"[{cited['index']}]").first.click()
    sheet = visitor.page.locator(".sheet")
    expect(sheet).to_have_attribute("data-drawn", str(cited["page"]))
    assert cited["page"] == 7
    assert flat("".join(sheet.locator("mark").all_text_contents())) == flat(cited["quote"])
    assert sheet.locator("canvas").evaluate("c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size") > 10
    box, words = sheet.bounding_box(), sheet.locator("mark").first.bounding_box()
    assert box
    assert words
    assert box["x"] <= words["x"] <= box["x"] + box["width"]
    assert words["width"] > 20


def test_flow_06_opens_a_citation_in_its_text(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.choose("answerer", "assistant")
    question = {"ko": "제품의 무상 보증 기간은 얼마인가요?", "en": "What is the daily allowance for meals?"}[visitor.words.language]
    answer = visitor.ask(question)
    cited = visitor.stored(f"/v1/sessions/{visitor.session()}/messages")["data"][1]["references"][0]
    answer.locator("button.marker", has_text=f"[{cited['index']}]").first.click()
    marked = visitor.page.locator(".rendering mark")
    expect(marked).to_have_text(cited["quote"])
    expect(marked).to_be_in_viewport()


def test_flow_07_rates_and_corrects(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.choose("model", "scripted")
    answer = visitor.ask("say: 맞는 말")
    answer.get_by_role("button", name=visitor.text(CHAT, "action.like"), exact=True).click()
    expect(answer.get_by_role("button", name=visitor.text(CHAT, "action.like"), exact=True)).to_have_attribute("aria-pressed", "true")
    answer.get_by_role("button", name=visitor.text(CHAT, "action.dislike"), exact=True).click()
    with visitor.page.expect_request("**/v1/feedback") as disliked:
        visitor.page.get_by_label(visitor.text(CHAT, "dislike.comment")).fill("날짜가 틀려요")
        visitor.in_dialog(CHAT, "feedback.send").click()
    assert sent(disliked.value)["comment"] == "wrong: 날짜가 틀려요"
    answer.get_by_role("button", name=visitor.text(CHAT, "action.correct"), exact=True).click()
    with visitor.page.expect_response("**/v1/feedback") as corrected:
        visitor.page.get_by_label(visitor.text(CHAT, "correct.label")).fill("바른 말")
        visitor.in_dialog(CHAT, "feedback.send").click()
    assert corrected.value.json()["correction"] == "바른 말"
    assert corrected.value.json()["rating"] == "dislike"


def test_flow_08_edits_and_asks_again(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.choose("model", "scripted")
    visitor.ask("say: 하나")
    visitor.page.locator("article.question").hover()
    visitor.button(CHAT, "action.edit").click()
    visitor.page.get_by_label(visitor.text(CHAT, "edit.label")).fill("say: 둘")
    visitor.button(CHAT, "edit.send").click()
    expect(visitor.answers.nth(1)).to_contain_text("둘")
    expect(visitor.page.locator("article.question .bubble")).to_have_text(["say: 하나", "say: 둘"])


def test_flow_09_copies_an_answer(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.choose("model", "scripted")
    answer = visitor.ask("say: **복사**할 말")
    answer.get_by_role("button", name=visitor.text(CHAT, "action.copy"), exact=True).click()
    expect(answer.get_by_role("button", name=visitor.text("ui", "copied"), exact=True)).to_be_visible()
    assert visitor.page.evaluate("navigator.clipboard.readText()") == "**복사**할 말"


def test_flow_10_keeps_conversations_in_order(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.choose("model", "scripted")
    visitor.ask("say: 목록의 첫 대화")
    session = visitor.session()
    listed = visitor.page.locator("li.session", has=visitor.page.locator(f"a[href='/chat/{session}']"))
    title = visitor.stored(f"/v1/sessions/{session}")["title"]
    name = f"출장 {session[-6:]}"

    def menu(of: str) -> None:
        listed.get_by_role("button", name=visitor.text(CHAT, "sessions.menu", title=of), exact=True).click()

    menu(title)
    visitor.item(CHAT, "sessions.rename").click()
    visitor.page.get_by_label(visitor.text(CHAT, "sessions.renameLabel")).fill(name)
    visitor.in_dialog(CHAT, "save").click()
    expect(listed).to_contain_text(name)
    visitor.page.get_by_role("searchbox").fill(name)
    expect(visitor.page.locator("li.session")).to_have_count(1)
    for format_, ending in (("Markdown", ".md"), ("Json", ".json")):
        menu(name)
        with visitor.page.expect_download() as downloading:
            visitor.item(CHAT, f"sessions.export{format_}").click()
        assert downloading.value.suggested_filename == name + ending
        assert "목록의 첫 대화" in downloading.value.path().read_text(encoding="utf-8")
    menu(name)
    visitor.item(CHAT, "sessions.delete").click()
    visitor.in_dialog(CHAT, "sessions.delete").click()
    expect(visitor.page.get_by_text(visitor.text(CHAT, "sessions.noneFound"))).to_be_visible()
    assert visitor.maru.minji.call("GET", f"/v1/sessions/{session}", expected=(404,)) is None
    expect(visitor.answers).to_have_count(0)


def test_flow_14_asks_another_model(visitor: Visitor) -> None:
    visitor.come_in()
    answer = visitor.ask("say: 다시 물을 말")
    answer.get_by_role("button", name=visitor.text(CHAT, "action.again"), exact=True).click()
    with visitor.page.expect_request("**/v1/agents/*/chat") as asked:
        visitor.page.get_by_role("menuitem", name="scripted", exact=True).click()
    assert sent(asked.value)["model"] == "scripted"
    expect(visitor.answers.nth(1)).to_have_attribute("data-status", "completed")
    expect(visitor.answers.nth(1)).to_contain_text("다시 물을 말")
    expect(visitor.answers.nth(1)).to_contain_text(visitor.text(CHAT, "askedWith", model="scripted"))


def test_flow_15_pastes_a_picture(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.composer.evaluate(PASTE)
    expect(visitor.page.get_by_text(visitor.text(CHAT, "composer.noImages"))).to_be_visible()
    visitor.choose("answerer", visitor.text(CHAT, "answerer.plain"))
    visitor.choose("model", "scripted")
    visitor.composer.evaluate(PASTE)
    expect(visitor.page.get_by_role("img", name=visitor.text(CHAT, "composer.image", number=1))).to_be_visible()
    answer = visitor.ask("echo: user")
    expect(answer).to_contain_text("[image/png, 7")
    expect(visitor.page.locator("article.question img")).to_be_visible()


def test_flow_16_talks_without_documents(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.choose("answerer", visitor.text(CHAT, "answerer.plain"))
    expect(visitor.page.get_by_text(visitor.text(CHAT, "hello.plain"))).to_be_visible()
    visitor.choose("model", "scripted")
    visitor.ask("say: 처음")
    with visitor.page.expect_request("**/v1/chat/completions") as asked:
        visitor.ask("say: 다음")
    spoken = [(one["role"], one["content"]) for one in sent(asked.value)["messages"]]
    assert spoken == [("user", "say: 처음"), ("assistant", "처음"), ("user", "say: 다음")]
    assert visitor.page.url.endswith("/chat")


def test_flow_17_writes_korean(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.choose("model", "scripted")
    client = visitor.page.context.new_cdp_session(visitor.page)
    visitor.composer.focus()
    client.send("Input.imeSetComposition", {"text": "안녕", "selectionStart": 2, "selectionEnd": 2})
    # As Chromium reports the Enter that ends a syllable: key code 229 while composing.
    enter = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, keyCode: 229, bubbles: true, cancelable: true})"
    visitor.composer.evaluate(f"box => box.dispatchEvent({enter})")
    expect(visitor.answers).to_have_count(0)
    client.send("Input.insertText", {"text": "안녕"})
    visitor.composer.press("Shift+Enter")
    visitor.composer.press_sequentially("say: 반갑습니다")
    expect(visitor.composer).to_have_value("안녕\nsay: 반갑습니다")
    visitor.composer.press("Enter")
    expect(visitor.answers.first).to_contain_text("반갑습니다")
    assert visitor.answers.first.evaluate("one => getComputedStyle(one).wordBreak") == "keep-all"


def test_flow_18_uses_the_keyboard_alone(visitor: Visitor) -> None:
    visitor.come_in()
    page = visitor.page
    expect(visitor.composer).to_be_focused()
    page.keyboard.type(LEAVE)
    page.keyboard.press("Enter")
    expect(visitor.answers.first).to_have_attribute("data-status", "completed", timeout=30_000)
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.classList.contains('marker')"):
            break
    page.keyboard.press("Enter")
    panel = page.locator(".source-panel")
    expect(panel).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert page.evaluate("document.activeElement.classList.contains('marker')")
    assert json.dumps(page.evaluate("getComputedStyle(document.activeElement).outlineStyle")) != '"none"'
