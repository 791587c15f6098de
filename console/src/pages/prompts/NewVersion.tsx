// The next version of a prompt, made from one that is there.

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import type { PromptVersion } from "../../api/operator_shapes";
import type { components } from "../../api/schema";
import { useText } from "../../i18n/text";
import { Form, JsonField, Submit, useSending } from "../../ui/form";
import { jsonObject } from "../../ui/json_object";
import { toast } from "../../ui/toast";
import { messages } from "./messages";

type NewPromptVersion = components["schemas"]["NewVersion"];

function draftOf({ description, messages: said, variables, model, parameters }: PromptVersion): string {
  return JSON.stringify({ description, messages: said, variables, model, parameters }, null, 2);
}

export function NewVersion({ version }: { version: PromptVersion }) {
  const text = useText(messages);
  const queries = useQueryClient();
  const [draft, setDraft] = useState(draftOf(version));
  const parsed = jsonObject(draft);
  const sending = useSending(async () => {
    // The API checks the document's shape and names what is wrong with it.
    const body = { ...parsed, name: version.name } as unknown as NewPromptVersion;
    const made = await answer<PromptVersion>(api.POST("/v1/prompts", { body }));
    toast(text("published", { version: made.version }));
    await queries.invalidateQueries({ queryKey: ["prompts"] });
  });
  return (
    <Form sending={sending} buttons={<Submit isReady={parsed !== null}>{text("publish")}</Submit>}>
      <JsonField label={text("edit")} help={text("editHelp")} value={draft} onChange={setDraft} rows={20} />
    </Form>
  );
}
