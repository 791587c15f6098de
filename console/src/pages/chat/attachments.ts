// Documents that a person puts into a conversation: seen by themselves alone, in a vector store of that session, gone with time.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";

import { answer, api } from "../../api/client";
import type { List, StoreFile, VectorStore } from "../../api/shapes";
import { attach } from "../../api/upload";
import { useMe } from "../../app/me";
import { useExplain } from "../../ui/ui";

export interface Attachment {
  key: string;
  name: string;
  state: "uploading" | "reading" | "ready" | "failed";
  percent: number;
  reason: string;
  fileId: string | null;
}

export interface Attachments {
  allowed: boolean;
  /** The conversation's vector store, once there is one. */
  store: string | null;
  list: readonly Attachment[];
  pending: boolean;
  add: (files: File[]) => void;
  remove: (attachment: Attachment) => void;
}

/** How the API names the store of a session, by which it is told from those that data owners keep. */
export const ATTACHMENTS = "chat:";

let last = 0;

export function useAttachments(session: string): Attachments {
  const me = useMe();
  const explain = useExplain();
  const queries = useQueryClient();
  const allowed = me.scopes.includes("chat") && me.scopes.includes("knowledge:read");
  const name = `${ATTACHMENTS}${session}`;
  const stores = useQuery({ queryKey: ["stores"], queryFn: listStores, enabled: allowed });
  const [made, setMade] = useState<string | null>(null);
  const store = made ?? stores.data?.find((one) => one.name === name)?.id ?? null;
  const [list, setList] = useState<readonly Attachment[]>([]);
  const set = useCallback(
    (key: string, change: Partial<Attachment>) => setList((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one))),
    [],
  );

  async function put(file: File, key: string) {
    try {
      const { file: stored, vector_store_id: storeId } = await attach(file, session, me.user, (percent) => set(key, { percent }));
      set(key, { state: "reading", fileId: stored.id });
      setMade(storeId);
      const member = await read(storeId, stored.id);
      set(
        key,
        member.status === "completed" ? { state: "ready" } : { state: "failed", reason: member.last_error?.message ?? member.status },
      );
    } catch (error) {
      set(key, { state: "failed", reason: explain(error) });
    }
  }

  function add(files: File[]) {
    const fresh = files.map((file) => ({ file, key: `attachment-${++last}` }));
    setList((all) => [
      ...all,
      ...fresh.map(({ file, key }) => ({ key, name: file.name, state: "uploading" as const, percent: 0, reason: "", fileId: null })),
    ]);
    // The first one makes the conversation's store; only then do the others find it.
    const [first, ...others] = fresh.map(
      ({ file, key }) =>
        () =>
          put(file, key),
    );
    void first?.().then(() => {
      void queries.invalidateQueries({ queryKey: ["stores"] });
      for (const one of others) void one();
      return null;
    });
  }

  function remove(attachment: Attachment) {
    setList((all) => all.filter((one) => one.key !== attachment.key));
    if (attachment.fileId) void api.DELETE("/v1/attachments/{file_id}", { params: { path: { file_id: attachment.fileId } } });
  }

  return { allowed, store, list, pending: list.some((one) => one.state === "uploading" || one.state === "reading"), add, remove };
}

const listStores = async (): Promise<VectorStore[]> =>
  (await answer<List<VectorStore>>(api.GET("/v1/vector_stores", { params: { query: { limit: 100 } } }))).data;

async function read(store: string, file: string): Promise<StoreFile> {
  const path = { vector_store_id: store, file_id: file };
  for (;;) {
    const member = await answer<StoreFile>(api.GET("/v1/vector_stores/{vector_store_id}/files/{file_id}", { params: { path } }));
    if (member.status !== "in_progress") return member;
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
}
