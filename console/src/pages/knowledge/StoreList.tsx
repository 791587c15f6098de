import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { answer, api } from "../../api/client";
import type { VectorStore } from "../../api/shapes";
import { useScope } from "../../app/me";
import { bytes, number, useText } from "../../i18n/text";
import { ModalDialog } from "../../ui/dialogs";
import { Form, Submit, useSending } from "../../ui/form";
import { Badge, Button, Empty, ErrorNote, Field, Loading, Page } from "../../ui/ui";
import { messages } from "./messages";
import { storesQuery } from "./queries";

/** What the chat makes for documents of a conversation; see `chat/attachments.ts`. */
const OF_A_CHAT = "chat:";

export function StoreList() {
  const text = useText(messages);
  const canWrite = useScope("knowledge:write");
  const canRead = useScope("knowledge:read");
  const stores = useQuery(storesQuery);
  const [making, setMaking] = useState(false);
  const shown = stores.data?.filter((store) => !store.name.startsWith(OF_A_CHAT));
  const create = canWrite && (
    <Button tone="primary" onPress={() => setMaking(true)}>
      <Plus aria-hidden size={16} /> {text("stores.create")}
    </Button>
  );
  return (
    <Page title={text("title")} lead={text("lead")} actions={create}>
      {stores.error && <ErrorNote error={stores.error} />}
      {stores.isPending && <Loading label={text("loading")} />}
      {shown && (shown.length ? <Table stores={shown} /> : <Empty title={text("stores.none")} body={text("stores.noneBody")} />)}
      {shown && stores.data && shown.length < stores.data.length && <p className="soft">{text("stores.attachments")}</p>}
      {canWrite && (
        <p>
          <Link href="/knowledge/sources">{text("stores.sources")}</Link>
        </p>
      )}
      {canRead && (
        <p>
          <Link href="/knowledge/data">{text("stores.data")}</Link>
        </p>
      )}
      <Making isOpen={making} onClose={() => setMaking(false)} />
    </Page>
  );
}

function Table({ stores }: { stores: readonly VectorStore[] }) {
  const text = useText(messages);
  return (
    <div className="table-scroll" role="region" aria-label={text("title")} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text("stores.name")}</th>
            <th scope="col">{text("stores.state")}</th>
            <th scope="col" className="num">
              {text("stores.documents")}
            </th>
            <th scope="col" className="num">
              {text("stores.size")}
            </th>
          </tr>
        </thead>
        <tbody>
          {stores.map((store) => (
            <tr key={store.id}>
              <td>
                <Link href={`/knowledge/${store.id}`}>{store.name || store.id}</Link>
              </td>
              <td>
                <StoreState store={store} />
              </td>
              <td className="num">{number(store.file_counts.total)}</td>
              <td className="num">{bytes(store.usage_bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function StoreState({ store }: { store: VectorStore }) {
  const text = useText(messages);
  const { in_progress: working, failed } = store.file_counts;
  return (
    <span className="row">
      {working > 0 && <Badge tone="info">{text("state.working", { count: working })}</Badge>}
      {failed > 0 && <Badge tone="bad">{text("state.failed", { count: failed })}</Badge>}
      {working + failed === 0 && <Badge tone="good">{text("state.ready")}</Badge>}
    </span>
  );
}

function Making({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const text = useText(messages);
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const sending = useSending(async () => {
    const store = await answer<VectorStore>(api.POST("/v1/vector_stores", { body: { name: name.trim() } }));
    await queries.invalidateQueries({ queryKey: ["stores"] });
    onClose();
    navigate(`/knowledge/${store.id}`);
  });
  return (
    <ModalDialog title={text("stores.createTitle")} isOpen={isOpen} onClose={onClose}>
      <Form sending={sending} className="card plain" buttons={<Submit isReady={name.trim() !== ""}>{text("create")}</Submit>}>
        <Field label={text("stores.nameLabel")} value={name} onChange={setName} maxLength={256} autoFocus />
      </Form>
    </ModalDialog>
  );
}
