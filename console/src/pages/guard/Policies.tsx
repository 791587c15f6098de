// Policies as data: what is in force, edited and published as the next version.

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import type { GuardPolicy } from "../../api/operator_shapes";
import { useText } from "../../i18n/text";
import { Form, JsonField, Submit, useSending } from "../../ui/form";
import { jsonObject } from "../../ui/json_object";
import { toast } from "../../ui/toast";
import { Select } from "../../ui/ui";
import { messages } from "./messages";
import { documentOf } from "./policy_document";

export function Policies({ policies }: { policies: readonly GuardPolicy[] }) {
  const text = useText(messages);
  const [name, setName] = useState(policies[0]?.name ?? null);
  const policy = policies.find((one) => one.name === name);
  const options = policies.map((one) => ({
    id: one.name,
    name: one.name,
    note: one.version === 0 ? text("shipped") : text("version", { version: one.version }),
  }));
  return (
    <>
      <Select label={text("policy")} options={options} value={name} onChange={setName} />
      {policy && <Editor key={`${policy.name}@${policy.version}`} policy={policy} />}
    </>
  );
}

function Editor({ policy }: { policy: GuardPolicy }) {
  const text = useText(messages);
  const queries = useQueryClient();
  const [draft, setDraft] = useState(documentOf(policy));
  const parsed = jsonObject(draft);
  const sending = useSending(async () => {
    if (!parsed) return;
    const made = await answer<GuardPolicy>(api.POST("/v1/guard/policies", { body: parsed }));
    toast(text("published", { name: made.name, version: made.version }));
    await queries.invalidateQueries({ queryKey: ["policies"] });
  });
  return (
    <Form sending={sending} buttons={<Submit isReady={parsed !== null && draft !== documentOf(policy)}>{text("publish")}</Submit>}>
      <JsonField label={text("document")} value={draft} onChange={setDraft} rows={22} />
    </Form>
  );
}
