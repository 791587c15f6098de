// A chain's document as a graph: steps one after another, some of which hold lanes of further steps.

import type { ChainStep } from "../../api/operator_shapes";

export interface Lane {
  /** What leads into the lane: a condition, a branch's name, or null for what happens otherwise or to each item. */
  when: string | null;
  kind: "way" | "otherwise" | "branch" | "each" | "rejected" | "expired" | "caught";
  nodes: Node[];
}

export interface Node {
  id: string;
  type: string;
  lanes: Lane[];
}

const steps = (value: unknown): ChainStep[] => (Array.isArray(value) ? (value as ChainStep[]) : []);
const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** The nodes of a list of steps, in their order (maru/chains/document.py has the grammar). */
export function graph(list: readonly ChainStep[]): Node[] {
  return list.map((step) => ({ id: String(step.id ?? ""), type: String(step.type ?? ""), lanes: lanes(step) }));
}

function lanes(step: ChainStep): Lane[] {
  const lane = (kind: Lane["kind"], when: string | null, inner: unknown): Lane => ({ when, kind, nodes: graph(steps(inner)) });
  const only = (kind: Lane["kind"], inner: unknown): Lane[] => (steps(inner).length > 0 ? [lane(kind, null, inner)] : []);
  return [
    ...steps(step.choices).map((way) => lane("way", String(way.when ?? ""), way.steps)),
    ...Object.entries(record(step.branches)).map(([name, inner]) => lane("branch", name, inner)),
    ...only("each", step.steps),
    ...only("otherwise", step.otherwise),
    ...only("rejected", step.rejected),
    ...only("expired", step.expired),
    ...steps(step.catch).flatMap((caught) => only("caught", caught.steps)),
  ];
}

/** The id of the step that a run's path names: `each[3]/summarise` is of the step `summarise`. */
export const stepOf = (path: string): string => (path.split("/").at(-1) ?? path).replace(/\[\d+\]$/, "");

export type Light = "running" | "completed" | "failed" | "waiting" | "other";

const LIGHTS: Record<string, Light> = { running: "running", done: "completed", caught: "completed", failed: "failed", waiting: "waiting" };

/** How each step of a chain stands in a run; of a step that ran several times the least finished one counts. */
export function lights(rows: readonly { path: string; status: string }[]): Map<string, Light> {
  const order: Light[] = ["other", "completed", "waiting", "running", "failed"];
  const found = new Map<string, Light>();
  for (const row of rows) {
    const light = LIGHTS[row.status] ?? "other";
    const before = found.get(stepOf(row.path)) ?? "other";
    found.set(stepOf(row.path), order.indexOf(light) > order.indexOf(before) ? light : before);
  }
  return found;
}
