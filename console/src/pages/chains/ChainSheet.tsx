// One chain: its graph, a run to start, the runs that were.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { Link, useLocation } from "wouter";

import { answer, api } from "../../api/client";
import type { Chain, Run, RunStatus } from "../../api/operator_shapes";
import type { List } from "../../api/shapes";
import { moment, number, type Text, usd, useText } from "../../i18n/text";
import { type Column, DataTable, Json } from "../../ui/data";
import { Form, JsonField, Submit, useSending } from "../../ui/form";
import { jsonObject } from "../../ui/json_object";
import { Badge, ErrorNote } from "../../ui/ui";
import { Graph } from "./Graph";
import { graph } from "./graph";
import { messages } from "./messages";

type Told = Text<keyof typeof messages.en>;

export function ChainSheet({ chain }: { chain: Chain }) {
  const text = useText(messages);
  return (
    <div className="stack">
      <div className="row">
        <h2>{chain.name}</h2>
        <Badge>{text("version", { version: chain.version })}</Badge>
        {chain.labels.map((label) => (
          <Badge key={label} tone="good">
            {label}
          </Badge>
        ))}
        {!chain.enabled && <Badge tone="warn">{text("disabled")}</Badge>}
      </div>
      {chain.document.description && <p>{chain.document.description}</p>}
      <Tabs className="tabs">
        <TabList aria-label={chain.name}>
          <Tab id="graph">{text("graph")}</Tab>
          <Tab id="start">{text("start")}</Tab>
          <Tab id="runs">{text("runs")}</Tab>
          <Tab id="document">{text("document")}</Tab>
        </TabList>
        <TabPanel id="graph">
          <Graph nodes={graph(chain.document.steps)} />
        </TabPanel>
        <TabPanel id="start">
          <Start chain={chain} />
        </TabPanel>
        <TabPanel id="runs">
          <Runs chain={chain.name} />
        </TabPanel>
        <TabPanel id="document">
          <Json value={chain.document} label={text("document")} />
        </TabPanel>
      </Tabs>
    </div>
  );
}

function Start({ chain }: { chain: Chain }) {
  const text = useText(messages);
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState(sample(chain.document.input));
  const input = jsonObject(draft);
  const sending = useSending(async () => {
    const body = { input, version: "live", wait_seconds: 0 };
    const run = await answer<Run>(api.POST("/v1/chains/{name}/runs", { params: { path: { name: chain.name } }, body }));
    navigate(`/chains/${encodeURIComponent(chain.name)}/runs/${run.id}`);
  });
  return (
    <Form sending={sending}>
      <JsonField label={text("input")} value={draft} onChange={setDraft} rows={10} />
      <div className="row">
        <Submit isReady={input !== null}>{text("run")}</Submit>
      </div>
      <Json value={chain.document.input ?? {}} label="JSON Schema" />
    </Form>
  );
}

/** The required fields of an input's schema with an empty value of their type. */
export function sample(schema: unknown): string {
  const { required = [], properties = {} } = (schema ?? {}) as {
    required?: string[];
    properties?: Record<string, { type?: string; default?: unknown }>;
  };
  const empty: Record<string, unknown> = { array: [], object: {}, number: 0, integer: 0, boolean: false };
  return JSON.stringify(
    Object.fromEntries(required.map((name) => [name, properties[name]?.default ?? empty[properties[name]?.type ?? ""] ?? ""])),
    null,
    2,
  );
}

function Runs({ chain }: { chain: string }) {
  const text = useText(messages);
  const runs = useQuery({
    queryKey: ["runs", chain],
    queryFn: () => answer<List<Run>>(api.GET("/v1/runs", { params: { query: { chain, limit: 50 } } })),
    refetchInterval: 5000,
  });
  if (runs.error) return <ErrorNote error={runs.error} />;
  return (
    <DataTable
      label={text("runs")}
      columns={columns(text)}
      rows={runs.data?.data ?? []}
      rowKey={(run) => run.id}
      empty={text("runs.none")}
    />
  );
}

const TONES: Record<RunStatus, "info" | "good" | "warn" | "bad" | "plain"> = {
  running: "info",
  completed: "good",
  completed_with_errors: "warn",
  failed: "bad",
  cancelled: "plain",
};

export function RunBadge({ status }: { status: RunStatus }) {
  const text = useText(messages);
  return <Badge tone={TONES[status]}>{text(`status.${status}`)}</Badge>;
}

function columns(text: Told): Column<Run>[] {
  return [
    {
      title: text("column.run"),
      cell: (run) => (
        <Link href={`/chains/${encodeURIComponent(run.chain)}/runs/${run.id}`}>
          <code>{run.id}</code>
        </Link>
      ),
    },
    { title: text("column.status"), cell: (run) => <RunBadge status={run.status} /> },
    { title: text("column.started"), cell: (run) => moment(run.created_at) },
    { title: text("column.by"), cell: (run) => run.created_by ?? text("trigger") },
    { title: text("column.tokens"), cell: (run) => number(run.usage.input_tokens + run.usage.output_tokens), numeric: true },
    { title: text("column.cost"), cell: (run) => usd(run.cost_usd), numeric: true },
  ];
}
