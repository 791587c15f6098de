// What the examples share. Needs MARU_URL (such as http://127.0.0.1:8080) and MARU_API_KEY; Node 20 or later, no packages.
const { MARU_URL, MARU_API_KEY } = process.env;

/** Calls Maru; throws with the server's own message. `body` is sent as JSON unless it is a form. */
export async function call(method, path, body) {
  const form = body instanceof FormData;
  const response = await fetch(MARU_URL + path, {
    method,
    headers: { Authorization: `Bearer ${MARU_API_KEY}`, ...(body && !form ? { "Content-Type": "application/json" } : {}) },
    body: form ? body : body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error((await response.json()).error.message);
  return response;
}

/** The server-sent events of a response, as {event, data}. */
export async function* events(response) {
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s)));
      if (fields.data) yield { event: fields.event, data: fields.data };
    }
  }
}
