import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import type { Reference } from "../../api/shapes";
import { textIn } from "../../i18n/text";
import { show } from "../../testing/render";
import { AnswerView } from "./AnswerView";
import { Conversation } from "./conversation";
import { messages } from "./messages";
import { type AssistantTurn, assistantTurn, userTurn } from "./turns";

const cited: Reference = {
  index: 1,
  file_id: "file-a",
  version: 1,
  chunk_id: "file-a_chunk_0",
  source: "취업규칙.pdf",
  page: 3,
  content: "연차 휴가는 15일이다.",
  quote: "연차 휴가는 15일이다.",
  start: 0,
  end: 12,
  file_start: 0,
  file_end: 12,
  score: 0.9,
};
const withheld = { index: 2, withheld: true } as Reference;

function answer(change: Partial<AssistantTurn>, language: "en" | "ko" = "en") {
  const onSource = vi.fn();
  const turn = { ...assistantTurn(userTurn("연차는?"), null), ...change };
  const conversation = new Conversation("sess_1");
  show(<AnswerView turn={turn} {...{ conversation, onSource }} models={[]} onAsk={vi.fn()} source={null} plain={false} />, { language });
  return onSource;
}

describe.each(["en", "ko"] as const)("in %s", (language) => {
  const text = textIn(messages, language);

  test("a marker opens its source, and the list below does too", async () => {
    const onSource = answer({ text: "15일입니다 [1].", references: [cited], status: "completed" }, language);
    await userEvent.click(screen.getByRole("button", { name: text("marker.page", { index: 1, source: "취업규칙.pdf", page: 3 }) }));
    const sources = screen.getByRole("region", { name: text("sources") });
    await userEvent.click(within(sources).getByRole("button"));
    expect(onSource.mock.calls).toEqual([[cited], [cited]]);
  });

  test("a source whose document is no longer visible opens nothing and shows nothing of it", () => {
    answer({ text: "둘 다 [1][2] 그리고 [7].", references: [cited, withheld], status: "completed" }, language);
    expect(screen.getByTitle(text("marker.withheld", { index: 2 })).tagName).toBe("SPAN");
    expect(screen.getByText(text("source.withheld"))).toBeTruthy();
    expect(screen.getAllByRole("button", { name: /취업규칙/ })).toHaveLength(2);
    expect(screen.getByRole("article").textContent).toContain("[7]");
  });

  test.each([
    ["stopped", text("status.stopped")],
    ["cut", text("status.cut")],
    ["failed", text("status.failed")],
    ["blocked", text("status.blocked")],
  ] as const)("what became of an answer is said: %s", (status, told) => {
    answer({ text: "반쯤", status }, language);
    expect(screen.getByRole("article").textContent).toContain(told);
  });
});

test("sources are listed once the answer has ended, its stage until then", () => {
  answer({ text: "15일", references: [cited], stage: "writing" });
  expect(screen.queryByRole("region", { name: textIn(messages, "en")("sources") })).toBeNull();
  expect(screen.getByText(textIn(messages, "en")("stage.writing"))).toBeTruthy();
});

test("what a model writes is never HTML", () => {
  answer({ text: '<img src=x onerror="alert(1)"> <b>굵게</b>', status: "completed" });
  const article = screen.getByRole("article");
  expect(article.querySelector("img, b")).toBeNull();
  expect(article.textContent).toContain('<img src=x onerror="alert(1)">');
});
