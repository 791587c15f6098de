import { cleanup, fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { textIn } from "../../i18n/text";
import { show } from "../../testing/render";
import { shownToasts } from "../../ui/toast";
import { Composer } from "./Composer";
import { messages } from "./messages";

const ko = textIn(messages, "ko");

function composer(change: Partial<Parameters<typeof Composer>[0]> = {}) {
  const [onSend, onStop, onAttach] = [vi.fn(), vi.fn(), vi.fn()];
  show(
    <Composer busy={false} waiting={false} canAttach={false} seesImages={false} {...{ onSend, onStop, onAttach }} {...change}>
      {null}
    </Composer>,
    { language: "ko" },
  );
  return { onSend, onStop, box: screen.getByRole("textbox", { name: ko("composer.label") }) };
}

test("Enter that ends a syllable does not send; Shift+Enter makes a line; Enter sends and empties the box", () => {
  const { box, onSend } = composer();
  fireEvent.change(box, { target: { value: "연차는 며칠인가요" } });
  fireEvent.keyDown(box, { key: "Enter", isComposing: true });
  fireEvent.keyDown(box, { key: "Enter", keyCode: 229 });
  fireEvent.keyDown(box, { key: "Enter", shiftKey: true });
  expect(onSend).not.toHaveBeenCalled();
  fireEvent.keyDown(box, { key: "Enter" });
  expect(onSend).toHaveBeenCalledExactlyOnceWith("연차는 며칠인가요", []);
  expect(box).toHaveProperty("value", "");
});

test("nothing is sent of nothing, while an answer comes, or while a document is being read", () => {
  for (const change of [{}, { busy: true }, { waiting: true }]) {
    const { box, onSend } = composer(change);
    fireEvent.change(box, { target: { value: Object.keys(change).length ? "질문" : "   " } });
    fireEvent.keyDown(box, { key: "Enter" });
    expect(onSend).not.toHaveBeenCalled();
    cleanup();
  }
});

test("an answer that comes can be stopped", async () => {
  const { onStop } = composer({ busy: true });
  await userEvent.click(screen.getByRole("button", { name: ko("composer.stop") }));
  expect(onStop).toHaveBeenCalledOnce();
});

test("a picture is taken for a model that sees, and refused in words for one that does not", async () => {
  const picture = new File([new Uint8Array(8)], "a.png", { type: "image/png" });
  const blind = composer();
  fireEvent.paste(blind.box, { clipboardData: { files: [picture] } });
  expect(shownToasts().at(-1)).toMatchObject({ tone: "bad", text: ko("composer.noImages") });
  cleanup();
  const { box, onSend } = composer({ seesImages: true });
  fireEvent.paste(box, { clipboardData: { files: [picture] } });
  expect(await screen.findByRole("img", { name: ko("composer.image", { number: 1 }) })).toBeTruthy();
  fireEvent.keyDown(box, { key: "Enter" });
  expect(onSend).toHaveBeenCalledExactlyOnceWith("", [expect.stringMatching(/^data:image\/png;base64,/)]);
});
