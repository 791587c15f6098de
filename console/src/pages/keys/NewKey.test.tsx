import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { textIn } from "../../i18n/text";
import { answering, show } from "../../testing/render";
import { messages } from "./messages";
import { NewKey } from "./NewKey";

const text = textIn(messages, "en");

function dialog() {
  const [onMade, onClose] = [vi.fn(), vi.fn()];
  show(<NewKey tenant="acme" {...{ onMade, onClose }} />);
  return { onMade, onClose };
}

test("a key is made for whom it is, and its secret is shown once", async () => {
  const sent = answering({ "POST /v1/keys": { id: "k9", key: "mk_k9_secret" } });
  const { onMade, onClose } = dialog();
  expect(screen.getByRole("button", { name: text("make") })).toHaveProperty("disabled", true);
  await userEvent.type(screen.getByRole("textbox", { name: text("user") }), " billing ");
  await userEvent.type(screen.getByRole("textbox", { name: text("groups") }), "finance, ,ops");
  await userEvent.click(screen.getByRole("button", { name: text("make") }));
  expect((await screen.findByTestId("new-key")).textContent).toBe("mk_k9_secret");
  expect(sent[0]?.body).toMatchObject({ user: "billing", groups: ["finance", "ops"], role: "user", tenant: "acme" });
  const [made] = sent.map((one) => one.body as { expires_at: number });
  expect(made?.expires_at).toBeGreaterThan(Date.now() / 1000 + 89 * 86_400);
  expect(onMade).toHaveBeenCalledOnce();
  await userEvent.click(screen.getByRole("button", { name: text("done") }));
  expect(onClose).toHaveBeenCalledOnce();
});

test("a refusal stands in the dialog and what was typed stays", async () => {
  answering({ "POST /v1/keys": 400 });
  const { onMade } = dialog();
  await userEvent.type(screen.getByRole("textbox", { name: text("user") }), "minji");
  await userEvent.click(screen.getByRole("button", { name: text("make") }));
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("refused with 400"));
  expect(screen.getByRole("textbox", { name: text("user") })).toHaveProperty("value", "minji");
  expect(onMade).not.toHaveBeenCalled();
});
