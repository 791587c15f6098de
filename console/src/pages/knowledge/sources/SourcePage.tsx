// One source: how its last sync went, and what became of each page or file.

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import { Link, useLocation } from "wouter";

import { answer, api } from "../../../api/client";
import { moment, useText } from "../../../i18n/text";
import { type Column, DataTable } from "../../../ui/data";
import { Confirm, ModalDialog } from "../../../ui/dialogs";
import { toast } from "../../../ui/toast";
import { Back, Badge, Button, ErrorNote, Loading, Page, useExplain } from "../../../ui/ui";
import { Acl } from "../Documents";
import { storesQuery } from "../queries";
import { messages } from "./messages";
import { SourceForm } from "./SourceForm";
import { Counts, SourceState } from "./SourceList";
import { cause, documentsQuery, schedule, type Source, type SourceDocument, sourceQuery, type Told } from "./sources";

export function SourcePage({ id }: { id: string }) {
  const text = useText(messages);
  const [asked, setAsked] = useState<number | null>(null);
  const source = useQuery(sourceQuery(id, asked));
  if (source.error) return <ErrorNote error={source.error} />;
  if (!source.data) return <Loading label={text("loading")} />;
  return (
    <Page title={source.data.url} actions={<Actions source={source.data} onSync={() => setAsked(source.data.syncs)} />}>
      <div className="row">
        <Back href="/knowledge/sources" label={text("back")} />
      </div>
      <Facts source={source.data} />
      <Documents source={source.data} />
    </Page>
  );
}

function Actions({ source, onSync }: { source: Source; onSync: () => void }) {
  const text = useText(messages);
  const explain = useExplain();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [editing, setEditing] = useState(false);
  const path = { source_id: source.id };
  const tried = (work: Promise<unknown>, done: () => void) => {
    work.then(done, (error: unknown) => toast(explain(error), "bad"));
  };
  const sync = () =>
    tried(answer(api.POST("/v1/sources/{source_id}/sync", { params: { path } })), () => {
      toast(text("synced"));
      onSync();
    });
  const remove = () =>
    tried(answer(api.DELETE("/v1/sources/{source_id}", { params: { path } })), () => {
      toast(text("deleted"));
      void queries.invalidateQueries({ queryKey: ["sources"] });
      navigate("/knowledge/sources");
    });
  return (
    <>
      <Button tone="primary" onPress={sync} isDisabled={source.status === "syncing"}>
        <RefreshCw aria-hidden size={16} /> {text("sync")}
      </Button>
      <Button onPress={() => setEditing(true)}>{text("edit")}</Button>
      <Confirm
        trigger={<Button>{text("delete")}</Button>}
        title={text("deleteTitle")}
        body={text("deleteBody")}
        action={text("delete")}
        onConfirm={remove}
      />
      <ModalDialog title={text("editTitle")} isOpen={editing} onClose={() => setEditing(false)}>
        <SourceForm source={source} onDone={() => setEditing(false)} />
      </ModalDialog>
    </>
  );
}

function Facts({ source }: { source: Source }) {
  const text = useText(messages);
  const stores = useQuery(storesQuery);
  const store = stores.data?.find((one) => one.id === source.vector_store_id);
  return (
    <dl className="facts card" aria-live="polite">
      <dt>{text("status")}</dt>
      <dd>
        <SourceState source={source} />
      </dd>
      <dt>{text("counts")}</dt>
      <dd>
        <Counts source={source} />
      </dd>
      <dt>{text("last")}</dt>
      <dd>{source.ended_at ? moment(source.ended_at) : text("never")}</dd>
      <dt>{text("schedule")}</dt>
      <dd>{schedule(source.schedule_minutes, text)}</dd>
      <dt>{text("store")}</dt>
      <dd>
        <Link href={`/knowledge/${source.vector_store_id}`}>{store?.name || source.vector_store_id}</Link>
      </dd>
      <dt>{text("acl")}</dt>
      <dd>
        <Acl acl={source.acl} />
      </dd>
    </dl>
  );
}

function Documents({ source }: { source: Source }) {
  const text = useText(messages);
  const documents = useInfiniteQuery(documentsQuery(source.id));
  const { refetch } = documents;
  const progress = `${source.syncs} ${source.status} ${JSON.stringify(source.counts)}`;
  useEffect(() => void refetch(), [progress, refetch]);
  const rows = documents.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <section className="stack" aria-labelledby="documents">
      <h2 id="documents">{text("documents")}</h2>
      {documents.error && <ErrorNote error={documents.error} />}
      <DataTable
        label={text("documents")}
        columns={columns(text, source.vector_store_id)}
        rows={rows}
        rowKey={(one) => one.name}
        empty={text("documents.none")}
      />
      {documents.hasNextPage && (
        <Button tone="quiet" onPress={() => void documents.fetchNextPage()}>
          {text("documents.more")}
        </Button>
      )}
    </section>
  );
}

const TONES = { pending: "info", indexed: "good", failed: "bad", skipped: "warn" } as const;

function columns(text: Told, store: string): Column<SourceDocument>[] {
  return [
    {
      title: text("document"),
      cell: (one) => (one.file_id ? <Link href={`/knowledge/${store}/${one.file_id}`}>{one.name}</Link> : one.name),
    },
    { title: text("status"), cell: (one) => <Badge tone={TONES[one.status]}>{text(`state.${one.status}`)}</Badge> },
    { title: text("cause"), cell: (one) => (one.error ? cause(one.error, text) : "–") },
    { title: text("checked"), cell: (one) => (one.checked_at ? moment(one.checked_at) : "–") },
  ];
}
