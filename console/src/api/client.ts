// The one way to the API: typed by `schema.d.ts`, which is generated from `openapi.json`, which is generated from the routes.
import createClient from "openapi-fetch";

import { bearer, credentialRefused } from "../app/session";
import { refusal, toldError } from "./errors";
import type { paths } from "./schema";

/** `fetch` with the signed-in person's credential; a refused credential ends the session. */
export async function authorised(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const used = await bearer();
  if (used) request.headers.set("authorization", `Bearer ${used}`);
  const response = await fetch(request);
  if (response.status === 401 && used) credentialRefused(used);
  return response;
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: authorised });

interface Answered {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** What a call of `api` answered; raises ApiError. The shapes of answers stand in `shapes.ts`. */
export async function answer<Shape>(call: Promise<Answered>): Promise<Shape> {
  const { data, error, response } = await call;
  if (!response.ok) throw toldError(response.status, error, response.headers.get("x-request-id"));
  return data as Shape;
}

/** An answer that is no JSON: a document's bytes or text. Raises ApiError. */
export async function download(path: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  const response = await authorised(new URL(path, location.origin), signal ? { headers, signal } : { headers });
  if (!response.ok) throw await refusal(response);
  return response;
}

/** Hand a file to the person, as a download. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
