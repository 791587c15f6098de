// The shapes of answers about usage: what was spent, how long it took, where it went.

export interface Money {
  value: number;
  currency: string;
}

/** One group of a bucket of `GET /v1/usage`. */
export interface UsageResult {
  input_tokens: number;
  output_tokens: number;
  input_cached_tokens: number;
  num_model_requests: number;
  model: string | null;
  user_id: string | null;
  api_key_id: string | null;
  agent: string | null;
  run: string | null;
  cost: Money;
  charge: Money;
  num_unknown_costs: number;
  num_cached_requests: number;
  saved: Money;
}

export interface UsageBucket {
  start_time: number;
  end_time: number;
  results: UsageResult[];
}

export interface UsagePage {
  data: UsageBucket[];
  has_more: boolean;
  next_page: string | null;
}

export interface Percentiles {
  count: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** One group of `GET /v1/usage/latencies`; milliseconds. */
export interface Latency {
  model: string | null;
  user_id: string | null;
  api_key_id: string | null;
  agent: string | null;
  run: string | null;
  num_model_requests: number;
  num_failed: number;
  duration_ms: Percentiles;
  first_token_ms: Percentiles;
}

/** One agent of `GET /v1/feedback/summary`; rates are shares of its answers. */
export interface AgentFeedback {
  agent: string;
  answers: number;
  asked_again: number;
  likes: number;
  dislikes: number;
  corrections: number;
  feedback_rate: number | null;
  dislike_rate: number | null;
  ask_again_rate: number | null;
}

/** A target of an alias, of `GET /v1/routing/targets`. */
export interface RoutingTarget {
  alias: string;
  provider: string;
  model: string;
  private: boolean;
  weight: number | null;
  state: "fit" | "out" | "tried";
  seconds: number;
  failing_with: string | null;
  times_out: number;
  recent_failures: number;
}

/** One of `GET /v1/usage/requests`. */
export interface UsageRequest {
  id: string;
  created_at: number;
  user_id: string | null;
  api_key_id: string | null;
  request_id: string | null;
  model: string;
  target: string | null;
  route: string | null;
  status: string;
  duration_ms: number | null;
  first_token_ms: number | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cache: string | null;
  agent: string | null;
  run: string | null;
  cost: Money | null;
}

export interface Budget {
  id: string;
  tenant: string;
  user: string | null;
  key_id: string | null;
  window: "day" | "month";
  limit_usd?: number;
  limit_tokens?: number;
  spent: number;
  reserved: number;
  remaining: number;
  resets_at: number;
}
