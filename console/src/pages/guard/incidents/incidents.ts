// Incidents as the API tells them, and what a person may do with one.
import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../../api/client";
import type { EvaluatedRow } from "../../../api/operator_shapes";
import type { List } from "../../../api/shapes";
import type { LabelledRow } from "../marking";

export const STATUSES = ["open", "acknowledged", "patched", "tested", "released", "dismissed"] as const;
export type Status = (typeof STATUSES)[number];

export interface Incident {
  id: string;
  status: Status;
  policy: string;
  version: number;
  place: string;
  check: string;
  label: string;
  rule: string;
  count: number;
  created_at: number;
  last_at: number;
  /** When it happened far more often than on the days before. */
  jumped_at: number | null;
  last_request: string | null;
  note: string | null;
  handled_by: string | null;
  candidate: Record<string, unknown> | null;
  test: { rows: number; wrong: EvaluatedRow[] } | null;
  released_version: number | null;
  samples: number;
}

export const incidentsQuery = (status: Status | null) =>
  queryOptions({
    queryKey: ["incidents", status],
    queryFn: async () => {
      const query = status ? { status } : {};
      return (await answer<List<Incident>>(api.GET("/v1/guard/incidents", { params: { query } }))).data;
    },
  });

export const samplesQuery = (id: string) =>
  queryOptions({
    queryKey: ["incident-samples", id],
    queryFn: async () => {
      const params = { path: { incident_id: id } };
      return (await answer<List<{ text: string }>>(api.GET("/v1/guard/incidents/{incident_id}/samples", { params }))).data;
    },
    gcTime: 0, // what was sealed is not kept in the tab longer than it is looked at
  });

const params = (id: string) => ({ path: { incident_id: id } });

export const handle = (id: string, change: { status?: "open" | "acknowledged" | "dismissed"; note?: string }): Promise<Incident> =>
  answer(api.POST("/v1/guard/incidents/{incident_id}", { params: params(id), body: change }));

interface Patch {
  policy: Record<string, unknown>;
  samples: "pass" | "flag";
  rows: LabelledRow[];
}

export const patch = (id: string, body: Patch): Promise<Incident> =>
  answer(api.POST("/v1/guard/incidents/{incident_id}/patch", { params: params(id), body }));

export const release = (id: string): Promise<Incident> =>
  answer(api.POST("/v1/guard/incidents/{incident_id}/release", { params: params(id) }));
