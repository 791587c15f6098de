import { expect, test } from "vitest";

import { axisEnd } from "./scale";

test.each([
  [27_889, 40_000],
  [1, 2],
  [0, 2],
  [10, 20],
  [9, 10],
  [100_001, 200_000],
  [0.0031, 0.004],
])("an axis for values up to %d ends at %d", (highest, end) => {
  expect(axisEnd(highest)).toBe(end);
});
