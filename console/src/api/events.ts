// The API's streams, asked for with the signed-in person's credential.
import { authorised } from "./client";
import { refusal } from "./errors";
import { parseEvents, type ServerEvent, textOf } from "./sse";

/** POST a body and read the events that answer it. Raises ApiError before the first event, TypeError when the connection breaks. */
export async function* postEvents(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const headers = { "content-type": "application/json", accept: "text/event-stream" };
  const response = await authorised(new URL(path, location.origin), { method: "POST", headers, body: JSON.stringify(body), signal });
  if (!response.ok) throw await refusal(response);
  if (response.body) yield* parseEvents(textOf(response.body));
}
