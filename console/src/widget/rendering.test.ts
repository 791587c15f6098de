import { expect, test } from "vitest";

import { element, rendered } from "./rendering";

const html = (text: string) => {
  const box = element("div");
  box.append(...rendered(text, (number) => (number === 1 ? element("button", {}, "1") : null)));
  return box.innerHTML;
};

test("paragraphs, bold, code and markers are elements", () => {
  expect(html("**연차**는 `15`일 [1].\n\n둘째 줄 [9]")).toBe(
    "<p><strong>연차</strong>는 <code>15</code>일 <button>1</button>.</p><p>둘째 줄 [9]</p>",
  );
});

test("nothing of an answer is HTML", () => {
  expect(html("<img src=x onerror=alert(1)> **<script>**")).toBe(
    "<p>&lt;img src=x onerror=alert(1)&gt; <strong>&lt;script&gt;</strong></p>",
  );
});
