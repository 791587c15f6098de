// What was used, folded from the ledger's buckets into the groups of a chart and a table.

import { answer, api } from "../../api/client";
import type { Tenant } from "../../api/operator_shapes";
import type { List } from "../../api/shapes";
import type { Budget, UsageBucket, UsagePage, UsageResult } from "../../api/usage_shapes";

export type Range = "day" | "week" | "month" | "year";
export type By = "model" | "user" | "key" | "agent" | "run";
/** Operators see their tenants side by side too. */
export type Across = By | "tenant";
/** What the chart draws. */
export type Measure = "cost" | "requests" | "tokens";

export interface Group {
  name: string | null;
  cost: number;
  charge: number;
  requests: number;
  input: number;
  output: number;
  cached: number;
  answeredFromCache: number;
  saved: number;
  unknown: number;
}

const DAY = 86_400;
const SPANS: Record<Range, { seconds: number; width: "1h" | "1d" | "1mo" }> = {
  day: { seconds: DAY, width: "1h" },
  week: { seconds: 7 * DAY, width: "1d" },
  month: { seconds: 30 * DAY, width: "1d" },
  year: { seconds: 365 * DAY, width: "1mo" },
};
export const FIELDS: Record<By, "model" | "user_id" | "api_key_id" | "agent" | "run"> = {
  model: "model",
  user: "user_id",
  key: "api_key_id",
  agent: "agent",
  run: "run",
};

/** When the range begins, in seconds since the epoch. */
export const since = (range: Range): number => Math.floor(Date.now() / 1000) - SPANS[range].seconds;

export interface Used extends UsageResult {
  tenant?: string;
}

export type UsedBucket = Omit<UsageBucket, "results"> & { results: Used[] };

/** All buckets of the range up to now; of every tenant where they are compared. */
export async function buckets(range: Range, by: Across, tenant: string | null): Promise<UsedBucket[]> {
  const start = since(range);
  if (by !== "tenant") return ofTenant(range, start, [by], tenant);
  const tenants = (await answer<List<Tenant>>(api.GET("/v1/tenants"))).data;
  const each = await Promise.all(
    tenants.map(async ({ id }) =>
      (await ofTenant(range, start, [], id)).map((bucket) => ({
        ...bucket,
        results: bucket.results.map((one) => ({ ...one, tenant: id })),
      })),
    ),
  );
  return sideBySide(each);
}

/** Buckets of several tenants as one row of buckets. */
export function sideBySide(each: readonly UsedBucket[][]): UsedBucket[] {
  const found = new Map<number, UsedBucket>();
  for (const bucket of each.flat()) {
    const before = found.get(bucket.start_time)?.results ?? [];
    found.set(bucket.start_time, { ...bucket, results: [...before, ...bucket.results] });
  }
  return [...found.values()].toSorted((a, b) => a.start_time - b.start_time);
}

async function ofTenant(range: Range, start_time: number, group_by: By[], tenant: string | null): Promise<UsageBucket[]> {
  const span = SPANS[range];
  const found: UsageBucket[] = [];
  let page: string | null = null;
  do {
    const query = { start_time, bucket_width: span.width, group_by, ...(page ? { page } : {}), ...(tenant ? { tenant } : {}) };
    const told: UsagePage = await answer<UsagePage>(api.GET("/v1/usage", { params: { query } }));
    found.push(...told.data);
    page = told.has_more ? told.next_page : null;
  } while (page);
  return found;
}

const nothing = (name: string | null): Group => ({
  name,
  cost: 0,
  charge: 0,
  requests: 0,
  input: 0,
  output: 0,
  cached: 0,
  answeredFromCache: 0,
  saved: 0,
  unknown: 0,
});

function added(group: Group, one: UsageResult): Group {
  return {
    name: group.name,
    cost: group.cost + one.cost.value,
    charge: group.charge + one.charge.value,
    requests: group.requests + one.num_model_requests,
    input: group.input + one.input_tokens,
    output: group.output + one.output_tokens,
    cached: group.cached + one.input_cached_tokens,
    answeredFromCache: group.answeredFromCache + one.num_cached_requests,
    saved: group.saved + one.saved.value,
    unknown: group.unknown + one.num_unknown_costs,
  };
}

const nameOf = (one: Used, by: Across): string | null => (by === "tenant" ? (one.tenant ?? null) : one[FIELDS[by]]);

/** Sums by group, the dearest first. */
export function groups(found: readonly UsedBucket[], by: Across): Group[] {
  const sums = new Map<string | null, Group>();
  for (const one of found.flatMap((bucket) => bucket.results)) {
    const name = nameOf(one, by);
    sums.set(name, added(sums.get(name) ?? nothing(name), one));
  }
  return [...sums.values()].toSorted((a, b) => b.cost - a.cost || b.requests - a.requests);
}

export const total = (found: readonly UsedBucket[]): Group => found.flatMap((bucket) => bucket.results).reduce(added, nothing(null));

const MEASURES: Record<Measure, (one: UsageResult) => number> = {
  cost: (one) => one.cost.value,
  requests: (one) => one.num_model_requests,
  tokens: (one) => one.input_tokens + one.output_tokens,
};

/** The measure of each bucket for the named groups; what is left stands last. */
export function measured(found: readonly UsedBucket[], measure: Measure, by: Across, names: readonly (string | null)[]): number[][] {
  return found.map((bucket) => {
    const sums = [...names.map(() => 0), 0];
    for (const one of bucket.results) {
      const place = names.indexOf(nameOf(one, by));
      const at = place < 0 ? names.length : place;
      sums[at] = (sums[at] ?? 0) + MEASURES[measure](one);
    }
    return sums;
  });
}

/** What a budget will have spent when its window ends, if spending goes on as it did since the window began. */
export function forecast(budget: Budget, now: number): number {
  const began = new Date(budget.resets_at * 1000);
  if (budget.window === "day") began.setUTCDate(began.getUTCDate() - 1);
  else began.setUTCMonth(began.getUTCMonth() - 1);
  const whole = budget.resets_at - began.getTime() / 1000;
  // The first minutes of a window say nothing about the rest of it.
  const gone = Math.max(now - began.getTime() / 1000, whole / 100);
  return (budget.spent * whole) / gone;
}
