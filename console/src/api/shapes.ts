// The shapes of answers: DESIGN's contracts, which the routes' description leaves open.

export interface List<Item> {
  object: "list";
  data: Item[];
  has_more: boolean;
}

/** Who calls, as `GET /v1/me` tells. */
export interface Me {
  tenant: string;
  user: string;
  groups: string[];
  scopes: string[];
  key_id: string;
}

export interface Agent {
  name: string;
  description: string;
  instructions: string;
  model: string;
  vector_stores: string[];
  top_k: number;
}

export interface Model {
  id: string;
  kind: "chat" | "embeddings";
  description: string;
  abilities: string[];
  languages: string[];
  context_length: number | null;
  dimensions: number | null;
  private: boolean;
  price: Record<string, number> | null;
}

export interface Session {
  id: string;
  title: string;
  agent: string;
  created_at: number;
  updated_at: number;
  messages: number;
}

/** A citation; a withheld one is `{index, withheld: true}`: its document is no longer visible to the reader. */
export interface Reference {
  index: number;
  withheld?: boolean;
  masked?: boolean;
  file_id: string;
  version: number;
  chunk_id: string;
  source: string;
  page: number | null;
  content: string;
  quote: string;
  start: number;
  end: number;
  file_start: number;
  file_end: number;
  score: number;
}

export interface GuardMark {
  policy: string;
  action: string;
  unchecked?: string[];
}

export interface SessionMessage {
  id: string;
  role: "user" | "assistant";
  content: string;
  created_at: number;
  agent?: string;
  status?: "completed" | "failed" | "blocked";
  references?: Reference[];
  usage?: Record<string, unknown> | null;
}

export interface Answer {
  response: string;
  references: Reference[];
  session_id: string;
  message_id: string;
  usage: Record<string, unknown>;
  guard?: GuardMark;
}

export interface StoredFile {
  id: string;
  bytes: number;
  created_at: number;
  expires_at: number | null;
  filename: string;
  purpose: string;
  status: string;
  status_details: string | null;
  acl: string[];
  data_class: string;
  attributes: Record<string, string | number | boolean>;
  version: number;
}

export interface StoreFile {
  id: string;
  vector_store_id: string;
  created_at: number;
  status: "in_progress" | "completed" | "failed" | "cancelled";
  stage: string | null;
  last_error: { code: string; message: string } | null;
  usage_bytes: number;
  attributes: Record<string, string | number | boolean>;
  version: number | null;
  chunks: number | null;
}

export interface VectorStore {
  id: string;
  name: string;
  created_at: number;
  status: string;
  usage_bytes: number;
  file_counts: { in_progress: number; completed: number; failed: number; cancelled: number; total: number };
  metadata: Record<string, string>;
}
