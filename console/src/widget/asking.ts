// Asks the agent from a page of another origin, with a key that everybody can read.
import { parseEvents, textOf } from "../api/sse";

export interface Where {
  /** Maru's own origin. */
  base: string;
  agent: string;
  key: string;
}

export interface Cited {
  index: number;
  withheld?: boolean;
  source?: string;
  page?: number | null;
  quote?: string;
}

export interface Heard {
  stage?: string;
  delta?: string;
  citation?: Cited;
  /** The whole answer, at its end. */
  whole?: { text: string; references: Cited[] };
}

/** `busy` may be tried again soon, `refused` not at all on this page. */
export type Trouble = "busy" | "refused" | "failed";

export class Failed extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble);
  }
}

interface Told {
  stage?: string;
  delta?: string;
  reference?: Cited;
  response?: string;
  references?: Cited[];
}

const TROUBLES: Record<number, Trouble> = { 401: "refused", 403: "refused", 404: "refused", 429: "busy", 503: "busy" };

/** What is heard of the answer, as it comes. Raises Failed. */
export async function* ask(where: Where, message: string, session: string, signal: AbortSignal): AsyncGenerator<Heard> {
  // A preflight carries no key, so its id stands in the address.
  const id = encodeURIComponent(where.key.split("_")[1] ?? "");
  const response = await fetch(`${where.base}/v1/agents/${encodeURIComponent(where.agent)}/chat?page_key=${id}`, {
    method: "POST",
    credentials: "omit",
    headers: { authorization: `Bearer ${where.key}`, "content-type": "application/json" },
    body: JSON.stringify({ message, session_id: session, stream: true }),
    signal,
  });
  if (!response.ok || !response.body) throw new Failed(TROUBLES[response.status] ?? "failed");
  for await (const event of parseEvents(textOf(response.body))) {
    if (event.name === "error") throw new Failed("failed");
    const told = JSON.parse(event.data) as Told;
    yield heard(event.name, told);
    if (event.name === "response.completed") return;
  }
  throw new Failed("failed"); // it ended without an end
}

function heard(name: string, told: Told): Heard {
  if (name === "response.status") return told.stage ? { stage: told.stage } : {};
  if (name === "response.delta") return { delta: told.delta ?? "" };
  if (name === "citation") return told.reference ? { citation: told.reference } : {};
  if (name === "response.completed") return { whole: { text: told.response ?? "", references: told.references ?? [] } };
  return {};
}
