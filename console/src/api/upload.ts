// Uploading a file with its progress: fetch tells nothing of how much has been sent, XMLHttpRequest does.
import { bearer } from "../app/session";
import { answer, api, authorised } from "./client";
import { toldError } from "./errors";
import type { StoredFile } from "./shapes";

/** What API Gateway and Lambda let through at once, with the form around it; larger files go in parts. */
const AT_ONCE = 4_400_000;
const PART = 4_000_000;

export interface Rights {
  /** Who may see it; null: the whole tenant. */
  acl: readonly string[] | null;
}

type Tell = (percent: number) => void;

/** Store a file. `tell` gets percents. Raises ApiError. */
export async function upload(file: File, rights: Rights, tell: Tell): Promise<StoredFile> {
  return file.size <= AT_ONCE ? whole(file, rights, tell) : inParts(file, rights, "assistants", tell);
}

export interface Attached {
  vector_store_id: string;
  file: StoredFile;
}

/** Put a file into a conversation, for its own person alone. What goes in parts needs the right to store documents. Raises ApiError. */
export async function attach(file: File, session: string, user: string, tell: Tell): Promise<Attached> {
  const form = new FormData();
  form.set("session_id", session);
  if (file.size <= AT_ONCE) form.set("file", file, file.name.normalize("NFC"));
  else form.set("file_id", (await inParts(file, { acl: [`user:${user}`] }, "user_data", tell)).id);
  return send<Attached>("/v1/attachments", form, file.size <= AT_ONCE ? tell : () => undefined);
}

async function whole(file: File, { acl }: Rights, tell: Tell): Promise<StoredFile> {
  const form = new FormData();
  form.set("purpose", "assistants");
  if (acl) form.set("acl", JSON.stringify(acl));
  form.set("file", file, file.name.normalize("NFC"));
  return send<StoredFile>("/v1/files", form, tell);
}

async function send<Answer>(path: string, form: FormData, tell: Tell): Promise<Answer> {
  const credential = await bearer();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("authorization", `Bearer ${credential ?? ""}`);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => tell(Math.round((100 * event.loaded) / Math.max(1, event.total))));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve(request.response as Answer);
      else reject(toldError(request.status, request.response, request.getResponseHeader("x-request-id")));
    });
    request.addEventListener("error", () => reject(new TypeError("the connection broke")));
    request.send(form);
  });
}

interface Upload {
  id: string;
  file?: StoredFile;
}

async function inParts(file: File, { acl }: Rights, purpose: "assistants" | "user_data", tell: Tell): Promise<StoredFile> {
  const begun = await answer<Upload>(
    api.POST("/v1/uploads", {
      body: {
        filename: file.name.normalize("NFC"),
        purpose,
        bytes: file.size,
        mime_type: file.type || "application/octet-stream",
        ...(acl ? { acl: [...acl] } : {}),
      },
    }),
  );
  const parts: string[] = [];
  for (let at = 0; at < file.size; at += PART) {
    const form = new FormData();
    form.set("data", file.slice(at, at + PART), "part");
    const response = await authorised(new URL(`/v1/uploads/${begun.id}/parts`, location.origin), { method: "POST", body: form });
    const told: unknown = await response.json().catch(() => null);
    if (!response.ok) throw toldError(response.status, told, response.headers.get("x-request-id"));
    parts.push((told as { id: string }).id);
    tell(Math.round((100 * Math.min(file.size, at + PART)) / file.size));
  }
  const done = await answer<Upload>(
    api.POST("/v1/uploads/{upload_id}/complete", { params: { path: { upload_id: begun.id } }, body: { part_ids: parts } }),
  );
  if (!done.file) throw toldError(500, null);
  return done.file;
}
