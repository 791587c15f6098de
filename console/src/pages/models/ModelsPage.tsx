// Models: the catalogue as callers see it, how their targets are, where recent requests went.

import { useQuery } from "@tanstack/react-query";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { Link } from "wouter";

import { answer, api } from "../../api/client";
import type { List, Model } from "../../api/shapes";
import { useScope } from "../../app/me";
import { number, type Text, useText } from "../../i18n/text";
import { type Column, CsvButton, DataTable } from "../../ui/data";
import { Badge, ErrorNote, Loading, Page } from "../../ui/ui";
import { Decisions, Targets } from "./Health";
import { messages } from "./messages";

interface Listed extends Omit<Model, "kind"> {
  kind: "chat" | "embeddings" | "rerank" | "ocr";
  private_targets?: number;
  classes?: Record<string, string>;
}

export default function ModelsPage() {
  const text = useText(messages);
  const models = useQuery({ queryKey: ["models", "all"], queryFn: () => answer<List<Listed>>(api.GET("/v1/models")) });
  const [canBuild, isAdmin] = [useScope("build"), useScope("admin")];
  const table = columns(text);
  const rows = models.data?.data ?? [];
  return (
    <Page title={text("title")} lead={text("lead")} actions={<CsvButton name="models" columns={table} rows={rows} />}>
      {models.error && <ErrorNote error={models.error} />}
      {models.isPending ? (
        <Loading label={text("loading")} />
      ) : (
        <Tabs className="tabs">
          <TabList aria-label={text("title")}>
            <Tab id="catalogue">{text("catalogue")}</Tab>
            {canBuild && <Tab id="health">{text("health")}</Tab>}
            {isAdmin && <Tab id="decisions">{text("decisions")}</Tab>}
          </TabList>
          <TabPanel id="catalogue">
            <DataTable label={text("title")} columns={table} rows={rows} rowKey={(model) => model.id} empty={text("none")} />
          </TabPanel>
          <TabPanel id="health">
            <Targets />
          </TabPanel>
          <TabPanel id="decisions">
            <Decisions models={rows.map((model) => model.id)} />
          </TabPanel>
        </Tabs>
      )}
    </Page>
  );
}

function columns(text: Text<keyof typeof messages.en>): Column<Listed>[] {
  const price = (title: string, name: string): Column<Listed> => ({
    title,
    cell: (model) => (model.price ? number(model.price[name] ?? 0, { maximumFractionDigits: 4 }) : text("unknownPrice")),
    value: (model) => model.price?.[name] ?? null,
    numeric: true,
  });
  return [
    { title: text("alias"), cell: (model) => <Alias model={model} />, value: (model) => model.id },
    { title: text("kind"), cell: (model) => text(`kind.${model.kind}`), value: (model) => model.kind },
    {
      title: text("abilities"),
      cell: (model) => (
        <span className="row">
          {model.abilities.map((one) => (
            <Badge key={one}>{one}</Badge>
          ))}
        </span>
      ),
      value: (model) => model.abilities.join(" "),
    },
    {
      title: text("languages"),
      cell: (model) => model.languages.join(", ") || text("anyLanguage"),
      value: (model) => model.languages.join(" "),
    },
    {
      title: text("context"),
      cell: (model) => (model.context_length ? number(model.context_length) : "–"),
      value: (model) => model.context_length,
      numeric: true,
    },
    price(text("input"), "input"),
    price(text("output"), "output"),
    {
      title: text("try"),
      cell: (model) => model.kind === "chat" && <Link href={`/playground?model=${encodeURIComponent(model.id)}`}>{text("try")}</Link>,
    },
  ];
}

function Alias({ model }: { model: Listed }) {
  const text = useText(messages);
  const some = model.private_targets ?? 0;
  return (
    <span>
      <strong>{model.id}</strong>{" "}
      {model.private ? (
        <Badge tone="good">{text("private")}</Badge>
      ) : (
        some > 0 && <Badge tone="info">{text("private.some", { count: some })}</Badge>
      )}
      {model.description && <small className="soft block">{model.description}</small>}
      {model.classes && <small className="soft block">{text("classes", { names: Object.values(model.classes).join(", ") })}</small>}
    </span>
  );
}
