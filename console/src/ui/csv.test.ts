import { expect, test } from "vitest";

import { csv } from "./csv";

test("quotes what must be quoted and keeps numbers", () => {
  expect(
    csv(
      ["모델", "cost"],
      [
        ["a,b", 1.5],
        ['say "hi"', null],
      ],
    ),
  ).toBe('모델,cost\r\n"a,b",1.5\r\n"say ""hi""",\r\n');
});

test.each(["=1+1", "+82 10", "-2", "@sum", "\tx"])("marks %s as text", (value) => {
  expect(csv(["x"], [[value]])).toBe(`x\r\n'${value}\r\n`);
});
