import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { textIn } from "../i18n/text";
import { show } from "../testing/render";
import { type Column, CsvButton, DataTable } from "./data";
import { messages } from "./messages";

interface Row {
  name: string;
  cost: number;
}

const columns: Column<Row>[] = [
  { title: "이름", cell: (row) => <strong>{row.name}</strong>, value: (row) => row.name },
  { title: "비용", cell: (row) => `$${row.cost}`, value: (row) => row.cost, numeric: true },
  { title: "", cell: () => <button type="button">x</button> },
];
const rows: Row[] = [
  { name: "=HYPERLINK(1)", cost: 1.5 },
  { name: '작은 "모델", 하나', cost: 2 },
];

test("a table has a name, heads of its columns and its rows", () => {
  show(<DataTable label="사용량" columns={columns} rows={rows} rowKey={(row) => row.name} empty="없음" />, { language: "ko" });
  const region = screen.getByRole("region", { name: "사용량" });
  expect(region.tabIndex).toBe(0); // what is wider than the screen is scrolled with the keyboard too
  expect(
    within(region)
      .getAllByRole("columnheader")
      .map((one) => one.textContent),
  ).toEqual(["이름", "비용", "사용량"]);
  expect(within(region).getAllByRole("row")).toHaveLength(3);
});

test("an empty table says so in one cell over all columns", () => {
  show(<DataTable label="사용량" columns={columns} rows={[]} rowKey={(row) => row.name} empty="없음" />);
  expect(screen.getByRole("cell", { name: "없음" }).getAttribute("colspan")).toBe("3");
});

test("what is downloaded has the values, no formulas, and opens as UTF-8", async () => {
  const made: Blob[] = [];
  vi.stubGlobal(
    "URL",
    Object.assign(URL, { createObjectURL: (blob: Blob) => `blob:${made.push(blob)}`, revokeObjectURL: () => undefined }),
  );
  const names: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function click(this: HTMLAnchorElement) {
    names.push(this.download);
  });
  show(<CsvButton name="usage" columns={columns} rows={rows} />);
  await userEvent.click(screen.getByRole("button", { name: textIn(messages, "en")("csv") }));
  expect(names).toEqual(["usage.csv"]);
  const bytes = await bytesOf(made[0] as Blob);
  expect(Array.from(bytes.subarray(0, 3))).toEqual([0xef, 0xbb, 0xbf]);
  expect(new TextDecoder().decode(bytes)).toBe('이름,비용\r\n\'=HYPERLINK(1),1.5\r\n"작은 ""모델"", 하나",2\r\n');
});

/** jsdom's blobs are read by its own reader alone. */
function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(new Uint8Array(reader.result as ArrayBuffer)));
    reader.readAsArrayBuffer(blob);
  });
}

test("there is nothing to download of nothing", () => {
  show(<CsvButton name="usage" columns={columns} rows={[]} />);
  expect(screen.getByRole("button")).toHaveProperty("disabled", true);
});
