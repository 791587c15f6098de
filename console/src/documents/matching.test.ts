import { expect, test } from "vitest";

import { split } from "./codepoints";
import { findQuote } from "./matching";

const shown = (items: string[], quote: string) =>
  findQuote(items, quote).spans.map(({ item, start, end }) => items[item]?.slice(start, end));

test("a quote is found across pieces, whatever the white space", () => {
  expect(shown(["제12조 연차 휴가", "근로자는 1년에 15일의", " ", "유급 휴가를 받는다. 끝."], "15일의 유급 휴가를\n받는다.")).toEqual([
    "15일의",
    "유급 휴가를 받는다.",
  ]);
});

test("letters written in other forms are the same letters", () => expect(shown(["ﬁle №1"], "file")).toEqual(["ﬁle"]));

test("a quote over the page's end is found as far as it stands there", () => {
  const { spans, rest } = findQuote(["Employees receive twenty five days"], "Employees receive twenty five days of leave.");
  expect(spans).toHaveLength(1);
  expect(rest).toBe("ofleave.");
});

test("what is not there is not found", () => expect(findQuote(["something else entirely"], "a quote of another page").spans).toEqual([]));

test("offsets count code points", () => {
  expect(split("😀가😀나다", 1, 4)).toEqual(["😀", "가😀나", "다"]);
  expect(split("abc", 2, 99)).toEqual(["ab", "c", ""]);
});
