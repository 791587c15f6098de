// Server-sent events out of text (WHATWG HTML, section 9.2.6). EventSource itself can send neither a body nor a credential.

export interface ServerEvent {
  name: string;
  /** What a client that comes back names in `Last-Event-ID`; empty where the event has none. */
  id: string;
  data: string;
}

/** The events of a stream of text in any pieces; comments and unfinished events are dropped. */
export async function* parseEvents(pieces: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let rest = "";
  for await (const piece of pieces) {
    const blocks = (rest + piece).replace(/\r\n/g, "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event) yield event;
    }
  }
}

function parseBlock(block: string): ServerEvent | null {
  let name = "message";
  let id = "";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const value = line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (line.startsWith("event")) name = value;
    else if (line.startsWith("id")) id = value;
    else if (line.startsWith("data")) data.push(value);
  }
  return data.length ? { name, id, data: data.join("\n") } : null;
}

/** A body's text as it comes. */
export async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
