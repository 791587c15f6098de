// How fast answers came, and what people thought of them.

import { useQuery } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import type { List } from "../../api/shapes";
import type { AgentFeedback, Latency } from "../../api/usage_shapes";
import { number, type Text, useText } from "../../i18n/text";
import { type Column, CsvButton, DataTable } from "../../ui/data";
import { ErrorNote, Loading, Note } from "../../ui/ui";
import { messages } from "./messages";
import { type By, FIELDS, type Range, since } from "./usage";

type Told = Text<keyof typeof messages.en>;

interface Props {
  range: Range;
  tenant: string | null;
}

/** These look at each request, so a month of them at most. */
const longest = (range: Range): Range => (range === "year" ? "month" : range);

export function Latencies({ range, by, tenant }: Props & { by: By }) {
  const text = useText(messages);
  const found = useQuery({
    queryKey: ["latencies", range, by, tenant],
    queryFn: async () => {
      const query = { start_time: since(longest(range)), group_by: [by], ...(tenant ? { tenant } : {}) };
      return (await answer<List<Latency>>(api.GET("/v1/usage/latencies", { params: { query } }))).data;
    },
  });
  const table = latencyColumns(text, by);
  return (
    <section className="stack" aria-labelledby="latencies">
      <div className="row">
        <h2 id="latencies">{text("latencies")}</h2>
        <CsvButton name={`latencies-${longest(range)}-${by}`} columns={table} rows={found.data ?? []} />
      </div>
      {range === "year" && <Note>{text("monthAtMost")}</Note>}
      {found.error && <ErrorNote error={found.error} />}
      {found.isPending ? (
        <Loading label={text("loading")} />
      ) : (
        <DataTable label={text("latencies")} columns={table} rows={found.data ?? []} rowKey={(_, at) => String(at)} empty={text("none")} />
      )}
    </section>
  );
}

function latencyColumns(text: Told, by: By): Column<Latency>[] {
  const name = (one: Latency) => one[FIELDS[by]];
  const measured = (["first_token_ms", "duration_ms"] as const).flatMap((what) =>
    (["p50", "p95", "p99"] as const).map((share): Column<Latency> => ({
      title: `${text(what)} ${share}`,
      cell: (one) => seconds(one[what][share]),
      value: (one) => one[what][share],
      numeric: true,
    })),
  );
  return [
    { title: text(`by.${by}`), cell: (one) => name(one) ?? text("unnamed"), value: name },
    count(text("requests"), (one) => one.num_model_requests),
    count(text("failed"), (one) => one.num_failed),
    ...measured,
  ];
}

export function Satisfaction({ range, tenant }: Props) {
  const text = useText(messages);
  const found = useQuery({
    queryKey: ["satisfaction", range, tenant],
    queryFn: async () => {
      const query = { start_time: since(longest(range)), ...(tenant ? { tenant } : {}) };
      return (await answer<List<AgentFeedback>>(api.GET("/v1/feedback/summary", { params: { query } }))).data;
    },
  });
  const table = feedbackColumns(text);
  return (
    <section className="stack" aria-labelledby="satisfaction">
      <div className="row">
        <h2 id="satisfaction">{text("satisfaction")}</h2>
        <CsvButton name={`feedback-${longest(range)}`} columns={table} rows={found.data ?? []} />
      </div>
      <p className="soft">{text("askedAgainHelp")}</p>
      {found.error && <ErrorNote error={found.error} />}
      {found.isPending ? (
        <Loading label={text("loading")} />
      ) : (
        <DataTable label={text("satisfaction")} columns={table} rows={found.data ?? []} rowKey={(one) => one.agent} empty={text("none")} />
      )}
    </section>
  );
}

function feedbackColumns(text: Told): Column<AgentFeedback>[] {
  return [
    { title: text("by.agent"), cell: (one) => one.agent, value: (one) => one.agent },
    count(text("answers"), (one) => one.answers),
    count(text("likes"), (one) => one.likes),
    count(text("dislikes"), (one) => one.dislikes),
    count(text("corrections"), (one) => one.corrections),
    share(text("feedbackRate"), (one) => one.feedback_rate),
    count(text("askedAgain"), (one) => one.asked_again),
    share(text("askAgainRate"), (one) => one.ask_again_rate),
  ];
}

const share = (title: string, value: (one: AgentFeedback) => number | null): Column<AgentFeedback> => ({
  title,
  cell: (one) => percent(value(one)),
  value,
  numeric: true,
});

const count = <Row,>(title: string, value: (one: Row) => number): Column<Row> => ({
  title,
  cell: (one) => number(value(one)),
  value,
  numeric: true,
});

const seconds = (ms: number | null): string =>
  ms === null ? "–" : number(ms / 1000, { style: "unit", unit: "second", maximumFractionDigits: ms < 10_000 ? 2 : 1 });

const percent = (share: number | null): string => (share === null ? "–" : number(share, { style: "percent", maximumFractionDigits: 1 }));
