// Where a quote stands in a page of a PDF, whose text comes in pieces as the page was drawn.

export interface Span {
  /** Which piece, and which UTF-16 units of it, the end exclusive. */
  item: number;
  start: number;
  end: number;
}

interface Letters {
  text: string;
  /** Of each letter: the piece and the unit it is from. */
  from: { item: number; unit: number }[];
}

const plain = (letter: string): string => letter.normalize("NFKC").toLowerCase();

/** All letters without white space: extraction and drawing rarely agree on that. */
function letters(items: readonly string[]): Letters {
  const found: Letters = { text: "", from: [] };
  items.forEach((item, number) => {
    let unit = 0;
    for (const letter of item) {
      const shown = plain(letter).replace(/[\s\u00AD]/g, "");
      for (let each = 0; each < shown.length; each++) found.from.push({ item: number, unit });
      found.text += shown;
      unit += letter.length;
    }
  });
  return found;
}

/** The longest beginning of the quote, at least so many letters, that a page must hold to be its place. */
const LEAST = 12;

/**
 * The spans of the quote in the pieces of one page, none where it is not there. A quote that runs over the page's end is found as far
 * as it stands on the page, and `rest` is what should open the next one.
 */
export function findQuote(items: readonly string[], quote: string): { spans: Span[]; rest: string } {
  const page = letters(items);
  const wanted = letters([quote]).text;
  for (
    let length = wanted.length;
    length >= Math.min(LEAST, wanted.length) && length > 0;
    length = shorter(length, wanted.length, page.text)
  ) {
    const at = page.text.indexOf(wanted.slice(0, length));
    const reachesEnd = at + length === page.text.length;
    if (at >= 0 && (length === wanted.length || reachesEnd)) return { spans: spansOf(page, at, at + length), rest: wanted.slice(length) };
  }
  return { spans: [], rest: "" };
}

/** Only what ends the page may be shorter than the quote, so no longer beginning than the page itself is tried. */
const shorter = (length: number, whole: number, page: string): number => (length === whole ? Math.min(whole - 1, page.length) : length - 1);

function spansOf({ from }: Letters, start: number, end: number): Span[] {
  const spans: Span[] = [];
  for (const { item, unit } of from.slice(start, end)) {
    const last = spans.at(-1);
    if (last?.item === item) last.end = Math.max(last.end, unit + 1);
    else spans.push({ item, start: unit, end: unit + 1 });
  }
  return spans;
}
