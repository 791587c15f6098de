// One question to one model over OpenAI's API, streamed or whole, with what it took.

import { authorised } from "../../api/client";
import { refusal, toldError } from "../../api/errors";
import { postEvents } from "../../api/events";

export interface Question {
  model: string;
  messages: { role: "system" | "user"; content: string }[];
  temperature?: number;
  max_completion_tokens?: number;
  stream: boolean;
}

export interface Reply {
  text: string;
  firstMs: number | null;
  wholeMs: number | null;
  input: number | null;
  output: number | null;
  finish: string | null;
  cost: number | null;
  cache: string | null;
}

export const NO_REPLY: Reply = { text: "", firstMs: null, wholeMs: null, input: null, output: null, finish: null, cost: null, cache: null };

interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
}

interface Chunk {
  choices: { delta?: { content?: string | null; refusal?: string | null }; finish_reason: string | null }[];
  usage?: Usage | null;
  error?: unknown;
}

interface Whole {
  choices: { message: { content: string | null; refusal?: string | null }; finish_reason: string }[];
  usage?: Usage;
}

/** Asks; `tell` gets the reply as far as it has come. Raises ApiError. */
export async function ask(question: Question, tell: (reply: Reply) => void, signal: AbortSignal): Promise<void> {
  await (question.stream ? streamed(question, tell, signal) : whole(question, tell, signal));
}

const counted = (usage: Usage): Pick<Reply, "input" | "output"> => ({ input: usage.prompt_tokens, output: usage.completion_tokens });

async function streamed(question: Question, tell: (reply: Reply) => void, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  let reply = NO_REPLY;
  const body = { ...question, stream_options: { include_usage: true } };
  for await (const event of postEvents("/v1/chat/completions", body, signal)) {
    if (event.data === "[DONE]") break;
    const chunk = JSON.parse(event.data) as Chunk;
    if (event.name === "error" || chunk.error) throw toldError(502, chunk);
    reply = grown(reply, chunk, performance.now() - began);
    tell(reply);
  }
  tell({ ...reply, wholeMs: performance.now() - began });
}

function grown(reply: Reply, chunk: Chunk, ms: number): Reply {
  const choice = chunk.choices[0];
  const said = choice?.delta?.content ?? choice?.delta?.refusal ?? "";
  return {
    ...reply,
    text: reply.text + said,
    firstMs: reply.firstMs ?? (said ? ms : null),
    finish: choice?.finish_reason ?? reply.finish,
    ...(chunk.usage ? counted(chunk.usage) : {}),
  };
}

async function whole(question: Question, tell: (reply: Reply) => void, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  const headers = { "content-type": "application/json" };
  const url = new URL("/v1/chat/completions", location.origin);
  const response = await authorised(url, { method: "POST", headers, body: JSON.stringify(question), signal });
  if (!response.ok) throw await refusal(response);
  const { choices, usage } = (await response.json()) as Whole;
  const cost = response.headers.get("x-maru-cost-usd");
  const wholeMs = performance.now() - began;
  tell({
    ...NO_REPLY,
    ...(usage ? counted(usage) : {}),
    text: choices[0]?.message.content ?? choices[0]?.message.refusal ?? "",
    finish: choices[0]?.finish_reason ?? null,
    cost: cost === null ? null : Number(cost),
    cache: response.headers.get("x-maru-cache"),
    firstMs: wholeMs,
    wholeMs,
  });
}
