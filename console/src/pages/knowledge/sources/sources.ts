// What the pages of sources ask the API, and its codes in words.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../../api/client";
import type { List } from "../../../api/shapes";
import type { Text } from "../../../i18n/text";
import { messages } from "./messages";

export interface Source {
  id: string;
  kind: "web" | "git";
  url: string;
  vector_store_id: string;
  status: "new" | "syncing" | "completed" | "failed";
  include?: string[];
  exclude?: string[];
  max_pages?: number;
  max_depth?: number;
  branch?: string;
  acl: string[];
  schedule_minutes: number | null;
  syncs: number;
  started_at: number | null;
  ended_at: number | null;
  counts: Record<string, number>;
  last_error: string | null;
}

export interface SourceDocument {
  name: string;
  status: "pending" | "indexed" | "failed" | "skipped";
  error: string | null;
  file_id: string | null;
  checked_at: number | null;
}

type Documents = List<SourceDocument> & { last_id: string | null };

export type Told = Text<keyof typeof messages.en>;

/** While something is being read the pages look again so often (ms). */
const BUSY = 1500;
const busy = (source: Source | undefined): boolean => source?.status === "new" || source?.status === "syncing";

export const sourcesQuery = queryOptions({
  queryKey: ["sources"],
  queryFn: async () => (await answer<List<Source>>(api.GET("/v1/sources", { params: { query: { limit: 100 } } }))).data,
  refetchInterval: ({ state }) => (state.data?.some(busy) ? BUSY : false),
});

/** A source; `asked` is the number of syncs that there were when another one was asked for. */
export const sourceQuery = (id: string, asked: number | null) =>
  queryOptions({
    queryKey: ["source", id],
    queryFn: () => answer<Source>(api.GET("/v1/sources/{source_id}", { params: { path: { source_id: id } } })),
    refetchInterval: ({ state }) => (busy(state.data) || (asked !== null && (state.data?.syncs ?? 0) <= asked) ? BUSY : false),
  });

export const documentsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["source-documents", id],
    queryFn: ({ pageParam }) =>
      answer<Documents>(
        api.GET("/v1/sources/{source_id}/documents", {
          params: { path: { source_id: id }, query: { limit: 100, ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => (last.has_more ? last.last_id : null),
  });

/** A cause as the API's code, in words. */
export function cause(code: string, text: Told): string {
  const status = /^http_(\d+)$/.exec(code)?.[1];
  if (status) return text("cause.http", { status });
  const key = `cause.${code}`;
  return key in messages.en ? text(key as "cause.robots") : text("cause.other", { code });
}

export const SCHEDULES = ["0", "60", "360", "1440", "10080"] as const;

/** When it is read again, in words. */
export function schedule(minutes: number | null, text: Told): string {
  const known = SCHEDULES.find((one) => Number(one) === (minutes ?? 0));
  return known ? text(`schedule.${known}`) : text("schedule.other", { minutes: minutes ?? 0 });
}

export const COUNTS = ["changed", "unchanged", "deleted", "skipped", "failed"] as const;
