import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { textIn } from "../i18n/text";
import { answering, show } from "../testing/render";
import { DocumentView } from "./DocumentView";
import { messages } from "./messages";

const text = textIn(messages, "ko");
const told = { view: "orders", reference: "orders/a%2Fb,7", text: "orders: id: 7; status: 배송 중", version: 41 };
const place = { fileId: "data:orders/a%2Fb,7", version: 41, page: null, quote: "배송 중", start: 23, end: 27 };

test("a cited row is shown with the quoted words marked", async () => {
  answering({ "GET /v1/data/orders/row": told });
  show(<DocumentView place={place} />, { language: "ko" });
  expect((await screen.findByText("배송 중")).tagName).toBe("MARK");
  expect(screen.getByRole("link", { name: told.reference }).getAttribute("href")).toBe("/knowledge/data/orders");
});

test("a row that says something else by now is shown as it is, nothing of it marked", async () => {
  answering({ "GET /v1/data/orders/row": { ...told, version: 42, text: "orders: id: 7; status: 도착" } });
  const { container } = show(<DocumentView place={place} />, { language: "ko" });
  expect(await screen.findByText(text("changed"))).toBeDefined();
  expect(container.querySelector("mark")).toBeNull();
});
