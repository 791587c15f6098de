// Markdown as a tree, and a growing text cut into blocks that no longer change.
import type { Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { mathFromMarkdown } from "mdast-util-math";
import { gfm } from "micromark-extension-gfm";
import { math } from "micromark-extension-math";

const EXTENSIONS = [gfm({ singleTilde: false }), math({ singleDollarTextMath: false })];
const TREES = [gfmFromMarkdown(), mathFromMarkdown()];

export function parse(text: string): Root {
  return fromMarkdown(withDollars(text), { extensions: EXTENSIONS, mdastExtensions: TREES });
}

/** TeX's own brackets, which models write as often as dollars; code is left alone. */
function withDollars(text: string): string {
  if (!text.includes("\\(") && !text.includes("\\[")) return text;
  return text.replace(/(```[\s\S]*?(?:```|$)|`[^`\n]*`)|\\\[([\s\S]+?)\\\]|\\\(([^\n]+?)\\\)/g, (whole, code, block, inline) => {
    if (code !== undefined) return whole;
    return block === undefined ? `$$${inline}$$` : `\n$$\n${String(block).trim()}\n$$\n`;
  });
}

const FENCE = /^ {0,3}(`{3,}|~{3,}|\${2,})/;
/** What may belong to the block before it although a blank line lies between: list items, their first signs, and indented lines. */
const CONTINUES = /^(?:\s+\S|[-*+](?:\s|$)|\d{1,9}(?:[.)](?:\s|$)|$))/;

/**
 * The text as blocks; joined they are the text. Only the last one may still change while the text grows, so the others are
 * rendered once. Cuts stand at blank lines outside of fences, never before what could continue a list.
 */
export function blocks(text: string): string[] {
  const cut: string[] = [];
  let from = 0;
  let at = 0;
  let fence: string | null = null;
  let blank = false;
  for (const line of text.split("\n")) {
    const mark = FENCE.exec(line)?.[1];
    if (fence) {
      if (mark && mark.startsWith(fence)) fence = null;
    } else {
      if (blank && line.trim() && !CONTINUES.test(line)) {
        cut.push(text.slice(from, at));
        from = at;
      }
      if (mark) fence = mark.slice(0, Math.max(mark.startsWith("$") ? 2 : 3, mark.length));
    }
    blank = !line.trim() && fence === null;
    at += line.length + 1;
  }
  cut.push(text.slice(from));
  return cut.filter(Boolean);
}

const ADDRESSES = new Set(["http:", "https:", "mailto:"]);

/** The address of a link that may be followed; null for one that could do something here (`javascript:`, `data:`, relative paths). */
export function safeAddress(given: string): string | null {
  try {
    const address = new URL(given);
    return ADDRESSES.has(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

export interface Piece {
  kind: "text" | "marker" | "math";
  value: string;
}

const INLINE = /\[(\d{1,3})\]|\$(?!\s)([^$\n]+?)(?<![\s\\])\$(?!\d)/g;

/** Running text with its `[n]` markers and `$…$` formulas told apart (dollars as in Pandoc: "$5 and $10" is no formula). */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) found.push({ kind: "text", value: text.slice(from, match.index) });
    found.push(match[1] ? { kind: "marker", value: match[1] } : { kind: "math", value: match[2] ?? "" });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ kind: "text", value: text.slice(from) });
  return found;
}
