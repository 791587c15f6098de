// A labelled set through a policy: precision, recall, what is wrong, what would change.

import { useState } from "react";

import { answer, api } from "../../api/client";
import type { EvaluatedRow, Evaluation, GuardPolicy } from "../../api/operator_shapes";
import { number, type Text, useText } from "../../i18n/text";
import { type Column, DataTable } from "../../ui/data";
import { Form, Submit, useSending } from "../../ui/form";
import { Field, Select } from "../../ui/ui";
import { labelled, type LabelledRow } from "./marking";
import { messages } from "./messages";

interface Ran {
  rows: readonly LabelledRow[];
  evaluation: Evaluation;
}

export function Evaluate({ policies }: { policies: readonly GuardPolicy[] }) {
  const text = useText(messages);
  const [policy, setPolicy] = useState(policies[0]?.name ?? "default");
  const [lines, setLines] = useState("");
  const [ran, setRan] = useState<Ran | null>(null);
  const rows = labelled(lines);
  const sending = useSending(async () => {
    const body = { rows, policy, input: "", place: "input" as const };
    setRan({ rows, evaluation: await answer<Evaluation>(api.POST("/v1/guard/evaluations", { body })) });
  });
  return (
    <>
      <Form sending={sending} className="card">
        <Field label={text("rows")} value={lines} onChange={setLines} rows={8} placeholder={text("rowsPlaceholder")} isRequired />
        <div className="row end">
          <Select label={text("policy")} options={policies.map(({ name }) => ({ id: name, name }))} value={policy} onChange={setPolicy} />
          <Submit isReady={rows.length > 0}>{text("run")}</Submit>
        </div>
      </Form>
      {ran && <Report ran={ran} />}
    </>
  );
}

const share = (value: number | null): string => (value === null ? "–" : number(value, { maximumFractionDigits: 3 }));

function Report({ ran: { rows, evaluation } }: { ran: Ran }) {
  const text = useText(messages);
  const table = columns(text, rows);
  return (
    <section className="stack" aria-live="polite">
      <dl className="facts">
        <dt>{text("count")}</dt>
        <dd>{evaluation.rows}</dd>
        <dt>{text("precision")}</dt>
        <dd>{share(evaluation.precision)}</dd>
        <dt>{text("recall")}</dt>
        <dd>{share(evaluation.recall)}</dd>
      </dl>
      <h2>{text("wrong")}</h2>
      <DataTable label={text("wrong")} columns={table} rows={evaluation.wrong} rowKey={(row) => String(row.index)} empty={text("none")} />
      <h2>{text("changed")}</h2>
      <DataTable
        label={text("changed")}
        columns={table}
        rows={evaluation.changed}
        rowKey={(row) => String(row.index)}
        empty={text("none")}
      />
    </section>
  );
}

function columns(text: Text<keyof typeof messages.en>, rows: readonly LabelledRow[]): Column<EvaluatedRow>[] {
  const word = (flagged: boolean) => text(flagged ? "flagged" : "passes");
  return [
    { title: text("row"), cell: (row) => rows[row.index]?.input ?? row.index + 1 },
    { title: text("wanted"), cell: (row) => word(row.wanted.flagged) },
    { title: text("got"), cell: (row) => `${word(row.flagged)} (${row.action})` },
    { title: text("labels"), cell: (row) => row.labels.join(", ") || "–" },
  ];
}
