import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import type { StoredFile } from "../../api/shapes";
import { useScope } from "../../app/me";
import { DocumentView } from "../../documents/DocumentView";
import { useText } from "../../i18n/text";
import { ModalDialog } from "../../ui/dialogs";
import { toast } from "../../ui/toast";
import { Back, Button, ErrorNote, Field, Loading, Note, Page, useExplain } from "../../ui/ui";
import { Acl } from "./Documents";
import { messages } from "./messages";
import { type Chunk, chunksQuery, fileQuery, memberQuery, storeQuery } from "./queries";

/** A document beside the passages it was cut into; the one that is chosen is marked in it. */
export function DocumentPage({ store, file }: { store: string; file: string }) {
  const text = useText(messages);
  const stored = useQuery(fileQuery(file));
  const inside = useQuery(storeQuery(store));
  const member = useQuery(memberQuery(store, file));
  const failed = stored.error ?? member.error;
  if (failed) return <ErrorNote error={failed} />;
  if (!stored.data || !member.data) return <Loading label={text("loading")} />;
  return (
    <Page title={stored.data.filename}>
      <div className="row">
        <Back href={`/knowledge/${store}`} label={text("document.back", { store: inside.data?.name ?? store })} />
        <Acl acl={stored.data.acl} />
        <Rights file={stored.data} />
      </div>
      {member.data.version === null ? (
        <Note tone="bad">{text("document.notReady", { reason: member.data.last_error?.message ?? member.data.status })}</Note>
      ) : (
        <Beside store={store} file={file} version={member.data.version} />
      )}
    </Page>
  );
}

function Beside({ store, file, version }: { store: string; file: string; version: number }) {
  const text = useText(messages);
  const chunks = useQuery(chunksQuery(store, file));
  const [chosen, setChosen] = useState(0);
  if (chunks.error) return <ErrorNote error={chunks.error} />;
  if (!chunks.data) return <Loading label={text("loading")} />;
  const chunk = chunks.data[chosen];
  const place = {
    fileId: file,
    version,
    page: chunk?.page ?? 1,
    quote: chunk?.text ?? "",
    start: chunk?.file_start ?? 0,
    end: chunk?.file_end ?? 0,
  };
  return (
    <div className="beside">
      <section aria-label={text("document.original")}>
        <DocumentView place={place} />
      </section>
      <section aria-label={text("document.chunks")} className="chunks">
        <h2>{text("document.chunks")}</h2>
        <ol>
          {chunks.data.map((one) => (
            <ChunkItem key={one.id} chunk={one} isChosen={one.chunk_index === chosen} onChoose={() => setChosen(one.chunk_index)} />
          ))}
        </ol>
      </section>
    </div>
  );
}

function ChunkItem({ chunk, isChosen, onChoose }: { chunk: Chunk; isChosen: boolean; onChoose: () => void }) {
  const text = useText(messages);
  return (
    <li>
      <button type="button" className="chunk" aria-pressed={isChosen} onClick={onChoose}>
        <span className="soft">
          {text("document.chunk", { number: chunk.chunk_index + 1, total: chunk.total_chunks })}
          {chunk.page !== null && ` · ${text("document.page", { page: chunk.page })}`}
          {chunk.headings.length > 0 && ` · ${chunk.headings.join(" › ")}`}
        </span>
        <span className="chunk-text">{chunk.text}</span>
      </button>
    </li>
  );
}

function Rights({ file }: { file: StoredFile }) {
  const text = useText(messages);
  const explain = useExplain();
  const queries = useQueryClient();
  const canWrite = useScope("knowledge:write");
  const [open, setOpen] = useState(false);
  const [acl, setAcl] = useState(file.acl.join(", "));
  const [refused, setRefused] = useState<string | undefined>();
  if (!canWrite) return null;
  async function save() {
    const principals = acl.split(",").map((one) => one.trim());
    try {
      await answer(api.POST("/v1/files/{file_id}", { params: { path: { file_id: file.id } }, body: { acl: principals.filter(Boolean) } }));
      await Promise.all(["file", "files"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
      setOpen(false);
      toast(text("acl.saved"));
    } catch (error) {
      setRefused(explain(error));
    }
  }
  return (
    <>
      <Button tone="quiet" onPress={() => setOpen(true)}>
        {text("acl.edit")}
      </Button>
      <ModalDialog title={text("acl.title")} isOpen={open} onClose={() => setOpen(false)}>
        <form
          className="card plain"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <Field label={text("documents.acl")} help={text("acl.help")} value={acl} onChange={setAcl} error={refused} autoFocus />
          <div className="actions">
            <Button tone="primary" type="submit">
              {text("save")}
            </Button>
          </div>
        </form>
      </ModalDialog>
    </>
  );
}
