// A request of the console as something to paste: curl and Python, quoted for where they are pasted.

/** For a POSIX shell. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** JSON is Python but for its three names, which are replaced outside of strings. */
export function pythonLiteral(value: unknown): string {
  return JSON.stringify(value, null, 4).replace(/"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b/g, (part) => NAMES[part] ?? part);
}

const NAMES: Record<string, string> = { true: "True", false: "False", null: "None" };

export function curl(path: string, body: unknown, { stream = false }: { stream?: boolean } = {}): string {
  return [
    `curl ${stream ? "-N " : ""}${location.origin}${path} \\`,
    `  -H "Authorization: Bearer $MARU_KEY" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d ${shellQuoted(JSON.stringify(body))}`,
  ].join("\n");
}

export function pythonCompletion(body: Record<string, unknown> & { stream?: boolean }): string {
  const head = [
    "import os",
    "",
    "from openai import OpenAI",
    "",
    `maru = OpenAI(base_url="${location.origin}/v1", api_key=os.environ["MARU_KEY"])`,
    `answer = maru.chat.completions.create(**${pythonLiteral(body)})`,
  ];
  const shown = body.stream
    ? ["for chunk in answer:", "    if chunk.choices:", '        print(chunk.choices[0].delta.content or "", end="", flush=True)']
    : ["print(answer.choices[0].message.content)"];
  return [...head, ...shown].join("\n");
}
