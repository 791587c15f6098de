// The tenants of the platform, for operators.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import type { Tenant } from "../../api/operator_shapes";
import type { List } from "../../api/shapes";
import { type Text, useText } from "../../i18n/text";
import { type Column, DataTable } from "../../ui/data";
import { ModalDialog } from "../../ui/dialogs";
import { Form, Submit, useSending } from "../../ui/form";
import { toast } from "../../ui/toast";
import { Button, ErrorNote, Field } from "../../ui/ui";
import { messages } from "./messages";

export function Tenants() {
  const text = useText(messages);
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const tenants = useQuery({ queryKey: ["tenants"], queryFn: () => answer<List<Tenant>>(api.GET("/v1/tenants")) });
  return (
    <section className="stack" aria-labelledby="tenants">
      <div className="row">
        <h2 id="tenants">{text("tenants")}</h2>
        <Button onPress={() => setAdding(true)}>{text("tenants.add")}</Button>
      </div>
      {tenants.error && <ErrorNote error={tenants.error} />}
      <DataTable
        label={text("tenants")}
        columns={columns(text)}
        rows={tenants.data?.data ?? []}
        rowKey={(one) => one.id}
        empty={text("tenants.none")}
      />
      <ModalDialog title={text("tenants.add")} isOpen={adding} onClose={() => setAdding(false)}>
        <NewTenant
          onDone={() => {
            setAdding(false);
            void queries.invalidateQueries({ queryKey: ["tenants"] });
          }}
        />
      </ModalDialog>
    </section>
  );
}

function columns(text: Text<keyof typeof messages.en>): Column<Tenant>[] {
  return [
    { title: text("tenants.id"), cell: (one) => <code>{one.id}</code> },
    { title: text("tenants.name"), cell: (one) => one.name ?? "–" },
    { title: text("tenants.plan"), cell: (one) => one.plan ?? text("tenants.default") },
  ];
}

function NewTenant({ onDone }: { onDone: () => void }) {
  const text = useText(messages);
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [plan, setPlan] = useState("");
  const sending = useSending(async () => {
    const body = { id: id.trim(), ...(name.trim() ? { name: name.trim() } : {}), ...(plan.trim() ? { plan: plan.trim() } : {}) };
    await answer(api.POST("/v1/tenants", { body }));
    toast(text("tenants.made", { id: body.id }));
    onDone();
  });
  return (
    <Form
      sending={sending}
      buttons={
        <>
          <Button onPress={onDone}>{text("cancel")}</Button>
          <Submit isReady={id.trim() !== ""}>{text("tenants.add")}</Submit>
        </>
      }
    >
      <Field label={text("tenants.id")} help={text("tenants.idHelp")} value={id} onChange={setId} isRequired autoFocus />
      <Field label={text("tenants.name")} value={name} onChange={setName} />
      <Field label={text("tenants.plan")} help={text("tenants.default")} value={plan} onChange={setPlan} />
    </Form>
  );
}
