// Both kinds of approvals as one list: steps of chains, and calls of dangerous tools by agents.

import { answer, api } from "../../api/client";
import type { Approval } from "../../api/operator_shapes";
import type { List } from "../../api/shapes";

export type Kind = "chain" | "tool";
export type Verdict = "approved" | "rejected";

export interface Waiting extends Approval {
  kind: Kind;
}

interface ToolApproval extends Omit<Approval, "title" | "hash" | "reason"> {
  comment?: string | null;
}

export async function listed(): Promise<Waiting[]> {
  const [chains, tools] = await Promise.all([
    answer<List<Approval>>(api.GET("/v1/approvals")),
    answer<List<ToolApproval>>(api.GET("/v1/tool_approvals")),
  ]);
  const all = [
    ...chains.data.map((one): Waiting => ({ ...one, kind: "chain" })),
    ...tools.data.map(({ comment, ...one }): Waiting => ({ ...one, kind: "tool", title: null, hash: null, reason: comment ?? null })),
  ];
  return all.toSorted((a, b) => b.created_at - a.created_at);
}

/** The arguments of a tool's call are read one by one: lists do not carry them. */
export async function argumentsOf(one: Waiting): Promise<unknown> {
  if (one.kind === "chain") return one.arguments;
  const told = await answer<ToolApproval>(api.GET("/v1/tool_approvals/{approval_id}", { params: { path: { approval_id: one.id } } }));
  return told.arguments;
}

/** Decides about what is shown: the API refuses where that has changed, was decided, has expired or is the person's own request. */
export async function decide(one: Waiting, verdict: Verdict, reason: string): Promise<void> {
  if (one.kind === "tool") {
    const body = { decision: verdict === "approved" ? ("approve" as const) : ("reject" as const), comment: reason || null };
    await answer(api.POST("/v1/tool_approvals/{approval_id}", { params: { path: { approval_id: one.id } }, body }));
    return;
  }
  const body = { decision: verdict, reason, hash: one.hash };
  await answer(api.POST("/v1/approvals/{approval}/decide", { params: { path: { approval: one.id } }, body }));
}
