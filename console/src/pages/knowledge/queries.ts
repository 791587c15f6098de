// What the knowledge pages ask the API, each under the key that a change of it makes stale.
import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "../../api/client";
import type { List, StoredFile, StoreFile, VectorStore } from "../../api/shapes";

/** While something is being read the pages look again so often (ms). */
const BUSY = 1200;

export const storesQuery = queryOptions({
  queryKey: ["stores"],
  queryFn: async () => (await answer<List<VectorStore>>(api.GET("/v1/vector_stores", { params: { query: { limit: 100 } } }))).data,
});

export const storeQuery = (id: string) =>
  queryOptions({
    queryKey: ["store", id],
    queryFn: () => answer<VectorStore>(api.GET("/v1/vector_stores/{vector_store_id}", { params: { path: { vector_store_id: id } } })),
    refetchInterval: ({ state }) => (state.data?.file_counts.in_progress ? BUSY : false),
  });

/** Every file that the caller may see, by id: members of stores know their files by id alone. */
export const filesQuery = queryOptions({
  queryKey: ["files"],
  queryFn: async () => {
    const list = await answer<List<StoredFile>>(api.GET("/v1/files"));
    return new Map(list.data.map((file) => [file.id, file]));
  },
});

export const fileQuery = (id: string) =>
  queryOptions({
    queryKey: ["file", id],
    queryFn: () => answer<StoredFile>(api.GET("/v1/files/{file_id}", { params: { path: { file_id: id } } })),
  });

/** The documents of a store that the caller may see, newest first. */
export const membersQuery = (store: string) =>
  queryOptions({
    queryKey: ["members", store],
    queryFn: async () => {
      const members: StoreFile[] = [];
      for (let after: string | undefined; ;) {
        const query = { limit: 100, ...(after ? { after } : {}) };
        const page = await answer<List<StoreFile>>(
          api.GET("/v1/vector_stores/{vector_store_id}/files", { params: { path: { vector_store_id: store }, query } }),
        );
        members.push(...page.data);
        after = page.data.at(-1)?.id;
        if (!page.has_more || !after) return members;
      }
    },
    refetchInterval: ({ state }) => (state.data?.some((one) => one.status === "in_progress") ? BUSY : false),
  });

export interface Chunk {
  id: string;
  chunk_index: number;
  total_chunks: number;
  file_start: number;
  file_end: number;
  page: number | null;
  headings: string[];
  text: string;
}

export const memberQuery = (store: string, file: string) =>
  queryOptions({
    queryKey: ["member", store, file],
    queryFn: () =>
      answer<StoreFile>(
        api.GET("/v1/vector_stores/{vector_store_id}/files/{file_id}", { params: { path: { vector_store_id: store, file_id: file } } }),
      ),
  });

export const chunksQuery = (store: string, file: string) =>
  queryOptions({
    queryKey: ["chunks", store, file],
    queryFn: async () => {
      const path = { vector_store_id: store, file_id: file };
      return (
        await answer<List<Chunk>>(
          api.GET("/v1/vector_stores/{vector_store_id}/files/{file_id}/chunks", { params: { path, query: { limit: 1000 } } }),
        )
      ).data;
    },
  });
