// Making a key. Its secret is held by this dialog alone, until it is closed.

import { useState } from "react";

import { answer, api } from "../../api/client";
import type { Key } from "../../api/operator_shapes";
import { useText } from "../../i18n/text";
import { ModalDialog } from "../../ui/dialogs";
import { Form, Submit, useSending } from "../../ui/form";
import { Button, CopyButton, Field, Note, Select } from "../../ui/ui";
import { messages } from "./messages";

/** DESIGN's roles; the API refuses one that grants more than its maker has. */
const ROLES = ["user", "editor", "builder", "approver", "admin", "operator"] as const;
const EXPIRIES = ["0", "30", "90", "365"] as const;

interface NewKeyProps {
  tenant: string | null;
  onMade: () => void;
  onClose: () => void;
}

export function NewKey({ tenant, onMade, onClose }: NewKeyProps) {
  const text = useText(messages);
  const [made, setMade] = useState<string | null>(null);
  return (
    <ModalDialog title={text(made ? "madeTitle" : "add")} isOpen onClose={onClose}>
      {made ? (
        <Made value={made} onClose={onClose} />
      ) : (
        <Making
          tenant={tenant}
          onClose={onClose}
          onMade={(key) => {
            setMade(key);
            onMade();
          }}
        />
      )}
    </ModalDialog>
  );
}

function Made({ value, onClose }: { value: string; onClose: () => void }) {
  const text = useText(messages);
  return (
    <div className="form">
      <Note tone="warn">{text("madeBody")}</Note>
      <p className="row">
        <code data-testid="new-key">{value}</code> <CopyButton value={value} label={text("copy")} />
      </p>
      <div className="actions">
        <Button tone="primary" onPress={onClose}>
          {text("done")}
        </Button>
      </div>
    </div>
  );
}

function Making({ tenant, onMade, onClose }: { tenant: string | null; onMade: (key: string) => void; onClose: () => void }) {
  const text = useText(messages);
  const [user, setUser] = useState("");
  const [groups, setGroups] = useState("");
  const [role, setRole] = useState<string>("user");
  const [days, setDays] = useState<string>("90");
  const sending = useSending(async () => {
    const names = groups
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean);
    const expires_at = days === "0" ? null : Math.floor(Date.now() / 1000) + Number(days) * 86_400;
    const body = { user: user.trim(), groups: names, role, expires_at, ...(tenant ? { tenant } : {}) };
    onMade((await answer<Key & { key: string }>(api.POST("/v1/keys", { body }))).key);
  });
  return (
    <Form
      sending={sending}
      buttons={
        <>
          <Button onPress={onClose}>{text("cancel")}</Button>
          <Submit isReady={user.trim() !== ""}>{text("make")}</Submit>
        </>
      }
    >
      <Field label={text("user")} help={text("userHelp")} value={user} onChange={setUser} isRequired autoFocus />
      <Field label={text("groups")} help={text("groupsHelp")} value={groups} onChange={setGroups} />
      <Select label={text("role")} options={ROLES.map((id) => ({ id, name: id }))} value={role} onChange={setRole} />
      <Select label={text("expiry")} options={EXPIRIES.map((id) => ({ id, name: text(`expiry.${id}`) }))} value={days} onChange={setDays} />
    </Form>
  );
}
