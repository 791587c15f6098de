// Files and folders on their way into a store: a few at a time, each telling its stage.
import type { DropItem } from "react-aria-components";

import { answer, api } from "../../api/client";
import type { StoreFile } from "../../api/shapes";
import { type Rights, upload } from "../../api/upload";

export interface Adding {
  file: File;
  /** As it lay in its folder. */
  path: string;
}

export interface Added {
  path: string;
  stage: "queued" | "uploading" | "parse" | "chunk" | "embed" | "index" | "completed" | "failed" | "cancelled";
  percent: number;
  reason: string;
}

type Tell = (place: number, change: Partial<Added>) => void;

/** So many files are uploaded at the same time. */
const AT_ONCE = 3;
const POLL = 800;

/** Every file of what was dropped, folders walked through; what operating systems leave lying about is not among them. */
export async function filesIn(items: readonly DropItem[], folder = ""): Promise<Adding[]> {
  const found: Adding[] = [];
  for (const item of items) {
    if (item.kind === "file") found.push({ file: await item.getFile(), path: folder + item.name });
    else if (item.kind === "directory") {
      const inside: DropItem[] = [];
      for await (const entry of item.getEntries()) inside.push(entry);
      found.push(...(await filesIn(inside, `${folder}${item.name}/`)));
    }
  }
  return found.filter(({ file }) => !/^(\.|Thumbs\.db$|desktop\.ini$)/i.test(file.name));
}

export async function addAll(store: string, files: readonly Adding[], rights: Rights, tell: Tell): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < files.length) {
      const place = next++;
      await addOne(store, files[place] as Adding, rights, (change) => tell(place, change));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function addOne(store: string, { file }: Adding, rights: Rights, tell: (change: Partial<Added>) => void): Promise<void> {
  try {
    tell({ stage: "uploading" });
    const stored = await upload(file, rights, (percent) => tell({ percent }));
    const path = { vector_store_id: store, file_id: stored.id };
    let member = await answer<StoreFile>(
      api.POST("/v1/vector_stores/{vector_store_id}/files", { params: { path }, body: { file_id: stored.id } }),
    );
    while (member.status === "in_progress") {
      tell({ stage: (member.stage ?? "queued") as Added["stage"] });
      await new Promise((resolve) => setTimeout(resolve, POLL));
      member = await answer<StoreFile>(api.GET("/v1/vector_stores/{vector_store_id}/files/{file_id}", { params: { path } }));
    }
    tell({ stage: member.status, reason: member.last_error?.message ?? "" });
  } catch (error) {
    tell({ stage: "failed", reason: error instanceof Error ? error.message : "" });
  }
}
