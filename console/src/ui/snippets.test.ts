import { expect, test } from "vitest";

import { curl, pythonCompletion, pythonLiteral, shellQuoted } from "./snippets";

test("a shell reads the text as it is", () => {
  expect(shellQuoted("it's $HOME `x`")).toBe(`'it'\\''s $HOME \`x\`'`);
});

test("Python's names stand for JSON's, in no string", () => {
  expect(pythonLiteral({ stream: true, stop: null, text: 'true, "null"' })).toBe(
    '{\n    "stream": True,\n    "stop": None,\n    "text": "true, \\"null\\""\n}',
  );
});

test("a streamed request is streamed by curl and by Python", () => {
  expect(curl("/v1/chat/completions", { stream: true }, { stream: true })).toContain("curl -N ");
  expect(pythonCompletion({ model: "default", stream: true })).toContain("for chunk in answer:");
  expect(pythonCompletion({ model: "default", stream: false })).toContain("print(answer");
});
