// The next version of a prompt, made from one that is there.

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import type { PromptVersion } from "../../api/operator_shapes";
import type { components } from "../../api/schema";
import { useText } from "../../i18n/text";
import { jsonObject } from "../../ui/json_object";
import { toast } from "../../ui/toast";
import { Button, ErrorNote, Field } from "../../ui/ui";
import { messages } from "./messages";

type NewPromptVersion = components["schemas"]["NewVersion"];

function draftOf({ description, messages: said, variables, model, parameters }: PromptVersion): string {
  return JSON.stringify({ description, messages: said, variables, model, parameters }, null, 2);
}

export function NewVersion({ version }: { version: PromptVersion }) {
  const text = useText(messages);
  const queries = useQueryClient();
  const [draft, setDraft] = useState(draftOf(version));
  const [error, setError] = useState<unknown>(null);
  const parsed = jsonObject(draft);
  const publish = async () => {
    setError(null);
    try {
      // The API checks the document's shape and names what is wrong with it.
      const body = { ...parsed, name: version.name } as unknown as NewPromptVersion;
      const made = await answer<PromptVersion>(api.POST("/v1/prompts", { body }));
      toast(text("published", { version: made.version }));
      await queries.invalidateQueries({ queryKey: ["prompts"] });
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        void publish();
      }}
    >
      <Field
        label={text("edit")}
        help={text("editHelp")}
        value={draft}
        onChange={setDraft}
        rows={20}
        error={parsed ? undefined : text("notJson")}
        className="field code"
      />
      {error !== null && <ErrorNote error={error} />}
      <div className="actions">
        <Button tone="primary" type="submit" isDisabled={!parsed}>
          {text("publish")}
        </Button>
      </div>
    </form>
  );
}
