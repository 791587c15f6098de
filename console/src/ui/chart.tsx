// Bars over time, stacked by what they consist of. The same numbers stand in a table for who does not see them.

import { useId } from "react";

import "./chart.css";
import { axisEnd } from "./scale";

export interface Stack {
  label: string;
  /** In the order of the chart's series. */
  values: readonly number[];
}

interface ChartProps {
  title: string;
  series: readonly string[];
  stacks: readonly Stack[];
  format: (value: number) => string;
}

const WIDTH = 720;
const HEIGHT = 200;
const LEFT = 72;
const BOTTOM = 24;

export function StackedBars({ title, series, stacks, format }: ChartProps) {
  const id = useId();
  const top = axisEnd(Math.max(...stacks.map((one) => sum(one.values)), 0));
  const step = (WIDTH - LEFT) / Math.max(1, stacks.length);
  const every = Math.max(1, Math.ceil(stacks.length / 10));
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption id={id}>
        <h2>{title}</h2>
        <ul className="legend">
          {series.map((name, place) => (
            <li key={name} className={`series-${place % 6}`}>
              {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + BOTTOM}`} aria-hidden>
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line className="grid-line" x1={LEFT} x2={WIDTH} y1={HEIGHT * (1 - share) + 4} y2={HEIGHT * (1 - share) + 4} />
            <text x={LEFT - 6} y={HEIGHT * (1 - share) + 8} textAnchor="end">
              {format(top * share)}
            </text>
          </g>
        ))}
        {stacks.map((stack, place) => (
          <g key={stack.label}>
            <Bar stack={stack} series={series} x={LEFT + place * step + step * 0.15} width={step * 0.7} top={top} />
            {place % every === 0 && (
              <text x={LEFT + place * step + step / 2} y={HEIGHT + 20} textAnchor="middle">
                {stack.label}
              </text>
            )}
          </g>
        ))}
      </svg>
      <table className="sr-only">
        <caption>{title}</caption>
        <tbody>
          {stacks.map((stack) => (
            <tr key={stack.label}>
              <th scope="row">{stack.label}</th>
              {stack.values.map((value, place) => (
                <td key={series[place]}>{`${series[place]}: ${format(value)}`}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function Bar({ stack, series, x, width, top }: { stack: Stack; series: readonly string[]; x: number; width: number; top: number }) {
  let below = 0;
  return stack.values.map((value, place) => {
    const height = (value / top) * HEIGHT;
    below += height;
    return <rect key={series[place]} className={`series-${place % 6}`} x={x} y={HEIGHT - below + 4} width={width} height={height} rx={2} />;
  });
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
