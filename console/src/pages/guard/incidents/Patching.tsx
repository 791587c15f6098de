// A policy that answers an incident: changed here, tried on what was kept and on further texts, then released.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../../api/client";
import type { EvaluatedRow, GuardPolicy } from "../../../api/operator_shapes";
import { type Text, useText } from "../../../i18n/text";
import { type Column, DataTable } from "../../../ui/data";
import { Confirm } from "../../../ui/dialogs";
import { Form, JsonField, Submit, useSending } from "../../../ui/form";
import { jsonObject } from "../../../ui/json_object";
import { toast } from "../../../ui/toast";
import { Button, ErrorNote, Field, Loading, Note, Select } from "../../../ui/ui";
import { labelled, type LabelledRow } from "../marking";
import { documentOf } from "../policy_document";
import { type Incident, patch, release } from "./incidents";
import { messages } from "./messages";

export function Patching({ incident, onChanged }: { incident: Incident; onChanged: () => void }) {
  const text = useText(messages);
  const path = { policy: incident.policy };
  const policy = useQuery({
    queryKey: ["policy", incident.policy],
    queryFn: () => answer<GuardPolicy>(api.GET("/v1/guard/policies/{policy}", { params: { path } })),
    enabled: incident.candidate === null,
  });
  if (policy.error) return <ErrorNote error={policy.error} />;
  const before = incident.candidate ? JSON.stringify(incident.candidate, null, 2) : policy.data && documentOf(policy.data);
  return before ? <Editing incident={incident} before={before} onChanged={onChanged} /> : <Loading label={text("loading")} />;
}

function Editing({ incident, before, onChanged }: { incident: Incident; before: string; onChanged: () => void }) {
  const text = useText(messages);
  const queries = useQueryClient();
  const [draft, setDraft] = useState(before);
  const [samples, setSamples] = useState<"pass" | "flag">("flag");
  const [lines, setLines] = useState("");
  const [tried, setTried] = useState<LabelledRow[]>([]);
  const policy = jsonObject(draft);
  const testing = useSending(async () => {
    const rows = labelled(lines);
    if (policy) await patch(incident.id, { policy, samples, rows });
    setTried(rows);
    onChanged();
  });
  const releasing = useSending(async () => {
    const done = await release(incident.id);
    toast(text("released", { version: done.released_version ?? "?" }));
    await queries.invalidateQueries({ queryKey: ["policies"] });
    onChanged();
  });
  return (
    <Form
      sending={testing}
      buttons={
        <>
          <Submit isReady={policy !== null}>{text("test")}</Submit>
          {incident.status === "tested" && (
            <Confirm
              trigger={<Button>{text("release")}</Button>}
              title={text("release.title")}
              body={text("release.body")}
              action={text("release")}
              onConfirm={() => void releasing.send()}
            />
          )}
        </>
      }
    >
      <JsonField label={text("patch")} value={draft} onChange={setDraft} rows={12} />
      {incident.samples > 0 && (
        <Select
          label={text("wanted")}
          options={(["pass", "flag"] as const).map((id) => ({ id, name: text(`wanted.${id}`) }))}
          value={samples}
          onChange={(id) => setSamples(id as "pass")}
        />
      )}
      <Field label={text("rows")} value={lines} onChange={setLines} rows={3} />
      {releasing.error !== null && <ErrorNote error={releasing.error} />}
      {incident.test && <Outcome test={incident.test} tried={tried} />}
    </Form>
  );
}

function Outcome({ test, tried }: { test: NonNullable<Incident["test"]>; tried: readonly LabelledRow[] }) {
  const text = useText(messages);
  // The texts that were kept come first.
  const kept = test.rows - tried.length;
  return (
    <>
      <Note tone={test.wrong.length ? "bad" : "good"}>{text("tested", { count: test.rows, wrong: test.wrong.length })}</Note>
      {test.wrong.length > 0 && (
        <DataTable
          label={text("wrong")}
          columns={columns(text, (row) => tried[row.index - kept]?.input ?? text("sample"))}
          rows={test.wrong}
          rowKey={(row) => String(row.index)}
          empty=""
        />
      )}
    </>
  );
}

function columns(text: Text<keyof typeof messages.en>, input: (row: EvaluatedRow) => string): Column<EvaluatedRow>[] {
  const word = (flagged: boolean) => text(flagged ? "flagged" : "passes");
  return [
    { title: text("text"), cell: input },
    { title: text("should"), cell: (row) => word(row.wanted.flagged) },
    { title: text("did"), cell: (row) => `${word(row.flagged)} (${row.action})` },
  ];
}
