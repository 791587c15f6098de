// A version asked once with sample values.

import { useState } from "react";

import { answer, api } from "../../api/client";
import type { PromptVersion } from "../../api/operator_shapes";
import { useText } from "../../i18n/text";
import { Json } from "../../ui/data";
import { Form, Submit, useSending } from "../../ui/form";
import { Field } from "../../ui/ui";
import { messages } from "./messages";

interface Tested {
  messages: unknown;
  output: string | null;
  refusal?: string | null;
}

export function TestCall({ version }: { version: PromptVersion }) {
  const text = useText(messages);
  const names = Object.keys(version.variables);
  const [values, setValues] = useState<Record<string, string>>({});
  const [tested, setTested] = useState<Tested | null>(null);
  const sending = useSending(async () => {
    const variables = Object.fromEntries(
      names.filter((name) => values[name]).map((name) => [name, typed(values[name] ?? "", version.variables[name]?.type ?? "string")]),
    );
    const body = { version: String(version.version), variables };
    setTested(await answer<Tested>(api.POST("/v1/prompts/{name}/test", { params: { path: { name: version.name } }, body })));
  });
  return (
    <Form sending={sending}>
      {names.map((name) => (
        <Field
          key={name}
          label={name}
          help={version.variables[name]?.description ?? ""}
          value={values[name] ?? ""}
          onChange={(value) => setValues((all) => ({ ...all, [name]: value }))}
          rows={2}
        />
      ))}
      <div className="row">
        <Submit>{text("run")}</Submit>
        <span className="soft">{text("testHelp")}</span>
      </div>
      {tested && (
        <section className="stack" aria-live="polite">
          <h3>{text("answer")}</h3>
          <Json value={tested.output ?? tested.refusal ?? ""} label={text("answer")} />
          <h3>{text("messagesSent")}</h3>
          <Json value={tested.messages} label={text("messagesSent")} />
        </section>
      )}
    </Form>
  );
}

/** What was typed as a value of the variable's type; what is none is sent as it is, for the API to say what is wrong. */
function typed(value: string, type: string): unknown {
  if (type === "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
