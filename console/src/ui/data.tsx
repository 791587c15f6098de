// Tables of the API's lists, and their download as CSV.

import { Download } from "lucide-react";
import type { ReactNode } from "react";

import { save } from "../api/client";
import { useText } from "../i18n/text";
import { csv, type CsvValue } from "./csv";
import { messages } from "./messages";
import { Button } from "./ui";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  /** What a CSV file has in this column; columns without it are left out there. */
  value?: (row: Row) => CsvValue;
  numeric?: boolean;
}

interface TableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row, place: number) => string;
  empty: string;
}

export function DataTable<Row>({ label, columns, rows, rowKey, empty }: TableProps<Row>) {
  return (
    // A table wider than the screen scrolls, with the keyboard too.
    <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" className={column.numeric ? "num" : undefined}>
                {column.title || <span className="sr-only">{label}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            <tr key={rowKey(row, place)}>
              {columns.map((column) => (
                <td key={column.title} className={column.numeric ? "num" : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          {rows.length === 0 && (
            <tr>
              <td colSpan={columns.length} className="soft">
                {empty}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

interface CsvProps<Row> {
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
}

export function CsvButton<Row>({ name, columns, rows }: CsvProps<Row>) {
  const text = useText(messages);
  const kept = columns.filter((column) => column.value);
  const download = () => {
    const lines = rows.map((row) => kept.map((column) => column.value?.(row)));
    const content = csv(
      kept.map((column) => column.title),
      lines,
    );
    // The mark tells spreadsheets that the file is UTF-8.
    save(new Blob(["\uFEFF", content], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
  };
  return (
    <Button onPress={download} isDisabled={rows.length === 0}>
      <Download aria-hidden size={16} /> {text("csv")}
    </Button>
  );
}

/** Anything of the API as indented JSON. */
/** A value as JSON; one that the API withholds (`{withheld: true}`) is told in words. */
export function Json({ value, label }: { value: unknown; label: string }) {
  const text = useText(messages);
  if (isWithheld(value)) {
    return <p className="soft">{text("withheld")}</p>;
  }
  return (
    <pre className="json" tabIndex={0} aria-label={label}>
      {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
    </pre>
  );
}

const isWithheld = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "withheld" in value && Object.keys(value).length === 1;
