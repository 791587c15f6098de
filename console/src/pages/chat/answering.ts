// How an answer comes: from an agent with its sources, or from a model alone; and from the session where the connection broke.
import { answer, api } from "../../api/client";
import { ApiError, toldError } from "../../api/errors";
import { postEvents } from "../../api/events";
import type { Answer, GuardMark, List, Reference, SessionMessage } from "../../api/shapes";
import type { AssistantTurn, Stage, Turn } from "./turns";

export type Change = Partial<AssistantTurn> & { delta?: string };
export type Tell = (change: Change) => void;

/** The stream ended without saying that it was done. */
export class Broken extends Error {}

export interface AgentQuestion {
  agent: string;
  session: string;
  message: string;
  model: string | null;
  vectorStores: readonly string[];
  again: boolean;
}

type Told = Partial<Answer> & {
  stage?: Stage;
  documents?: AssistantTurn["documents"];
  delta?: string;
  reference?: Reference;
  guard?: GuardMark;
};

/** Ask an agent; what happens is told as it comes. Raises ApiError, and Broken where the connection ended before the answer did. */
export async function askAgent(question: AgentQuestion, tell: Tell, signal: AbortSignal): Promise<void> {
  const { agent, session, message, model, vectorStores, again } = question;
  const body = {
    message,
    session_id: session,
    stream: true,
    ...(model ? { model } : {}),
    ...(vectorStores.length ? { vector_stores: vectorStores } : {}),
    ...(again ? { again } : {}),
  };
  let done = false;
  const references: Reference[] = [];
  try {
    for await (const event of postEvents(`/v1/agents/${encodeURIComponent(agent)}/chat`, body, signal)) {
      if (event.name === "error") throw toldError(200, JSON.parse(event.data));
      const told = JSON.parse(event.data) as Told;
      if (told.reference) references.push(told.reference);
      tell(changeOf(event.name, told, references));
      done ||= event.name === "response.completed";
    }
  } catch (error) {
    throw error instanceof TypeError ? new Broken() : error;
  }
  if (!done) throw new Broken();
}

function changeOf(name: string, told: Told, references: readonly Reference[]): Change {
  switch (name) {
    case "response.delta":
      return { delta: told.delta ?? "" };
    case "citation":
      return { references: [...references] };
    case "response.status":
      return reached(told);
    case "response.completed":
      return completed(told as Answer);
    default:
      return {};
  }
}

function reached({ stage, documents, message_id: messageId }: Told): Change {
  return { ...(stage ? { stage } : {}), ...(documents ? { documents } : {}), ...(messageId ? { messageId } : {}) };
}

function completed({ response: text, references, message_id: messageId, guard }: Answer): Change {
  return { text, references, messageId, guard: guard ?? null, status: guard?.action === "block" ? "blocked" : "completed" };
}

const PATIENCE = 14 * 60_000;

/** The rest of an answer whose connection broke: it runs to its end on the server and is then in the session. Null: it is not there. */
export async function fromSession(session: string, messageId: string | null, signal: AbortSignal): Promise<SessionMessage | null> {
  const until = Date.now() + PATIENCE;
  for (let wait = 500; Date.now() < until && !signal.aborted; wait = Math.min(5000, wait * 1.5)) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const found = await lastAnswer(session, messageId);
    if (found !== "later") return found;
  }
  return null;
}

async function lastAnswer(session: string, messageId: string | null): Promise<SessionMessage | null | "later"> {
  try {
    const list = await answer<List<SessionMessage>>(
      api.GET("/v1/sessions/{session_id}/messages", { params: { path: { session_id: session }, query: { limit: 2, order: "desc" } } }),
    );
    return list.data.find((message) => message.role === "assistant" && (!messageId || message.id === messageId)) ?? "later";
  } catch (error) {
    // A session in which nothing was said is taken back; anything else may be the same broken connection.
    return error instanceof ApiError && error.status === 404 && messageId === null ? null : "later";
  }
}

interface Chunk {
  choices?: { delta?: { content?: string | null; refusal?: string | null }; finish_reason?: string | null }[];
  error?: unknown;
}

/** Ask a model without documents; the whole conversation travels each time. Raises ApiError and Broken. */
export async function askModel(model: string, turns: readonly Turn[], tell: Tell, signal: AbortSignal): Promise<void> {
  let finish: string | null = null;
  const body = { model, messages: turns.map(spoken), stream: true };
  try {
    for await (const event of postEvents("/v1/chat/completions", body, signal)) {
      if (event.data === "[DONE]") break;
      const [choice] = chunkOf(event.data).choices ?? [];
      finish = choice?.finish_reason ?? finish;
      tell({ stage: "writing", delta: choice?.delta?.content ?? choice?.delta?.refusal ?? "" });
    }
  } catch (error) {
    throw error instanceof TypeError ? new Broken() : error;
  }
  if (finish === null) throw new Broken();
  tell({ status: finish === "content_filter" ? "blocked" : "completed" });
}

function chunkOf(data: string): Chunk {
  const chunk = JSON.parse(data) as Chunk;
  if (chunk.error) throw toldError(200, chunk);
  return chunk;
}

function spoken(turn: Turn) {
  if (turn.role === "assistant" || !turn.images.length) return { role: turn.role, content: turn.text };
  return {
    role: turn.role,
    content: [{ type: "text", text: turn.text }, ...turn.images.map((url) => ({ type: "image_url", image_url: { url } }))],
  };
}
