// Findings laid over the text that they are in. Their offsets are code points; JavaScript's are UTF-16 units.

import type { Finding } from "../../api/operator_shapes";

export interface Piece {
  text: string;
  findings: readonly Finding[];
}

/** The text in pieces, each with the findings that cover it; findings may overlap. */
export function pieces(text: string, findings: readonly Finding[]): Piece[] {
  const points = Array.from(text);
  const bounds = findings.flatMap((one) => [one.start, one.end]).map((at) => Math.min(Math.max(at, 0), points.length));
  const cuts = [...new Set([0, ...bounds, points.length])].toSorted((a, b) => a - b);
  return cuts.slice(0, -1).map((start, place) => {
    const end = cuts[place + 1] ?? points.length;
    return {
      text: points.slice(start, end).join(""),
      findings: findings.filter((one) => one.start < end && one.end > start),
    };
  });
}

export interface LabelledRow {
  input: string;
  flagged: boolean;
}

/** Rows as they are typed: one a line, what must be flagged marked with an exclamation mark. */
export function labelled(lines: string): LabelledRow[] {
  return lines
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => (line.startsWith("! ") ? { input: line.slice(2).trim(), flagged: true } : { input: line, flagged: false }));
}
