import { expect, test } from "vitest";

import type { Catalogue } from "./text";

const modules = import.meta.glob<{ messages: Catalogue<string> }>("../**/messages.ts", { eager: true });
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted();

test("there are catalogues", () => expect(Object.keys(modules).length).toBeGreaterThan(2));

test.each(Object.entries(modules))("%s says everything in both languages", (_, { messages }) => {
  expect(Object.keys(messages.ko).toSorted()).toEqual(Object.keys(messages.en).toSorted());
  for (const key of Object.keys(messages.en)) {
    expect(messages.en[key], key).toBeTruthy();
    expect(messages.ko[key], key).toBeTruthy();
    expect(placeholders(messages.ko[key] ?? ""), key).toEqual(placeholders(messages.en[key] ?? ""));
    expect(messages.en[key], key).not.toMatch(/[\uAC00-\uD7A3]/);
  }
});
