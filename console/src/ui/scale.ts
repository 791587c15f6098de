// Where the axis of a chart ends.

/** The next even round number from a chart's highest value on: half of it, the line in the middle, is a whole number where the values are. */
export function axisEnd(highest: number): number {
  if (!(highest > 0)) return 2;
  const unit = 10 ** Math.floor(Math.log10(highest));
  const times = [2, 4, 6, 8].find((one) => highest <= one * unit) ?? 10;
  return Number((times * unit).toPrecision(1 + (times > 9 ? 1 : 0)));
}
