// Adding a source, and changing what it reads and when.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../../api/client";
import { ApiError } from "../../../api/errors";
import { useText } from "../../../i18n/text";
import { toast } from "../../../ui/toast";
import { Form, Submit, useSending } from "../../../ui/form";
import { Field, Select } from "../../../ui/ui";
import { storesQuery } from "../queries";
import { messages } from "./messages";
import { schedule, SCHEDULES, type Source } from "./sources";

interface Draft {
  kind: "web" | "git";
  url: string;
  store: string | null;
  acl: string;
  branch: string;
  include: string;
  exclude: string;
  maxPages: string;
  maxDepth: string;
  minutes: string;
}

const lines = (text: string): string[] => text.split(/[\n,]/).flatMap((one) => one.trim() || []);

const EMPTY: Draft = {
  kind: "web",
  url: "",
  store: null,
  acl: "public",
  branch: "",
  include: "",
  exclude: "",
  maxPages: "500",
  maxDepth: "10",
  minutes: "1440",
};

function draftOf(source: Source): Draft {
  return {
    ...EMPTY,
    kind: source.kind,
    url: source.url,
    store: source.vector_store_id,
    branch: source.branch ?? "",
    include: (source.include ?? []).join("\n"),
    exclude: (source.exclude ?? []).join("\n"),
    maxPages: String(source.max_pages ?? EMPTY.maxPages),
    maxDepth: String(source.max_depth ?? EMPTY.maxDepth),
    minutes: String(source.schedule_minutes ?? 0),
  };
}

function scope(draft: Draft) {
  const of = { include: lines(draft.include), exclude: lines(draft.exclude), schedule_minutes: Number(draft.minutes) || null };
  if (draft.kind === "git") return { ...of, branch: draft.branch.trim() || null };
  return { ...of, max_pages: Number(draft.maxPages), max_depth: Number(draft.maxDepth) };
}

function send(source: Source | null, draft: Draft): Promise<Source> {
  if (source) return answer(api.POST("/v1/sources/{source_id}", { params: { path: { source_id: source.id } }, body: scope(draft) }));
  const fixed = { kind: draft.kind, url: draft.url.trim(), vector_store_id: draft.store ?? "", acl: lines(draft.acl) };
  // What only changes name has its default here: the description makes required what has one.
  const defaults = { include: [], exclude: [], max_pages: 500, max_depth: 10 };
  return answer(api.POST("/v1/sources", { body: { ...defaults, ...scope(draft), ...fixed } }));
}

/** `source` null adds one. */
export function SourceForm({ source, onDone }: { source: Source | null; onDone: (source: Source) => void }) {
  const text = useText(messages);
  const queries = useQueryClient();
  const stores = useQuery(storesQuery);
  const [draft, setDraft] = useState(source ? draftOf(source) : EMPTY);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const sending = useSending(async () => {
    const done = await send(source, draft);
    await Promise.all(["sources", "source"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    if (source) toast(text("saved"));
    onDone(done);
  });
  const { error } = sending;
  const refused = (field: string) => (error instanceof ApiError && error.param?.startsWith(field) ? error.message : undefined);
  const options = (stores.data ?? []).map((store) => ({ id: store.id, name: store.name || store.id }));
  return (
    <Form
      sending={sending}
      buttons={<Submit isReady={draft.url.trim() !== "" && Boolean(draft.store)}>{text(source ? "save" : "add")}</Submit>}
    >
      {!source && (
        <>
          <Select
            label={text("kind")}
            options={(["web", "git"] as const).map((id) => ({ id, name: text(`kind.${id}`) }))}
            value={draft.kind}
            onChange={(kind) => set({ kind: kind as Draft["kind"] })}
          />
          <Field
            label={text("url")}
            help={text(`url.${draft.kind}`)}
            value={draft.url}
            onChange={(url) => set({ url })}
            error={refused("url")}
            type="url"
            isRequired
          />
          <Select label={text("store")} options={options} value={draft.store} onChange={(store) => set({ store })} />
          <Field label={text("acl")} help={text("aclHelp")} value={draft.acl} onChange={(acl) => set({ acl })} error={refused("acl")} />
        </>
      )}
      <Select
        label={text("schedule")}
        options={[...new Set([...SCHEDULES, draft.minutes])].map((id) => ({ id, name: schedule(Number(id), text) }))}
        value={draft.minutes}
        onChange={(minutes) => set({ minutes })}
      />
      <ScopeFields draft={draft} set={set} refused={refused} />
    </Form>
  );
}

interface ScopeProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  refused: (field: string) => string | undefined;
}

function ScopeFields({ draft, set, refused }: ScopeProps) {
  const text = useText(messages);
  return (
    <>
      {draft.kind === "git" && (
        <Field label={text("branch")} value={draft.branch} onChange={(branch) => set({ branch })} error={refused("branch")} />
      )}
      <Field
        label={text("include")}
        help={text(`include.${draft.kind}`)}
        value={draft.include}
        onChange={(include) => set({ include })}
        error={refused("include")}
        rows={2}
      />
      <Field label={text("exclude")} value={draft.exclude} onChange={(exclude) => set({ exclude })} error={refused("exclude")} rows={2} />
      {draft.kind === "web" && (
        <>
          <Field
            label={text("maxPages")}
            value={draft.maxPages}
            onChange={(maxPages) => set({ maxPages })}
            error={refused("max_pages")}
            inputMode="numeric"
          />
          <Field
            label={text("maxDepth")}
            value={draft.maxDepth}
            onChange={(maxDepth) => set({ maxDepth })}
            error={refused("max_depth")}
            inputMode="numeric"
          />
        </>
      )}
    </>
  );
}
