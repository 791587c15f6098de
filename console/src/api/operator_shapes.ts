// The shapes of answers that operators and builders see: keys, prompts, chains, approvals, the guard.

export interface Key {
  id: string;
  tenant: string;
  user: string;
  groups: string[];
  scopes: string[];
  created_at: number;
  created_by: string;
  expires_at: number | null;
  revoked_at: number | null;
  /** Of a key that stands in web pages: where, for which agent, how fast. */
  allowed_origins: string[] | null;
  agent: string | null;
  requests_per_minute: number | null;
}

export interface Tenant {
  id: string;
  name: string | null;
  plan?: string | null;
}

export interface Finding {
  check: string;
  label: string;
  start: number;
  end: number;
  score: number;
  rule: string;
}

export interface GuardDecision {
  action: string;
  flagged: boolean;
  findings: Finding[];
  output: string;
  failed?: string[];
  unchecked?: string[];
}

export interface GuardPolicy {
  name: string;
  version: number;
  created_at?: number | null;
  created_by?: string | null;
  [rest: string]: unknown;
}

export interface EvaluatedRow {
  index: number;
  wanted: { flagged: boolean; action: string | null };
  action: string;
  flagged: boolean;
  labels: string[];
  before?: { action: string; flagged: boolean };
}

export interface Evaluation {
  policy: string;
  version: number;
  baseline: string;
  baseline_version: number;
  rows: number;
  precision: number | null;
  recall: number | null;
  wrong: EvaluatedRow[];
  changed: EvaluatedRow[];
}

export interface PromptVariable {
  type: string;
  description: string;
  required: boolean;
  default: unknown;
}

export interface PromptVersion {
  name: string;
  version: number;
  checksum: string;
  description: string;
  labels: string[];
  messages: { role: string; content: string }[];
  variables: Record<string, PromptVariable>;
  model: string | null;
  parameters: Record<string, unknown>;
  created_at: number;
  created_by: string;
}

export interface VersionNote {
  version: number;
  checksum: string;
  created_at: number;
  created_by: string;
}

export interface Prompt extends PromptVersion {
  versions: VersionNote[];
}

/** A step as its chain's document writes it: `{id, kind: {…}, …}`; nested steps stand below their kind. */
export type ChainStep = Record<string, unknown>;

export interface ChainVersion {
  name: string;
  version: number;
  checksum: string;
  labels: string[];
  document: { description?: string; steps: ChainStep[]; input?: unknown; [rest: string]: unknown };
  created_at: number;
  created_by: string;
}

export interface Chain extends ChainVersion {
  enabled: boolean;
  all_labels: Record<string, number>;
  versions: VersionNote[];
}

export type RunStatus = "running" | "completed" | "completed_with_errors" | "failed" | "cancelled";

export interface RunError {
  code?: string;
  message?: string;
  [rest: string]: unknown;
}

export interface RunStep {
  path: string;
  kind: string;
  status: string;
  attempts: number | null;
  model: string | null;
  prompt: unknown;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  reused_from: string | null;
  approval_id: string | null;
  started_at: number | null;
  ended_at: number | null;
  error: RunError | null;
  rendered?: unknown;
  result?: unknown;
  output?: unknown;
}

export interface Run {
  id: string;
  chain: string;
  version: number;
  status: RunStatus;
  created_at: number;
  ended_at: number | null;
  /** Whose the run is; null for triggers that Maru ships. */
  created_by: string | null;
  cost_usd: number;
  cost_cap_usd: number | null;
  usage: { input_tokens: number; output_tokens: number; model_calls: number };
  error: RunError | null;
  replay_of: string | null;
  input?: unknown;
  output?: unknown;
  steps?: RunStep[];
}

export interface RunDiff {
  from: string;
  to: string;
  run: Record<string, { from: unknown; to: unknown }>;
  changed: ({ path: string } & Record<string, unknown>)[];
  only_from: string[];
  only_to: string[];
}

/** What waits for a person: a chain's step, or a call of a dangerous tool. */
export interface Approval {
  id: string;
  status: string;
  title: string | null;
  tool: string | null;
  arguments: unknown;
  evidence?: unknown;
  hash: string | null;
  run_id?: string;
  chain?: string;
  step?: string;
  agent?: string;
  /** Null where a trigger that Maru ships asked. */
  requested_by: string | null;
  decided_by: string | null;
  reason?: string | null;
  created_at: number;
  expires_at: number | null;
}
