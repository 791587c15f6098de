import { describe, expect, test } from "vitest";

import { blocks, pieces, safeAddress } from "./parse";

describe("blocks", () => {
  const long = "# 제목\n\n문단 하나.\n\n```py\na = 1\n\nb = 2\n```\n\n- 하나\n\n- 둘\n\n  이어짐\n\n끝 문단\n\n$$\nx\n\ny\n$$\n";

  test("joined they are the text", () => {
    for (let end = 0; end <= long.length; end++) expect(blocks(long.slice(0, end)).join("")).toBe(long.slice(0, end));
  });

  test("only the last one changes while the text grows", () => {
    let before: string[] = [];
    for (let end = 1; end <= long.length; end++) {
      const now = blocks(long.slice(0, end));
      expect(now.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
      before = now;
    }
  });

  test("fences and lists stay whole", () => {
    const cut = blocks(long);
    expect(cut.some((block) => block.includes("a = 1") && block.includes("b = 2"))).toBe(true);
    expect(cut.some((block) => block.includes("하나\n") && block.includes("이어짐"))).toBe(true);
  });
});

test("markers and formulas are told from money", () => {
  expect(pieces("값은 $x_1$ [2], $5 and $10.").map(({ kind, value }) => `${kind}:${value}`)).toEqual([
    "text:값은 ",
    "math:x_1",
    "text: ",
    "marker:2",
    "text:, $5 and $10.",
  ]);
});

test.each([
  "javascript:alert(1)",
  "JAVASCRIPT:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,x",
  "vbscript:x",
  "/v1/keys",
  "//evil.example",
  "blob:x",
  "",
])("%j is no address to follow", (address) => expect(safeAddress(address)).toBeNull());

test("ordinary addresses stay", () => expect(safeAddress("https://maru.example/가")).toBe("https://maru.example/%EA%B0%80"));
