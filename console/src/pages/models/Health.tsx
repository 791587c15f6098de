// Which targets are asked at present, and where recent requests went and why.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import type { List } from "../../api/shapes";
import type { RoutingTarget, UsageRequest } from "../../api/usage_shapes";
import { moment, number, type Text, usd, useText } from "../../i18n/text";
import { type Column, CsvButton, DataTable } from "../../ui/data";
import { Badge, ErrorNote, Loading, Select } from "../../ui/ui";
import { messages } from "./messages";

type Told = Text<keyof typeof messages.en>;

/** Instances hear of each other's findings within five seconds; the page looks again in that time (ms). */
const AGAIN = 5_000;
const LATEST = 100;

export function Targets() {
  const text = useText(messages);
  const targets = useQuery({
    queryKey: ["targets"],
    queryFn: async () => (await answer<List<RoutingTarget>>(api.GET("/v1/routing/targets"))).data,
    refetchInterval: AGAIN,
  });
  if (targets.error) return <ErrorNote error={targets.error} />;
  if (!targets.data) return <Loading label={text("loading")} />;
  return (
    <DataTable
      label={text("health")}
      columns={targetColumns(text)}
      rows={targets.data}
      rowKey={(_, at) => String(at)}
      empty={text("none")}
    />
  );
}

const TONES = { fit: "good", out: "bad", tried: "warn" } as const;

function targetColumns(text: Told): Column<RoutingTarget>[] {
  return [
    { title: text("alias"), cell: (one) => <strong>{one.alias}</strong> },
    {
      title: text("target"),
      cell: (one) => (
        <>
          {one.provider}/{one.model} {one.private && <Badge tone="good">{text("private")}</Badge>}
        </>
      ),
    },
    { title: text("state"), cell: (one) => <Badge tone={TONES[one.state]}>{text(`state.${one.state}`)}</Badge> },
    { title: text("cause"), cell: (one) => (one.failing_with ? <code>{one.failing_with}</code> : "–") },
    {
      title: text("back"),
      cell: (one) => (one.state === "out" ? number(Math.ceil(one.seconds), { style: "unit", unit: "second" }) : "–"),
      numeric: true,
    },
    { title: text("timesOut"), cell: (one) => number(one.times_out), numeric: true },
    { title: text("weight"), cell: (one) => (one.weight === null ? "–" : number(one.weight)), numeric: true },
  ];
}

export function Decisions({ models }: { models: readonly string[] }) {
  const text = useText(messages);
  const [model, setModel] = useState("");
  const requests = useQuery({
    queryKey: ["requests", model],
    queryFn: async () => {
      const query = { limit: LATEST, ...(model ? { model } : {}) };
      return (await answer<List<UsageRequest>>(api.GET("/v1/usage/requests", { params: { query } }))).data;
    },
  });
  const table = requestColumns(text);
  const options = [{ id: "", name: text("allModels") }, ...models.map((id) => ({ id, name: id }))];
  return (
    <>
      <div className="row end">
        <Select label={text("alias")} options={options} value={model} onChange={setModel} />
        <CsvButton name="requests" columns={table} rows={requests.data ?? []} />
      </div>
      {requests.error && <ErrorNote error={requests.error} />}
      {requests.isPending ? (
        <Loading label={text("loading")} />
      ) : (
        <DataTable
          label={text("decisions")}
          columns={table}
          rows={requests.data ?? []}
          rowKey={(one) => one.id}
          empty={text("decisions.none")}
        />
      )}
    </>
  );
}

function requestColumns(text: Told): Column<UsageRequest>[] {
  return [
    { title: text("when"), cell: (one) => moment(one.created_at), value: (one) => new Date(one.created_at * 1000).toISOString() },
    { title: text("alias"), cell: (one) => one.model, value: (one) => one.model },
    { title: text("target"), cell: (one) => one.target ?? (one.cache ? text("fromCache") : "–"), value: (one) => one.target },
    { title: text("why"), cell: (one) => <code>{why(one)}</code>, value: (one) => one.route },
    {
      title: text("outcome"),
      cell: (one) => <Badge tone={one.status === "ok" ? "good" : "bad"}>{one.status}</Badge>,
      value: (one) => one.status,
    },
    ms(text("firstToken"), (one) => one.first_token_ms),
    ms(text("duration"), (one) => one.duration_ms),
    { title: text("cost"), cell: (one) => (one.cost ? usd(one.cost.value) : "–"), value: (one) => one.cost?.value ?? null, numeric: true },
    { title: text("who"), cell: (one) => one.agent ?? one.user_id ?? "–", value: (one) => one.agent ?? one.user_id },
  ];
}

const ms = (title: string, value: (one: UsageRequest) => number | null): Column<UsageRequest> => ({
  title,
  cell: (one) => {
    const took = value(one);
    return took === null ? "–" : number(took / 1000, { style: "unit", unit: "second", maximumFractionDigits: 2 });
  },
  value,
  numeric: true,
});

/** A route's line without its alias and target, which have columns of their own. */
function why(request: UsageRequest): string {
  const parts = (request.route ?? "").split("; ").slice(1);
  return parts.filter((part) => !part.startsWith("target=")).join("; ") || "–";
}
