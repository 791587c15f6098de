import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { textIn } from "../../i18n/text";
import { answering, ME, show } from "../../testing/render";
import { Conversation } from "./conversation";
import { ConversationView } from "./ConversationView";
import { messages } from "./messages";

const text = textIn(messages, "en");
const MESSAGES = "GET /v1/sessions/sess_1/messages";
const said = (number: number) => ({
  id: `msg_${number}`,
  role: number % 2 ? "assistant" : "user",
  content: number % 2 ? `answer ${number}` : `question ${number}`,
  created_at: number,
  agent: "hr",
  status: "completed",
  references: [],
});
const newestFirst = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => said(to - 1 - at));

function view(conversation: Conversation) {
  const nothing = vi.fn();
  show(
    <ConversationView
      conversation={conversation}
      agents={[]}
      models={[]}
      answerer={{ kind: "agent", name: "hr" }}
      onAnswerer={nothing}
      model={null}
      onModel={nothing}
      onFirst={nothing}
      onSource={nothing}
      source={null}
    />,
    { me: { ...ME, scopes: ["chat"] } },
  );
}

const shown = () => screen.getAllByRole("article").map((one) => /(?:question|answer) \d+/.exec(one.textContent)?.[0]);

test("messages stand in their order, and older ones come above them when asked for", async () => {
  answering({ [MESSAGES]: { data: newestFirst(4, 8), has_more: true } });
  const conversation = new Conversation("sess_1");
  await conversation.load();
  view(conversation);
  expect(shown()).toEqual(["question 4", "answer 5", "question 6", "answer 7"]);
  answering({ [MESSAGES]: { data: newestFirst(0, 4), has_more: false } });
  await userEvent.click(screen.getByRole("button", { name: text("older") }));
  await waitFor(() => expect(shown()).toHaveLength(8));
  expect(shown().slice(0, 2)).toEqual(["question 0", "answer 1"]);
  expect(screen.queryByRole("button", { name: text("older") })).toBeNull();
});

test("an edited question is asked again and says so; a new one is not", async () => {
  answering({ [MESSAGES]: { data: newestFirst(0, 2), has_more: false } });
  const conversation = new Conversation("sess_1");
  await conversation.load();
  view(conversation);
  const asked = answering({});
  await userEvent.click(screen.getByRole("button", { name: text("action.edit") }));
  await userEvent.click(screen.getByRole("button", { name: text("edit.send") }));
  await waitFor(() => expect(conversation.busy).toBe(false));
  const box = screen.getByRole("textbox", { name: text("composer.label") });
  await userEvent.type(box, "something else{Enter}");
  await waitFor(() => expect(asked).toHaveLength(2));
  expect(asked.map((one) => one.body)).toMatchObject([
    { message: "question 0", again: true, session_id: "sess_1" },
    { message: "something else", session_id: "sess_1" },
  ]);
  expect(asked[1]?.body).not.toHaveProperty("again");
});
