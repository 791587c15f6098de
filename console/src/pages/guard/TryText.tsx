// One text through one policy: which rule fired where, and how the text goes on.

import { useState } from "react";

import { answer, api } from "../../api/client";
import type { Finding, GuardDecision, GuardPolicy } from "../../api/operator_shapes";
import { number, type Text, useText } from "../../i18n/text";
import { type Column, DataTable } from "../../ui/data";
import { Form, Submit, useSending } from "../../ui/form";
import { Badge, Field, Note, Select } from "../../ui/ui";
import { pieces } from "./marking";
import { messages } from "./messages";

const PLACES = ["input", "passage", "tool_arguments", "tool_result", "output"] as const;
type Place = (typeof PLACES)[number];

interface Checked {
  input: string;
  decision: GuardDecision;
}

export function TryText({ policies }: { policies: readonly GuardPolicy[] }) {
  const text = useText(messages);
  const [input, setInput] = useState("");
  const [place, setPlace] = useState<Place>("input");
  const [policy, setPolicy] = useState(policies.find((one) => one.name === "default")?.name ?? policies[0]?.name ?? "default");
  const [checked, setChecked] = useState<Checked | null>(null);
  const sending = useSending(async () => {
    const decision = await answer<GuardDecision>(api.POST("/v1/guard/check", { body: { input, place, policy } }));
    setChecked({ input, decision });
  });
  return (
    <>
      <Form sending={sending} className="card">
        <Field label={text("text")} value={input} onChange={setInput} rows={4} placeholder={text("textPlaceholder")} isRequired />
        <div className="row end">
          <Select
            label={text("place")}
            options={PLACES.map((id) => ({ id, name: text(`place.${id}`) }))}
            value={place}
            onChange={(id) => setPlace(id as Place)}
          />
          <Select label={text("policy")} options={policies.map(({ name }) => ({ id: name, name }))} value={policy} onChange={setPolicy} />
          <Submit isReady={input.trim() !== ""}>{text("check")}</Submit>
        </div>
      </Form>
      {checked && <Result checked={checked} />}
    </>
  );
}

const tone = (action: string) => (action === "block" ? "bad" : action === "allow" ? "good" : "warn");

function Result({ checked: { input, decision } }: { checked: Checked }) {
  const text = useText(messages);
  const laid = pieces(input, decision.findings);
  return (
    <section className="stack" aria-live="polite">
      <p className="row">
        <Badge tone={tone(decision.action)}>{text("action", { action: decision.action })}</Badge>
        {decision.findings.length === 0 && text("nothing")}
      </p>
      {decision.unchecked && decision.unchecked.length > 0 && (
        <Note tone="bad">{text("unchecked", { names: decision.unchecked.join(", ") })}</Note>
      )}
      {decision.findings.length > 0 && (
        <>
          <h2>{text("found")}</h2>
          <p className="marked">{marks(laid)}</p>
          <DataTable
            label={text("found")}
            columns={columns(text, input)}
            rows={decision.findings}
            rowKey={(_, at) => String(at)}
            empty={text("nothing")}
          />
        </>
      )}
      <h2>{text("goesOn")}</h2>
      <p className="marked">{decision.action === "block" ? <span className="soft">{text("blocked")}</span> : decision.output}</p>
    </section>
  );
}

function marks(laid: ReturnType<typeof pieces>) {
  let at = 0;
  return laid.map((piece) => {
    const key = at;
    at += piece.text.length;
    const names = piece.findings.map((one) => `${one.check}: ${one.label}`).join(", ");
    return piece.findings.length ? (
      <mark key={key} title={names}>
        {piece.text}
      </mark>
    ) : (
      <span key={key}>{piece.text}</span>
    );
  });
}

function columns(text: Text<keyof typeof messages.en>, input: string): Column<Finding>[] {
  const points = Array.from(input);
  return [
    { title: text("column.check"), cell: (one) => one.check },
    { title: text("column.label"), cell: (one) => one.label },
    { title: text("column.rule"), cell: (one) => <code>{one.rule}</code> },
    { title: text("column.score"), cell: (one) => number(one.score, { maximumFractionDigits: 2 }), numeric: true },
    { title: text("column.where"), cell: (one) => points.slice(one.start, one.end).join("") },
  ];
}
