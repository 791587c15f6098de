import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { currentLanguage } from "../../../app/preferences";
import { moment, number, type Text, useText } from "../../../i18n/text";
import { type Column, CsvButton, DataTable } from "../../../ui/data";
import { Back, Badge, Button, Empty, ErrorNote, Field, Loading, Page, Select } from "../../../ui/ui";
import { messages } from "./messages";
import {
  filter,
  OPERATORS,
  type Operator,
  type Row,
  rowsQuery,
  type Value,
  type View,
  type ViewColumn,
  viewsQuery,
  type Wanted,
} from "./views";

type Told = Text<keyof typeof messages.en>;

const EVERYTHING: Wanted = { column: "", operator: "eq", value: "", sort: "" };
const NUMERIC = new Set(["integer", "number", "decimal"]);

export function ViewPage({ id }: { id: string }) {
  const text = useText(messages);
  const views = useQuery(viewsQuery);
  const view = views.data?.find((one) => one.id === id);
  return (
    <Page title={id} {...(view ? { lead: view.description[currentLanguage()] } : {})}>
      <div className="row">
        <Back href="/knowledge/data" label={text("back")} />
      </div>
      {views.error && <ErrorNote error={views.error} />}
      {views.isPending && <Loading label={text("loading")} />}
      {views.data && !view && <Empty title={text("none")} body={text("noneBody")} />}
      {view && <Rows view={view} />}
    </Page>
  );
}

function Rows({ view }: { view: View }) {
  const text = useText(messages);
  const [wanted, setWanted] = useState(EVERYTHING);
  const found = useInfiniteQuery(rowsQuery(view, wanted));
  const rows = found.data?.pages.flatMap((page) => page.data) ?? [];
  const lag = found.data?.pages[0]?.replica.lag_seconds;
  const columns = columnsOf(view, text);
  return (
    <>
      <Asking view={view} onAsk={setWanted} />
      {found.error && <ErrorNote error={found.error} />}
      {found.isPending && <Loading label={text("loading")} />}
      {found.data && (
        <>
          <div className="row">
            <Badge tone={lag ? "warn" : "good"}>
              {lag ? text("behind", { seconds: number(lag, { maximumFractionDigits: 1 }) }) : text("current")}
            </Badge>
            <CsvButton name={view.id} columns={columns} rows={rows} />
          </div>
          <DataTable label={text("rows")} columns={columns} rows={rows} rowKey={(one) => one.reference} empty={text("rows.none")} />
          {found.hasNextPage && (
            <div className="row">
              <Button onPress={() => void found.fetchNextPage()} isDisabled={found.isFetchingNextPage}>
                {text("more")}
              </Button>
            </div>
          )}
        </>
      )}
    </>
  );
}

function Asking({ view, onAsk }: { view: View; onAsk: (wanted: Wanted) => void }) {
  const text = useText(messages);
  const [draft, setDraft] = useState(EVERYTHING);
  const column = view.columns.find((one) => one.name === draft.column);
  const bad = filter(view, draft) === undefined;
  const sorts = view.columns
    .filter((one) => one.sort)
    .flatMap(({ name }) => [
      { id: name, name: text("ascending", { column: name }) },
      { id: `-${name}`, name: text("descending", { column: name }) },
    ]);
  return (
    <form
      className="card"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(draft);
      }}
    >
      <div className="row end">
        <Select
          label={text("filter")}
          options={[
            { id: "", name: text("everything") },
            ...view.columns.filter((one) => one.filter).map(({ name }) => ({ id: name, name })),
          ]}
          value={draft.column}
          onChange={(name) => setDraft({ ...draft, column: name, operator: "eq", value: view.columns.some(isTruth(name)) ? "true" : "" })}
        />
        {column && <Comparison column={column} draft={draft} onChange={setDraft} bad={bad && draft.value !== ""} />}
        <Select
          label={text("sort")}
          options={[{ id: "", name: text("sort.key") }, ...sorts]}
          value={draft.sort}
          onChange={(sort) => setDraft({ ...draft, sort })}
        />
        <Button tone="primary" type="submit" isDisabled={bad}>
          {text("ask")}
        </Button>
      </div>
    </form>
  );
}

const isTruth = (name: string) => (one: ViewColumn) => one.name === name && one.type === "boolean";

interface ComparisonProps {
  column: ViewColumn;
  draft: Wanted;
  onChange: (draft: Wanted) => void;
  bad: boolean;
}

function Comparison({ column, draft, onChange, bad }: ComparisonProps) {
  const text = useText(messages);
  // Of yes and no neither is more than the other.
  const operators = column.type === "boolean" ? OPERATORS.slice(0, 2) : OPERATORS;
  return (
    <>
      <Select
        label={text("operator")}
        options={operators.map((one) => ({ id: one, name: text(`operator.${one}`) }))}
        value={draft.operator}
        onChange={(operator) => onChange({ ...draft, operator: operator as Operator })}
      />
      {column.type === "boolean" ? (
        <Select
          label={text("value")}
          options={[
            { id: "true", name: text("yes") },
            { id: "false", name: text("no") },
          ]}
          value={draft.value}
          onChange={(value) => onChange({ ...draft, value })}
        />
      ) : (
        <Field
          label={text("value")}
          value={draft.value}
          onChange={(value) => onChange({ ...draft, value })}
          error={
            bad && column.type !== "text" ? text(NUMERIC.has(column.type) ? "number" : (column.type as "date" | "timestamp")) : undefined
          }
        />
      )}
    </>
  );
}

function columnsOf(view: View, text: Told): Column<Row>[] {
  const own = view.columns.map(({ name, type }) => ({
    title: name,
    cell: ({ row }: Row) => shown(type, row[name] ?? null, text),
    value: ({ row }: Row) => csvValue(row[name] ?? null),
    numeric: NUMERIC.has(type),
  }));
  return [...own, { title: text("reference"), cell: (one) => <code>{one.reference}</code>, value: (one) => one.reference }];
}

const csvValue = (value: Value) => (typeof value === "boolean" ? String(value) : value);

function shown(type: ViewColumn["type"], value: Value, text: Told): string {
  if (value === null) return text("empty");
  if (type === "boolean") return text(value ? "yes" : "no");
  if (type === "timestamp" && !Number.isNaN(Date.parse(String(value)))) return moment(Date.parse(String(value)) / 1000);
  return String(value);
}
