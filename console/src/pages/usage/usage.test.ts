import { expect, test } from "vitest";

import type { Budget, UsageBucket, UsageResult } from "../../api/usage_shapes";
import { forecast, groups, measured, sideBySide, total } from "./usage";

const result = (model: string, cost: number, requests = 1): UsageResult => ({
  input_tokens: 10,
  output_tokens: 5,
  input_cached_tokens: 2,
  num_model_requests: requests,
  model,
  user_id: null,
  api_key_id: null,
  agent: null,
  run: null,
  cost: { value: cost, currency: "usd" },
  charge: { value: cost * 2, currency: "usd" },
  num_unknown_costs: 0,
  num_cached_requests: 1,
  saved: { value: 0.5, currency: "usd" },
});
const found: UsageBucket[] = [
  { start_time: 0, end_time: 1, results: [result("small", 1), result("large", 3)] },
  { start_time: 1, end_time: 2, results: [result("small", 1, 4)] },
];

test("groups are summed over all buckets, the dearest first", () => {
  expect(groups(found, "model").map((one) => [one.name, one.cost, one.requests])).toEqual([
    ["large", 3, 1],
    ["small", 2, 5],
  ]);
  expect(total(found)).toMatchObject({ cost: 5, charge: 10, requests: 6, saved: 1.5, answeredFromCache: 3 });
});

test("the chart's last series is everything that has none of its own", () => {
  expect(measured(found, "cost", "model", ["large"])).toEqual([
    [3, 1],
    [0, 1],
  ]);
  expect(measured(found, "requests", "model", ["large"])).toEqual([
    [1, 1],
    [0, 4],
  ]);
  expect(measured(found, "tokens", "model", ["small", "large"])).toEqual([
    [15, 15, 0],
    [15, 0, 0],
  ]);
});

const of = (tenant: string) => found.map((bucket) => ({ ...bucket, results: bucket.results.map((one) => ({ ...one, tenant })) }));

test("tenants stand side by side, each bucket with all of them", () => {
  const both = sideBySide([of("acme"), of("other").slice(1)]);
  expect(both.map((bucket) => bucket.start_time)).toEqual([0, 1]);
  expect(groups(both, "tenant").map((one) => [one.name, one.cost])).toEqual([
    ["acme", 5],
    ["other", 1],
  ]);
  expect(measured(both, "requests", "tenant", ["other"])).toEqual([
    [0, 2],
    [4, 4],
  ]);
});

test("a budget's forecast goes on at the pace since its window began", () => {
  const resets = Date.UTC(2026, 2, 1) / 1000;
  const budget: Budget = {
    id: "b",
    tenant: "t",
    user: null,
    key_id: null,
    window: "month",
    limit_usd: 10,
    spent: 2,
    reserved: 0,
    remaining: 8,
    resets_at: resets,
  };
  expect(forecast(budget, resets - 14 * 86_400)).toBeCloseTo(4); // half of February
  expect(forecast({ ...budget, window: "day" }, resets - 43_200)).toBeCloseTo(4);
});
