import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { textIn } from "../../i18n/text";
import { answering, show } from "../../testing/render";
import ApprovalsPage from "./ApprovalsPage";
import { messages } from "./messages";

const text = textIn(messages, "ko");
const asked = { requested_by: "alex", decided_by: null, created_at: 1_790_000_000, expires_at: null, status: "pending" };
const step = {
  ...asked,
  id: "appr_1",
  title: "공지 보내기",
  tool: "notify",
  hash: "h".repeat(64),
  arguments: { text: "창고를 <b>닫습니다</b>" },
};
const call = { ...asked, id: "appr_2", tool: "refund", agent: "shop", arguments: null };

test("exactly the arguments that are shown are approved, by their fingerprint and with a reason", async () => {
  const sent = answering({
    "GET /v1/approvals": { data: [step] },
    "GET /v1/tool_approvals": { data: [] },
    "POST /v1/approvals/appr_1/decide": { ...step, status: "approved" },
  });
  show(<ApprovalsPage />, { language: "ko" });
  const card = await screen.findByRole("article", { name: step.title });
  const shown = await within(card).findByLabelText(text("arguments"));
  expect(JSON.parse(shown.textContent)).toEqual(step.arguments);
  expect(shown.querySelector("b")).toBeNull();
  await userEvent.type(within(card).getByRole("textbox", { name: text("reason") }), "확인했습니다");
  await userEvent.click(within(card).getByRole("button", { name: text("approve") }));
  await waitFor(() => expect(sent.some((one) => one.method === "POST")).toBe(true));
  expect(sent.find((one) => one.method === "POST")?.body).toEqual({ decision: "approved", reason: "확인했습니다", hash: step.hash });
});

test("nothing is decided whose arguments cannot be seen", async () => {
  answering({ "GET /v1/approvals": { data: [] }, "GET /v1/tool_approvals": { data: [call] }, "GET /v1/tool_approvals/appr_2": 503 });
  show(<ApprovalsPage />, { language: "ko" });
  const card = await screen.findByRole("article", { name: "refund" });
  await within(card).findByRole("alert");
  expect(within(card).queryByRole("button", { name: text("approve") })).toBeNull();
});

test("a refusal of the decision is shown on its card", async () => {
  answering({ "GET /v1/approvals": { data: [step] }, "GET /v1/tool_approvals": { data: [] }, "POST /v1/approvals/appr_1/decide": 409 });
  show(<ApprovalsPage />, { language: "ko" });
  const card = await screen.findByRole("article", { name: step.title });
  await userEvent.click(await within(card).findByRole("button", { name: text("reject") }));
  expect((await within(card).findByRole("alert")).textContent).toContain("refused with 409");
});

test("whoever decides sees what speaks for it, and words in the place of what is not theirs to see", async () => {
  const told = { ...step, evidence: { answer: "승인 권장" } };
  const other = { ...step, id: "appr_3", title: "다른 요청", evidence: { withheld: true } };
  answering({ "GET /v1/approvals": { data: [told, other] }, "GET /v1/tool_approvals": { data: [] } });
  show(<ApprovalsPage />, { language: "ko" });
  const card = await screen.findByRole("article", { name: step.title });
  expect(JSON.parse((await within(card).findByLabelText(text("evidence"))).textContent)).toEqual(told.evidence);
  const hidden = screen.getByRole("article", { name: "다른 요청" });
  expect(await within(hidden).findByText(/열람 권한이 없는 문서/)).toBeTruthy();
});
