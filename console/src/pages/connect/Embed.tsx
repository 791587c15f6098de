// A chat for other web sites: a key that may stand in their pages, and the line of HTML that uses it.

import { useState } from "react";

import { answer, api } from "../../api/client";
import { ApiError } from "../../api/errors";
import type { Key } from "../../api/operator_shapes";
import { useScope } from "../../app/me";
import { useLanguage } from "../../app/preferences";
import { useText } from "../../i18n/text";
import { Form, Submit, useSending } from "../../ui/form";
import { Snippet } from "../../ui/Snippet";
import { Field, Note, Select } from "../../ui/ui";
import { messages } from "./messages";

const PACES = ["10", "30", "60", "300"] as const;
const EXPIRIES = ["0", "90", "365"] as const;
const DAY = 86_400;

export function Embed({ agent }: { agent: string }) {
  const text = useText(messages);
  const isAdmin = useScope("admin");
  const [made, setMade] = useState<string | null>(null);
  return (
    <section className="card" aria-labelledby="embed">
      <h2 id="embed">{text("embed")}</h2>
      <p>{text("embed.lead")}</p>
      {isAdmin ? <NewKey agent={agent} onMade={setMade} /> : <p className="soft">{text("embed.admin")}</p>}
      {made && <Note tone="good">{text("embed.made")}</Note>}
      <Tag agent={agent} value={made ?? "mk_…"} />
    </section>
  );
}

function Tag({ agent, value }: { agent: string; value: string }) {
  const text = useText(messages);
  const language = useLanguage();
  const attributes = { src: `${location.origin}/widget.js`, "data-agent": agent, "data-key": value, "data-language": language };
  const told = Object.entries(attributes).map(([name, one]) => `${name}="${quoted(one)}"`);
  return <Snippet title={text("embed.tag")} code={`<script ${told.join(" ")} async></script>`} />;
}

const quoted = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

function NewKey({ agent, onMade }: { agent: string; onMade: (key: string) => void }) {
  const text = useText(messages);
  const [origins, setOrigins] = useState("");
  const [pace, setPace] = useState<string>("30");
  const [days, setDays] = useState<string>("365");
  const allowed = origins.split(/[\s,]+/).filter(Boolean);
  const sending = useSending(async () => {
    const expires_at = days === "0" ? null : Math.floor(Date.now() / 1000) + Number(days) * DAY;
    const body = { user: `widget-${agent}`, groups: [], allowed_origins: allowed, agent, requests_per_minute: Number(pace), expires_at };
    onMade((await answer<Key & { key: string }>(api.POST("/v1/keys", { body }))).key);
  });
  const { error } = sending;
  const refused = error instanceof ApiError && error.param === "allowed_origins" ? error.message : undefined;
  return (
    <Form sending={sending}>
      <Field
        label={text("embed.origins")}
        help={text("embed.originsHelp")}
        value={origins}
        onChange={setOrigins}
        rows={2}
        placeholder="https://www.example.com"
        error={refused}
      />
      <div className="row end">
        <Select
          label={text("embed.pace")}
          options={PACES.map((id) => ({ id, name: text("embed.perMinute", { count: id }) }))}
          value={pace}
          onChange={setPace}
        />
        <Select
          label={text("embed.expiry")}
          options={EXPIRIES.map((id) => ({ id, name: text(`embed.expiry.${id}`) }))}
          value={days}
          onChange={setDays}
        />
        <Submit isReady={allowed.length > 0}>{text("embed.make")}</Submit>
      </div>
    </Form>
  );
}
