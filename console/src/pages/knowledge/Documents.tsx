import { useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";

import { answer, api } from "../../api/client";
import type { StoredFile, StoreFile, VectorStore } from "../../api/shapes";
import { useScope } from "../../app/me";
import { moment, number, useText } from "../../i18n/text";
import { Confirm } from "../../ui/dialogs";
import { toast } from "../../ui/toast";
import { Badge, Button, Empty, ErrorNote, IconButton, Loading, useExplain } from "../../ui/ui";
import { messages } from "./messages";
import { filesQuery, membersQuery } from "./queries";

/** Rows shown at once. */
const MANY = 100;

export function Documents({ store }: { store: VectorStore }) {
  const text = useText(messages);
  const members = useQuery(membersQuery(store.id));
  const files = useQuery(filesQuery);
  const [shown, setShown] = useState(MANY);
  const failed = members.error ?? files.error;
  if (failed) return <ErrorNote error={failed} />;
  if (!members.data || !files.data) return <Loading label={text("loading")} />;
  const hidden = store.file_counts.total - members.data.length;
  const columns = ["name", "state", "chunks", "acl", "added", "actions"] as const;
  return (
    <>
      {members.data.length === 0 ? (
        <Empty title={text("documents.none")} />
      ) : (
        <div className="table-scroll" role="region" aria-label={text("tab.documents")} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                {columns.map((name) => (
                  <th key={name} scope="col" className={name === "chunks" ? "num" : undefined}>
                    {text(`documents.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {members.data.slice(0, shown).map((member) => (
                <Row key={member.id} member={member} file={files.data.get(member.id)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {members.data.length > shown && (
        <Button tone="quiet" onPress={() => setShown(shown + MANY)}>
          {text("documents.more")}
        </Button>
      )}
      {hidden > 0 && <p className="soft">{text("documents.hidden", { count: hidden })}</p>}
    </>
  );
}

function Row({ member, file }: { member: StoreFile; file: StoredFile | undefined }) {
  const text = useText(messages);
  const canWrite = useScope("knowledge:write");
  const name = file?.filename ?? member.id;
  const act = useMember(member);
  return (
    <tr>
      <td>
        <Link href={`/knowledge/${member.vector_store_id}/${member.id}`}>{name}</Link>
      </td>
      <td>
        <MemberState member={member} />
        {member.last_error && <p className="cause">{member.last_error.message}</p>}
      </td>
      <td className="num">{member.chunks === null ? "–" : number(member.chunks)}</td>
      <td>{file ? <Acl acl={file.acl} /> : "–"}</td>
      <td>{moment(member.created_at)}</td>
      <td>
        {canWrite && (
          <span className="row">
            {(member.status === "failed" || member.status === "cancelled") && (
              <IconButton label={text("documents.retry", { name })} onPress={() => void act.retry()}>
                <RotateCcw aria-hidden size={16} />
              </IconButton>
            )}
            <Confirm
              trigger={
                <IconButton label={text("documents.remove", { name })}>
                  <Trash2 aria-hidden size={16} />
                </IconButton>
              }
              title={text("documents.removeTitle")}
              body={text("documents.removeBody", { name })}
              action={text("documents.removeAction")}
              onConfirm={() => void act.remove()}
            />
          </span>
        )}
      </td>
    </tr>
  );
}

function useMember(member: StoreFile) {
  const explain = useExplain();
  const queries = useQueryClient();
  const path = { vector_store_id: member.vector_store_id, file_id: member.id };
  async function tried(work: Promise<unknown>) {
    try {
      await work;
      await Promise.all(["members", "store", "stores"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    } catch (error) {
      toast(explain(error), "bad");
    }
  }
  return {
    retry: () =>
      tried(
        answer(
          api.POST("/v1/vector_stores/{vector_store_id}/files", {
            params: { path: { vector_store_id: member.vector_store_id } },
            body: { file_id: member.id, attributes: member.attributes },
          }),
        ),
      ),
    remove: () => tried(answer(api.DELETE("/v1/vector_stores/{vector_store_id}/files/{file_id}", { params: { path } }))),
  };
}

const STAGES = new Set(["queued", "parse", "chunk", "embed", "index"]);
const TONES = { completed: "good", failed: "bad", cancelled: "warn", in_progress: "info" } as const;

export function MemberState({ member }: { member: Pick<StoreFile, "status" | "stage"> }) {
  const text = useText(messages);
  const stage = member.status === "in_progress" && member.stage && STAGES.has(member.stage) ? member.stage : member.status;
  return <Badge tone={TONES[member.status]}>{text(`stage.${stage as "queued"}`)}</Badge>;
}

export function Acl({ acl }: { acl: readonly string[] }) {
  const text = useText(messages);
  return (
    <span className="row acl">
      {acl.map((principal) => (
        <Badge key={principal}>{principal === "public" ? text("acl.everybody") : principal}</Badge>
      ))}
    </span>
  );
}
