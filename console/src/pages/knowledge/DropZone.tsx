import { useQueryClient } from "@tanstack/react-query";
import { FolderUp } from "lucide-react";
import { useState } from "react";
import { DropZone as AriaDropZone, FileTrigger, isFileDropItem, Text } from "react-aria-components";

import { useText } from "../../i18n/text";
import { Badge, Bar, Button, Field } from "../../ui/ui";
import { MemberState } from "./Documents";
import { type Adding, type Added, addAll, filesIn } from "./adding";
import { messages } from "./messages";

export function DropZone({ store }: { store: string }) {
  const text = useText(messages);
  const queries = useQueryClient();
  const [acl, setAcl] = useState("public");
  const [added, setAdded] = useState<readonly Added[]>([]);

  function add(files: readonly Adding[]) {
    const from = added.length;
    setAdded([...added, ...files.map(({ path }) => ({ path, stage: "queued" as const, percent: 0, reason: "" }))]);
    const tell = (place: number, change: Partial<Added>) =>
      setAdded((all) => all.map((one, at) => (at === from + place ? { ...one, ...change } : one)));
    const rights = {
      acl: acl
        .split(",")
        .map((one) => one.trim())
        .filter(Boolean),
    };
    void addAll(store, files, rights, tell).finally(
      () => void Promise.all(["members", "store", "stores", "files"].map((key) => queries.invalidateQueries({ queryKey: [key] }))),
    );
  }
  const chosen = (list: FileList | null) => add([...(list ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name })));

  return (
    <div className="card">
      <AriaDropZone
        className="drop-zone"
        aria-label={text("drop.title")}
        getDropOperation={() => "copy"}
        onDrop={(event) => void filesIn(event.items.filter((item) => isFileDropItem(item) || item.kind === "directory")).then(add)}
      >
        <FolderUp aria-hidden size={26} />
        <Text slot="label">{text("drop.title")}</Text>
        <span className="soft">{text("drop.hint")}</span>
        <span className="row">
          <FileTrigger allowsMultiple onSelect={chosen}>
            <Button>{text("drop.choose")}</Button>
          </FileTrigger>
          <FileTrigger acceptDirectory onSelect={chosen}>
            <Button>{text("drop.folder")}</Button>
          </FileTrigger>
        </span>
      </AriaDropZone>
      <Field label={text("drop.acl")} help={text("acl.help")} value={acl} onChange={setAcl} />
      {added.length > 0 && <Progress added={added} onClear={() => setAdded([])} />}
    </div>
  );
}

function Progress({ added, onClear }: { added: readonly Added[]; onClear: () => void }) {
  const text = useText(messages);
  const done = added.filter((one) => one.stage === "completed").length;
  return (
    <section aria-label={text("drop.list")} className="adding">
      <div className="row">
        <Bar label={text("drop.done", { done, total: added.length })} share={done / added.length} />
        <Button tone="quiet" onPress={onClear}>
          {text("drop.clear")}
        </Button>
      </div>
      <ul>
        {added.map((one, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- the list only grows
          <li key={place}>
            <span className="adding-name">{one.path}</span>
            <Stage added={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Stage({ added }: { added: Added }) {
  const text = useText(messages);
  if (added.stage === "uploading") return <Badge tone="info">{text("stage.uploading", { percent: added.percent })}</Badge>;
  const isDone = added.stage === "completed" || added.stage === "failed" || added.stage === "cancelled";
  return (
    <span className="row">
      <MemberState member={isDone ? { status: added.stage as "failed", stage: null } : { status: "in_progress", stage: added.stage }} />
      {added.reason && <span className="cause">{added.reason}</span>}
    </span>
  );
}
