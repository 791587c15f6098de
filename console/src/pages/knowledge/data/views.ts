// What the pages of company data ask the API.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../../api/client";
import type { List } from "../../../api/shapes";
import type { Language } from "../../../app/preferences";

type Words = Record<Language, string>;
export type ColumnType = "text" | "integer" | "number" | "decimal" | "boolean" | "date" | "timestamp";
export type Value = string | number | boolean | null;

export interface ViewColumn {
  name: string;
  type: ColumnType;
  filter: boolean;
  sort: boolean;
  description: Words | null;
}

export interface View {
  id: string;
  description: Words;
  key: string[];
  max_rows: number;
  columns: ViewColumn[];
}

export interface Row {
  reference: string;
  row: Record<string, Value>;
}

interface Rows {
  data: Row[];
  next: string | null;
  replica: { lag_seconds: number | null; streaming: boolean };
}

/** Rows whose column compares so; nothing is compared where there is no column. */
export interface Wanted {
  column: string;
  operator: Operator;
  value: string;
  sort: string;
}

export const OPERATORS = ["eq", "ne", "lt", "lte", "gt", "gte"] as const;
export type Operator = (typeof OPERATORS)[number];

export const viewsQuery = queryOptions({
  queryKey: ["data"],
  queryFn: async () => (await answer<List<View>>(api.GET("/v1/data"))).data,
});

export const rowsQuery = (view: View, wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: ["data", view.id, wanted],
    queryFn: ({ pageParam }) => {
      const filters = filter(view, wanted);
      const query = {
        ...(filters ? { filters } : {}),
        ...(wanted.sort ? { sort: wanted.sort } : {}),
        ...(pageParam ? { after: pageParam } : {}),
      };
      return answer<Rows>(api.GET("/v1/data/{view}", { params: { path: { view: view.id }, query } }));
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });

/** The comparison as the API's filters say it; null where all rows are wanted, undefined where the value is none of the column's type. */
export function filter(view: View, { column, operator, value }: Wanted): string | null | undefined {
  const type = view.columns.find((one) => one.name === column)?.type;
  if (!type) return null;
  const typed = asTyped(type, value);
  return typed === undefined ? undefined : JSON.stringify({ type: operator, key: column, value: typed });
}

function asTyped(type: ColumnType, value: string): Value | undefined {
  if (type === "boolean") return value === "true";
  if (type === "text") return value;
  const trimmed = value.trim();
  if (type === "date" || type === "timestamp") return Number.isNaN(Date.parse(trimmed)) ? undefined : trimmed;
  if (!/^[+-]?\d+(\.\d+)?$/.test(trimmed)) return undefined;
  // What a double cannot hold goes as it was written.
  return type === "decimal" || !Number.isSafeInteger(Math.trunc(Number(trimmed))) ? trimmed : Number(trimmed);
}
