import { expect, test } from "vitest";

import type { Finding } from "../../api/operator_shapes";
import { labelled, pieces } from "./marking";

const finding = (start: number, end: number, label = "x"): Finding => ({ check: "pii", label, start, end, score: 1, rule: "r" });

test("offsets are code points, also behind letters outside of the basic plane", () => {
  const found = pieces("😀 전화 010", [finding(5, 8)]);
  expect(found.map((one) => [one.text, one.findings.length])).toEqual([
    ["😀 전화 ", 0],
    ["010", 1],
  ]);
});

test("overlapping findings are both told, and all pieces together are the text", () => {
  const found = pieces("abcdef", [finding(0, 4), finding(2, 6)]);
  expect(found.map((one) => [one.text, one.findings.length])).toEqual([
    ["ab", 1],
    ["cd", 2],
    ["ef", 1],
  ]);
});

test("a text without findings is one piece, an empty one none", () => {
  expect(pieces("abc", [])).toEqual([{ text: "abc", findings: [] }]);
  expect(pieces("", [])).toEqual([]);
});

test("lines are labelled by their mark", () => {
  expect(labelled("! bad thing\n\n good thing \n!no mark")).toEqual([
    { input: "bad thing", flagged: true },
    { input: "good thing", flagged: false },
    { input: "!no mark", flagged: false },
  ]);
});
