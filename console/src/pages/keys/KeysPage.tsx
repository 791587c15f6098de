// Keys of a tenant, made, shown once and revoked; and for operators the tenants themselves.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api } from "../../api/client";
import type { Key } from "../../api/operator_shapes";
import type { List } from "../../api/shapes";
import { useScope } from "../../app/me";
import { moment, type Text, useText } from "../../i18n/text";
import { type Column, DataTable } from "../../ui/data";
import { Confirm } from "../../ui/dialogs";
import { toast } from "../../ui/toast";
import { Badge, Button, ErrorNote, Loading, Page, useExplain } from "../../ui/ui";
import { TenantSelect } from "../usage/UsagePage";
import { messages } from "./messages";
import { NewKey } from "./NewKey";
import { Tenants } from "./Tenants";

type Told = Text<keyof typeof messages.en>;

export default function KeysPage() {
  const text = useText(messages);
  const explain = useExplain();
  const queries = useQueryClient();
  const operator = useScope("operator");
  const [tenant, setTenant] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const query = tenant ? { tenant } : {};
  const keys = useQuery({ queryKey: ["keys", tenant], queryFn: () => answer<List<Key>>(api.GET("/v1/keys", { params: { query } })) });
  const refresh = () => void queries.invalidateQueries({ queryKey: ["keys"] });
  const revoke = async (key: Key) => {
    try {
      await answer(api.DELETE("/v1/keys/{key_id}", { params: { path: { key_id: key.id }, query } }));
      toast(text("revoked"));
      refresh();
    } catch (error) {
      toast(explain(error), "bad");
    }
  };
  return (
    <Page
      title={text("title")}
      lead={text("lead")}
      actions={
        <Button tone="primary" onPress={() => setAdding(true)}>
          {text("add")}
        </Button>
      }
    >
      {operator && <TenantSelect value={tenant} onChange={setTenant} />}
      <h2>{text("keys")}</h2>
      {keys.error && <ErrorNote error={keys.error} />}
      {keys.isPending ? (
        <Loading label={text("loading")} />
      ) : (
        <DataTable
          label={text("keys")}
          columns={columns(text, (key) => void revoke(key))}
          rows={keys.data?.data ?? []}
          rowKey={(key) => key.id}
          empty={text("keys.none")}
        />
      )}
      {adding && <NewKey tenant={tenant} onMade={refresh} onClose={() => setAdding(false)} />}
      {operator && <Tenants />}
    </Page>
  );
}

type State = "active" | "revoked" | "expired";

function state(key: Key, now: number): State {
  if (key.revoked_at) return "revoked";
  return key.expires_at && key.expires_at <= now ? "expired" : "active";
}

function columns(text: Told, revoke: (key: Key) => void): Column<Key>[] {
  const now = Date.now() / 1000;
  return [
    { title: text("id"), cell: (key) => <code>{key.id}</code> },
    { title: text("user"), cell: (key) => key.user },
    { title: text("groups"), cell: (key) => key.groups.join(", ") || "–" },
    {
      title: text("scopes"),
      cell: (key) => (
        <span className="row">
          {key.scopes.map((scope) => (
            <Badge key={scope}>{scope}</Badge>
          ))}
          {key.allowed_origins && (
            <small className="soft block">
              {text("published", { agent: key.agent ?? "", origins: key.allowed_origins.join(", "), count: key.requests_per_minute ?? 0 })}
            </small>
          )}
        </span>
      ),
    },
    {
      title: text("created"),
      cell: (key) => (
        <>
          {moment(key.created_at)} <small className="soft block">{text("createdBy", { user: key.created_by })}</small>
        </>
      ),
    },
    { title: text("expires"), cell: (key) => (key.expires_at ? moment(key.expires_at) : text("never")) },
    {
      title: text("status"),
      cell: (key) => <Badge tone={state(key, now) === "active" ? "good" : "plain"}>{text(`status.${state(key, now)}`)}</Badge>,
    },
    {
      title: "",
      cell: (key) =>
        !key.revoked_at && (
          <Confirm
            trigger={<Button tone="quiet">{text("revoke")}</Button>}
            title={text("revokeTitle", { id: key.id })}
            body={text("revokeBody")}
            action={text("revoke")}
            onConfirm={() => revoke(key)}
          />
        ),
    },
  ];
}
