import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { textIn } from "../../../i18n/text";
import { answering, show } from "../../../testing/render";
import { messages } from "./messages";
import { ViewPage } from "./ViewPage";
import { filter, type View } from "./views";

const text = textIn(messages, "en");
const column = (name: string, type: View["columns"][number]["type"]) => ({ name, type, filter: true, sort: true, description: null });
const ORDERS: View = {
  id: "orders",
  description: { en: "Orders of the shop", ko: "쇼핑몰 주문" },
  key: ["id"],
  max_rows: 100,
  columns: [
    column("id", "integer"),
    column("status", "text"),
    column("total", "decimal"),
    column("express", "boolean"),
    column("on", "date"),
  ],
};
const wanted = (name: string, value: string) => filter(ORDERS, { column: name, operator: "gte", value, sort: "" });

test("a comparison has the value's own type, and none where it cannot have one", () => {
  expect(JSON.parse(wanted("id", "7") ?? "")).toEqual({ type: "gte", key: "id", value: 7 });
  expect(JSON.parse(wanted("id", "9007199254740993") ?? "")).toMatchObject({ value: "9007199254740993" });
  expect(JSON.parse(wanted("total", "10.10") ?? "")).toMatchObject({ value: "10.10" });
  expect(JSON.parse(wanted("express", "false") ?? "")).toMatchObject({ value: false });
  expect(JSON.parse(wanted("status", "1") ?? "")).toMatchObject({ value: "1" });
  expect([wanted("id", "seven"), wanted("on", "soon"), wanted("id", "")]).toEqual([undefined, undefined, undefined]);
  expect(wanted("", "")).toBeNull();
});

test("rows are shown with what cites them, and how far they are behind", async () => {
  const row = { id: 1, status: "open", total: "10.10", express: true, on: null };
  const told = { data: [{ reference: "orders/1", row }], next: null, replica: { lag_seconds: 2.5, streaming: true } };
  const asked = answering({ "GET /v1/data": { data: [ORDERS] }, "GET /v1/data/orders": told });
  show(<ViewPage id="orders" />);
  expect(await screen.findByRole("row", { name: `1 open 10.10 ${text("yes")} ${text("empty")} orders/1` })).toBeDefined();
  expect(screen.getByText(text("behind", { seconds: 2.5 }))).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: text("ask") }));
  expect(asked.map((one) => one.path)).toEqual(["/v1/data", "/v1/data/orders"]);
});

test("a view that is not there for the reader is none", async () => {
  answering({ "GET /v1/data": { data: [] } });
  show(<ViewPage id="margins" />, { language: "ko" });
  expect(await screen.findByText(messages.ko.none)).toBeDefined();
});
