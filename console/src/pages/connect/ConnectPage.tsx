// A sheet per agent with what an application needs: addresses, guidance, snippets.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import type { Agent, List } from "../../api/shapes";
import { loadConfig } from "../../app/oidc";
import { useText } from "../../i18n/text";
import { curl } from "../../ui/snippets";
import { Snippet } from "../../ui/Snippet";
import { CopyButton, Empty, ErrorNote, Loading, Page, Select } from "../../ui/ui";
import { Embed } from "./Embed";
import { messages } from "./messages";

export default function ConnectPage() {
  const text = useText(messages);
  const [chosen, setChosen] = useState<string | null>(null);
  const agents = useQuery({ queryKey: ["agents"], queryFn: () => answer<List<Agent>>(api.GET("/v1/agents")) });
  const found = agents.data?.data ?? [];
  const agent = found.find((one) => one.name === chosen) ?? found[0];
  return (
    <Page title={text("title")} lead={text("lead")}>
      {agents.error && <ErrorNote error={agents.error} />}
      {agents.isPending && <Loading label={text("loading")} />}
      {agents.data && !agent && <Empty title={text("none")} />}
      {agent && (
        <>
          <Select
            label={text("agent")}
            options={found.map((one) => ({ id: one.name, name: one.name, note: one.description }))}
            value={agent.name}
            onChange={setChosen}
          />
          <Sheet name={agent.name} />
          <Embed key={agent.name} agent={agent.name} />
        </>
      )}
    </Page>
  );
}

function Sheet({ name }: { name: string }) {
  const text = useText(messages);
  const config = useQuery({ queryKey: ["config"], queryFn: loadConfig, staleTime: Infinity });
  const path = `/v1/agents/${encodeURIComponent(name)}/chat`;
  const body = { message: text("question"), stream: true };
  const facts: [string, string][] = [
    [text("baseUrl"), `${location.origin}/v1`],
    [text("agentUrl"), `POST ${location.origin}${path}`],
    [text("docs"), `${location.origin}/docs`],
    [text("auth"), "Authorization: Bearer $MARU_KEY"],
    [text("token"), config.data?.sign_in?.token_url ?? text("token.none")],
  ];
  return (
    <>
      <section className="card" aria-labelledby="facts">
        <h2 id="facts">{text("facts")}</h2>
        <dl className="facts">
          {facts.map(([label, value]) => (
            <Fact key={label} label={label} value={value} />
          ))}
        </dl>
      </section>
      <section className="card" aria-labelledby="guidance">
        <h2 id="guidance">{text("sessions")}</h2>
        <ul>
          {(["sessions.id", "sessions.timeout", "sessions.broken", "sessions.retry", "sessions.limits"] as const).map((key) => (
            <li key={key}>{text(key)}</li>
          ))}
        </ul>
      </section>
      <section className="stack" aria-labelledby="snippets">
        <h2 id="snippets">{text("snippets")}</h2>
        <Snippet title={text("curl")} code={curl(path, body, { stream: true })} />
        <Snippet title={text("python")} code={python(path, text("question"))} />
        <Snippet title={text("javascript")} code={javascript(path, text("question"))} />
      </section>
    </>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <code>{value}</code> <CopyButton value={value} label={label} size={14} />
      </dd>
    </>
  );
}

const python = (path: string, question: string): string => `import os

import httpx

answer = httpx.post(
    "${location.origin}${path}",
    headers={"Authorization": f"Bearer {os.environ['MARU_KEY']}"},
    json={"message": ${JSON.stringify(question)}},
    timeout=900,
)
answer.raise_for_status()
told = answer.json()
print(told["response"])
for one in told["references"]:
    print(one["index"], one["source"], one["page"], one["quote"])
print("session_id for the next message:", told["session_id"])`;

const javascript = (path: string, question: string): string => `const response = await fetch("${location.origin}${path}", {
  method: "POST",
  headers: { Authorization: \`Bearer \${process.env.MARU_KEY}\`, "Content-Type": "application/json" },
  body: JSON.stringify({ message: ${JSON.stringify(question)} }),
});
if (!response.ok) throw new Error(JSON.stringify(await response.json()));
const told = await response.json();
console.log(told.response);
for (const one of told.references) console.log(one.index, one.source, one.page, one.quote);
console.log("session_id for the next message:", told.session_id);`;
