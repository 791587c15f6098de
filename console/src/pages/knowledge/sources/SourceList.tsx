import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { moment, useText } from "../../../i18n/text";
import { type Column, DataTable } from "../../../ui/data";
import { ModalDialog } from "../../../ui/dialogs";
import { Back, Badge, Button, Empty, ErrorNote, Loading, Page } from "../../../ui/ui";
import { messages } from "./messages";
import { SourceForm } from "./SourceForm";
import { cause, COUNTS, schedule, type Source, sourcesQuery, type Told } from "./sources";

export function SourceList() {
  const text = useText(messages);
  const [, navigate] = useLocation();
  const sources = useQuery(sourcesQuery);
  const [adding, setAdding] = useState(false);
  const add = (
    <Button tone="primary" onPress={() => setAdding(true)}>
      <Plus aria-hidden size={16} /> {text("add")}
    </Button>
  );
  return (
    <Page title={text("title")} lead={text("lead")} actions={add}>
      <div className="row">
        <Back href="/knowledge" label={text("stores")} />
      </div>
      {sources.error && <ErrorNote error={sources.error} />}
      {sources.isPending && <Loading label={text("loading")} />}
      {sources.data?.length === 0 && <Empty title={text("none")} body={text("noneBody")} />}
      {sources.data && sources.data.length > 0 && (
        <DataTable label={text("title")} columns={columns(text)} rows={sources.data} rowKey={(one) => one.id} empty={text("none")} />
      )}
      <ModalDialog title={text("add")} isOpen={adding} onClose={() => setAdding(false)}>
        <SourceForm
          source={null}
          onDone={(made) => {
            setAdding(false);
            navigate(`/knowledge/sources/${made.id}`);
          }}
        />
      </ModalDialog>
    </Page>
  );
}

function columns(text: Told): Column<Source>[] {
  return [
    { title: text("url"), cell: (one) => <Link href={`/knowledge/sources/${one.id}`}>{one.url}</Link> },
    { title: text("kind"), cell: (one) => text(`kind.${one.kind}`) },
    { title: text("status"), cell: (one) => <SourceState source={one} /> },
    { title: text("schedule"), cell: (one) => schedule(one.schedule_minutes, text) },
    { title: text("last"), cell: (one) => (one.ended_at ? moment(one.ended_at) : text("never")) },
    { title: text("counts"), cell: (one) => <Counts source={one} /> },
  ];
}

const TONES = { new: "info", syncing: "info", completed: "good", failed: "bad" } as const;

export function SourceState({ source }: { source: Source }) {
  const text = useText(messages);
  return (
    <>
      <Badge tone={TONES[source.status]}>{text(`status.${source.status}`)}</Badge>
      {source.last_error && <p className="cause">{cause(source.last_error, text)}</p>}
    </>
  );
}

export function Counts({ source }: { source: Source }) {
  const text = useText(messages);
  const told = COUNTS.filter((name) => source.counts[name]).map((name) => text(`counts.${name}`, { count: source.counts[name] ?? 0 }));
  return <>{told.join(" · ") || text("never")}</>;
}
