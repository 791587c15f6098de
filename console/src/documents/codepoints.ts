// The API counts code points, JavaScript counts UTF-16 units.

/** The UTF-16 index of code point number `place`; the text's end where it has fewer. */
export function unitAt(text: string, place: number): number {
  let unit = 0;
  for (let point = 0; point < place && unit < text.length; point++) unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  return unit;
}

/** The text before, within and after a span of code points, its end exclusive. */
export function split(text: string, start: number, end: number): [string, string, string] {
  const from = unitAt(text, start);
  const to = from + unitAt(text.slice(from), end - start);
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
}
