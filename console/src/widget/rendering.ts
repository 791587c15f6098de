// An answer as elements: paragraphs, **bold**, `code`, and `[n]` as buttons that show their source. Nothing is ever parsed as HTML.

export type Child = Node | string;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const PIECES = /\*\*([^*\n]+)\*\*|`([^`\n]+)`|\[(\d{1,3})\]/g;

/** `marker` makes the button of a source, or null where the answer has none of this number. */
export function rendered(text: string, marker: (number: number) => Node | null): Node[] {
  return text
    .split(/\n{2,}/)
    .filter((part) => part.trim())
    .map((part) => element("p", {}, ...inline(part, marker)));
}

function inline(text: string, marker: (number: number) => Node | null): Child[] {
  const found: Child[] = [];
  let last = 0;
  for (const match of text.matchAll(PIECES)) {
    const [whole, bold, code, number] = match;
    found.push(text.slice(last, match.index));
    last = match.index + whole.length;
    if (bold) found.push(element("strong", {}, bold));
    else if (code) found.push(element("code", {}, code));
    else found.push(marker(Number(number)) ?? whole);
  }
  found.push(text.slice(last));
  return found;
}
