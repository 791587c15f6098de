import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, Plus, X } from "lucide-react";
import { useMemo, useState } from "react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { Link, useLocation } from "wouter";

import { answer, api, download, save } from "../../api/client";
import type { List, Session } from "../../api/shapes";
import { useText } from "../../i18n/text";
import { ModalDialog } from "../../ui/dialogs";
import { toast } from "../../ui/toast";
import { Button, Field, IconButton, useExplain } from "../../ui/ui";
import { messages } from "./messages";

/** As many as the API gives at once; who has more searches by the title. */
const MANY = 1000;

interface Props {
  current: string;
  isOpen: boolean;
  onClose: () => void;
  onNew: () => void;
}

export function SessionList({ current, isOpen, onClose, onNew }: Props) {
  const text = useText(messages);
  const [wanted, setWanted] = useState("");
  const list = useQuery({
    queryKey: ["sessions"],
    queryFn: () => answer<List<Session>>(api.GET("/v1/sessions", { params: { query: { limit: MANY } } })),
  });
  const sessions = list.data?.data;
  const shown = useMemo(() => sessions?.filter((session) => matches(session.title, wanted)) ?? [], [sessions, wanted]);
  return (
    <aside className="sessions" data-open={isOpen || undefined} aria-label={text("sessions")}>
      <div className="row">
        <Button tone="plain" className="grow" onPress={onNew}>
          <Plus aria-hidden size={16} /> {text("sessions.new")}
        </Button>
        <IconButton className="sessions-close" label={text("sessions.close")} onPress={onClose}>
          <X aria-hidden size={18} />
        </IconButton>
      </div>
      <input
        type="search"
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
        placeholder={text("sessions.search")}
        aria-label={text("sessions.search")}
      />
      {sessions && shown.length === 0 && <p className="soft">{text(sessions.length ? "sessions.noneFound" : "sessions.none")}</p>}
      <ul>
        {shown.map((session) => (
          <Row key={session.id} session={session} isCurrent={session.id === current} onOpen={onClose} onGone={onNew} />
        ))}
      </ul>
    </aside>
  );
}

const plain = (words: string): string => words.normalize("NFC").toLocaleLowerCase();

/** Every word somewhere in the title, however it is written; Korean as it may be typed on different systems. */
function matches(title: string, wanted: string): boolean {
  return plain(wanted)
    .split(/\s+/)
    .every((word) => plain(title).includes(word));
}

function Row({ session, isCurrent, onOpen, onGone }: { session: Session; isCurrent: boolean; onOpen: () => void; onGone: () => void }) {
  const text = useText(messages);
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  const act = useActions(session);
  const title = session.title || text("sessions.untitled");
  const close = () => setDialog(null);
  return (
    <li className="session" aria-current={isCurrent || undefined}>
      <Link href={`/chat/${session.id}`} title={title} onClick={onOpen}>
        {title}
      </Link>
      <MenuTrigger>
        <IconButton label={text("sessions.menu", { title })}>
          <Ellipsis aria-hidden size={16} />
        </IconButton>
        <Popover className="popover" placement="bottom end">
          <Menu className="menu">
            <MenuItem onAction={() => setDialog("rename")}>{text("sessions.rename")}</MenuItem>
            <MenuItem onAction={() => void act.exported("markdown")}>{text("sessions.exportMarkdown")}</MenuItem>
            <MenuItem onAction={() => void act.exported("json")}>{text("sessions.exportJson")}</MenuItem>
            <MenuItem onAction={() => setDialog("delete")}>{text("sessions.delete")}</MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      <Rename isOpen={dialog === "rename"} title={session.title} onClose={close} onSave={(next) => void act.renamed(next).then(close)} />
      <ModalDialog title={text("sessions.deleteTitle")} isOpen={dialog === "delete"} onClose={close}>
        <p>{text("sessions.deleteBody", { title })}</p>
        <div className="actions">
          <Button onPress={close}>{text("edit.cancel")}</Button>
          <Button tone="danger" onPress={() => void act.deleted().then((gone) => gone && isCurrent && onGone())}>
            {text("sessions.delete")}
          </Button>
        </div>
      </ModalDialog>
    </li>
  );
}

function Rename({
  isOpen,
  title,
  onClose,
  onSave,
}: {
  isOpen: boolean;
  title: string;
  onClose: () => void;
  onSave: (title: string) => void;
}) {
  const text = useText(messages);
  const [draft, setDraft] = useState(title);
  return (
    <ModalDialog title={text("sessions.rename")} isOpen={isOpen} onClose={onClose}>
      <form
        className="card plain"
        onSubmit={(event) => {
          event.preventDefault();
          onSave(draft.trim());
        }}
      >
        <Field label={text("sessions.renameLabel")} value={draft} onChange={setDraft} maxLength={200} autoFocus />
        <div className="actions">
          <Button tone="primary" type="submit" isDisabled={!draft.trim()}>
            {text("save")}
          </Button>
        </div>
      </form>
    </ModalDialog>
  );
}

function useActions(session: Session) {
  const text = useText(messages);
  const explain = useExplain();
  const queries = useQueryClient();
  const [location] = useLocation();
  const params = { path: { session_id: session.id } };
  async function tried(work: Promise<unknown>): Promise<boolean> {
    try {
      await work;
      await queries.invalidateQueries({ queryKey: ["sessions"] });
      return true;
    } catch (error) {
      toast(explain(error), "bad");
      return false;
    }
  }
  return {
    renamed: (title: string) => tried(answer(api.PATCH("/v1/sessions/{session_id}", { params, body: { title } }))),
    deleted: async () => {
      const done = await tried(answer(api.DELETE("/v1/sessions/{session_id}", { params })));
      if (done) toast(text("sessions.deleted"));
      return done && location !== "/chat";
    },
    exported: (format: "markdown" | "json") =>
      tried(
        download(`/v1/sessions/${session.id}/export?format=${format}`)
          .then((response) => response.blob())
          .then((blob) => save(blob, `${session.title || session.id}.${format === "json" ? "json" : "md"}`)),
      ),
  };
}
