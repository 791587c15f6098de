// What was used and what it costs, over time and by whom.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useScope } from "../../app/me";
import { answer, api, download, save } from "../../api/client";
import type { Tenant } from "../../api/operator_shapes";
import type { List } from "../../api/shapes";
import { currentLanguage, type Language } from "../../app/preferences";
import { number, type Text, usd, useText } from "../../i18n/text";
import { StackedBars } from "../../ui/chart";
import { type Column, CsvButton, DataTable } from "../../ui/data";
import { toast } from "../../ui/toast";
import { Button, ErrorNote, Loading, Page, Select, useExplain } from "../../ui/ui";
import { Budgets } from "./Budgets";
import { messages } from "./messages";
import { Latencies, Satisfaction } from "./Quality";
import { type Across, buckets, type By, type Group, groups, type Measure, measured, type Range, total, type UsedBucket } from "./usage";

const RANGES: readonly Range[] = ["day", "week", "month", "year"];
const BYS: readonly By[] = ["model", "user", "key", "agent", "run"];
const ACROSS: readonly Across[] = [...BYS, "tenant"];
const MEASURES: readonly Measure[] = ["cost", "requests", "tokens"];
/** Series of the chart; the rest is drawn as one. */
const SERIES = 5;

type Told = Text<keyof typeof messages.en>;

export default function UsagePage() {
  const text = useText(messages);
  const operator = useScope("operator");
  const [range, setRange] = useState<Range>("week");
  const [by, setBy] = useState<Across>("model");
  const [measure, setMeasure] = useState<Measure>("cost");
  const [tenant, setTenant] = useState<string | null>(null);
  const used = useQuery({ queryKey: ["usage", range, by, tenant], queryFn: () => buckets(range, by, tenant) });
  const found = groups(used.data ?? [], by);
  const table = columns(text, by);
  return (
    <Page title={text("title")} lead={text("lead")} actions={<Statement tenant={tenant} />}>
      <div className="row end">
        <Select
          label={text("range")}
          value={range}
          onChange={(id) => setRange(id as Range)}
          options={RANGES.map((id) => ({ id, name: text(`range.${id}`) }))}
        />
        <Select
          label={text("by")}
          value={by}
          onChange={(id) => setBy(id as Across)}
          options={(operator ? ACROSS : BYS).map((id) => ({ id, name: text(`by.${id}`) }))}
        />
        <Select
          label={text("measure")}
          value={measure}
          onChange={(id) => setMeasure(id as Measure)}
          options={MEASURES.map((id) => ({ id, name: text(`measure.${id}`) }))}
        />
        {operator && by !== "tenant" && <TenantSelect value={tenant} onChange={setTenant} />}
        <CsvButton name={`usage-${range}-${by}`} columns={table} rows={found} />
      </div>
      {used.error && <ErrorNote error={used.error} />}
      {used.isPending ? <Loading label={text("loading")} /> : <Over {...{ found, by, range, measure }} data={used.data ?? []} />}
      <DataTable
        label={text("title")}
        columns={table}
        rows={found.length > 1 ? [...found, { ...total(used.data ?? []), name: text("total") }] : found}
        rowKey={(_, place) => String(place)}
        empty={text("none")}
      />
      <Latencies range={range} by={by === "tenant" ? "model" : by} tenant={tenant} />
      <Satisfaction range={range} tenant={tenant} />
      <Budgets tenant={tenant} />
    </Page>
  );
}

interface OverTime {
  found: readonly Group[];
  data: readonly UsedBucket[];
  by: Across;
  range: Range;
  measure: Measure;
}

function Over({ found, data, by, range, measure }: OverTime) {
  const text = useText(messages);
  const names = found.slice(0, SERIES).map((one) => one.name);
  const values = measured(data, measure, by, names);
  const rest = found.length > SERIES;
  const stacks = data.map((bucket, place) => ({
    label: when(bucket.start_time, range, currentLanguage()),
    values: rest ? (values[place] ?? []) : (values[place] ?? []).slice(0, -1),
  }));
  const series = [...names.map((name) => name ?? text("unnamed")), ...(rest ? [text("rest")] : [])];
  const format = measure === "cost" ? usd : number;
  return <StackedBars title={text("overTime", { measure: text(`measure.${measure}`) })} series={series} stacks={stacks} format={format} />;
}

function when(seconds: number, range: Range, language: Language): string {
  const options: Record<Range, Intl.DateTimeFormatOptions> = {
    day: { hour: "2-digit" },
    week: { month: "numeric", day: "numeric" },
    month: { month: "numeric", day: "numeric" },
    year: { year: "2-digit", month: "numeric" },
  };
  // Buckets are cut at UTC's hours, days and months; hours are shown in the reader's own time.
  const zone = range === "day" ? {} : { timeZone: "UTC" };
  return new Intl.DateTimeFormat(language === "ko" ? "ko-KR" : "en-GB", { ...options[range], ...zone }).format(seconds * 1000);
}

function columns(text: Told, by: Across): Column<Group>[] {
  return [
    { title: text(`by.${by}`), cell: (group) => group.name ?? text("unnamed"), value: (group) => group.name },
    money(text("cost"), (group) => group.cost),
    money(text("charge"), (group) => group.charge),
    count(text("requests"), (group) => group.requests),
    count(text("input"), (group) => group.input),
    count(text("output"), (group) => group.output),
    count(text("cached"), (group) => group.cached),
    count(text("answeredFromCache"), (group) => group.answeredFromCache),
    money(text("saved"), (group) => group.saved),
    count(text("unknown"), (group) => group.unknown),
  ];
}

const count = (title: string, value: (group: Group) => number): Column<Group> => ({
  title,
  cell: (group) => number(value(group)),
  value,
  numeric: true,
});

const money = (title: string, value: (group: Group) => number): Column<Group> => ({
  title,
  cell: (group) => usd(value(group)),
  value,
  numeric: true,
});

export function TenantSelect({ value, onChange }: { value: string | null; onChange: (tenant: string | null) => void }) {
  const text = useText(messages);
  const tenants = useQuery({ queryKey: ["tenants"], queryFn: () => answer<List<Tenant>>(api.GET("/v1/tenants")) });
  const options = [
    { id: "", name: text("tenant.own") },
    ...(tenants.data?.data ?? []).map((one) => ({ id: one.id, name: one.id, note: one.name ?? undefined })),
  ];
  return <Select label={text("tenant")} options={options} value={value ?? ""} onChange={(id) => onChange(id || null)} />;
}

function Statement({ tenant }: { tenant: string | null }) {
  const text = useText(messages);
  const explain = useExplain();
  const fetchIt = () => {
    const month = new Date().toISOString().slice(0, 7);
    const query = new URLSearchParams({ format: "csv", ...(tenant ? { tenant } : {}) });
    download(`/v1/statements/${month}?${query}`)
      .then((response) => response.blob())
      .then((blob) => save(blob, `statement-${month}.csv`))
      .catch((error: unknown) => toast(explain(error), "bad"));
  };
  return <Button onPress={fetchIt}>{text("statement")}</Button>;
}
