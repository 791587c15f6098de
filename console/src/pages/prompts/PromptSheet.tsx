// One prompt: a version of it, its labels, what it changed, and what can be done with it.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";

import { answer, api } from "../../api/client";
import type { Prompt, PromptVersion } from "../../api/operator_shapes";
import { moment, useText } from "../../i18n/text";
import { Json } from "../../ui/data";
import { Form, Submit, useSending } from "../../ui/form";
import { toast } from "../../ui/toast";
import { Badge, ErrorNote, Field, Loading, Select } from "../../ui/ui";
import { messages } from "./messages";
import { NewVersion } from "./NewVersion";
import { TestCall } from "./TestCall";

export function PromptSheet({ prompt }: { prompt: Prompt }) {
  const text = useText(messages);
  const [number, setNumber] = useState(String(prompt.version));
  const options = prompt.versions.map((one) => ({
    id: String(one.version),
    name: text("version", { version: one.version }),
    note: text("made", { when: moment(one.created_at), user: one.created_by }),
  }));
  const version = useQuery({
    queryKey: ["prompts", prompt.name, number],
    queryFn: () =>
      answer<PromptVersion>(api.GET("/v1/prompts/{name}/versions/{version}", { params: { path: { name: prompt.name, version: number } } })),
  });
  return (
    <div className="stack">
      <div className="row end">
        <Select label={text("versions")} options={options} value={number} onChange={setNumber} />
        {version.data?.labels.map((label) => (
          <Badge key={label} tone="good">
            {label}
          </Badge>
        ))}
      </div>
      {version.error && <ErrorNote error={version.error} />}
      {version.data ? <Version version={version.data} prompt={prompt} /> : <Loading label={text("loading")} />}
    </div>
  );
}

function Version({ version, prompt }: { version: PromptVersion; prompt: Prompt }) {
  const text = useText(messages);
  return (
    <Tabs className="tabs" key={version.version}>
      <TabList aria-label={version.name}>
        <Tab id="messages">{text("messages")}</Tab>
        <Tab id="diff">{text("diff")}</Tab>
        <Tab id="label">{text("label")}</Tab>
        <Tab id="test">{text("test")}</Tab>
        <Tab id="edit">{text("edit")}</Tab>
      </TabList>
      <TabPanel id="messages">
        <Content version={version} />
      </TabPanel>
      <TabPanel id="diff">
        <Difference version={version} prompt={prompt} />
      </TabPanel>
      <TabPanel id="label">
        <Labelling version={version} />
      </TabPanel>
      <TabPanel id="test">
        <TestCall version={version} />
      </TabPanel>
      <TabPanel id="edit">
        <NewVersion version={version} />
      </TabPanel>
    </Tabs>
  );
}

function Content({ version }: { version: PromptVersion }) {
  const text = useText(messages);
  const variables = Object.entries(version.variables);
  return (
    <>
      {version.description && <p>{version.description}</p>}
      <p>
        {text("model")}: {version.model ?? text("model.own")}
      </p>
      {version.messages.map((message) => (
        <Json key={`${message.role}: ${message.content}`} value={message.content} label={message.role} />
      ))}
      <h3>{text("variables")}</h3>
      {variables.length === 0 && <p className="soft">{text("variables.none")}</p>}
      <dl className="facts">
        {variables.map(([name, variable]) => (
          <Variable
            key={name}
            name={name}
            about={`${variable.type}${variable.required ? `, ${text("required")}` : ""} ${variable.description}`}
          />
        ))}
      </dl>
    </>
  );
}

function Variable({ name, about }: { name: string; about: string }) {
  return (
    <>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>{about}</dd>
    </>
  );
}

function Difference({ version, prompt }: { version: PromptVersion; prompt: Prompt }) {
  const text = useText(messages);
  const others = prompt.versions.filter((one) => one.version !== version.version);
  const [with_, setWith] = useState(others[0] ? String(others[0].version) : "");
  const diff = useQuery({
    queryKey: ["prompts", prompt.name, "diff", with_, version.version],
    queryFn: () =>
      answer<Record<string, unknown>>(
        api.GET("/v1/prompts/{name}/diff", {
          params: { path: { name: prompt.name }, query: { from: with_, to: String(version.version) } },
        }),
      ),
    enabled: with_ !== "",
  });
  if (others.length === 0) return <p className="soft">{text("diff.none")}</p>;
  return (
    <>
      <Select
        label={text("diff.with")}
        options={others.map((one) => ({ id: String(one.version), name: text("version", { version: one.version }) }))}
        value={with_}
        onChange={setWith}
      />
      {diff.error && <ErrorNote error={diff.error} />}
      {diff.data && <Json value={diff.data} label={text("diff")} />}
    </>
  );
}

function Labelling({ version }: { version: PromptVersion }) {
  const text = useText(messages);
  const queries = useQueryClient();
  const [label, setLabel] = useState("live");
  const sending = useSending(async () => {
    const path = { name: version.name, label: label.trim() };
    await answer(api.POST("/v1/prompts/{name}/labels/{label}", { params: { path }, body: { version: version.version } }));
    toast(text("labelSet", { label: path.label, version: version.version }));
    await queries.invalidateQueries({ queryKey: ["prompts"] });
  });
  return (
    <Form sending={sending}>
      <Field label={text("labelName")} help={text("labelHelp")} value={label} onChange={setLabel} isRequired />
      <div className="row">
        <Submit isReady={label.trim() !== ""}>{text("set", { version: version.version })}</Submit>
      </div>
    </Form>
  );
}
