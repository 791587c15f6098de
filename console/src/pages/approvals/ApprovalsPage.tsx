// The inbox of what waits for a person, with the exact arguments, and what was decided.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { Link } from "wouter";

import { moment, useText } from "../../i18n/text";
import { Json } from "../../ui/data";
import { toast } from "../../ui/toast";
import { Badge, Button, Empty, ErrorNote, Field, Loading, Page } from "../../ui/ui";
import { argumentsOf, decide, listed, type Verdict, type Waiting } from "./approvals";
import { messages } from "./messages";

export default function ApprovalsPage() {
  const text = useText(messages);
  const all = useQuery({ queryKey: ["approvals"], queryFn: listed, refetchInterval: 10_000 });
  const pending = (all.data ?? []).filter((one) => one.status === "pending");
  const decided = (all.data ?? []).filter((one) => one.status !== "pending");
  return (
    <Page title={text("title")} lead={text("lead")}>
      {all.error && <ErrorNote error={all.error} />}
      {all.isPending ? (
        <Loading label={text("loading")} />
      ) : (
        <Tabs className="tabs">
          <TabList aria-label={text("title")}>
            <Tab id="pending">
              {text("pending")} {pending.length > 0 && <Badge tone="warn">{pending.length}</Badge>}
            </Tab>
            <Tab id="decided">{text("decided")}</Tab>
          </TabList>
          <TabPanel id="pending">
            {pending.length === 0 && <Empty title={text("pending.none")} />}
            {pending.map((one) => (
              <Card key={one.id} approval={one} />
            ))}
          </TabPanel>
          <TabPanel id="decided">
            {decided.length === 0 && <Empty title={text("decided.none")} />}
            {decided.map((one) => (
              <Card key={one.id} approval={one} />
            ))}
          </TabPanel>
        </Tabs>
      )}
    </Page>
  );
}

const STATUSES = ["pending", "approved", "rejected", "expired", "void", "used"] as const;
type Status = (typeof STATUSES)[number];

function Card({ approval }: { approval: Waiting }) {
  const text = useText(messages);
  const open = approval.status === "pending";
  const about = useQuery({
    queryKey: ["approval", approval.id, approval.hash],
    queryFn: () => argumentsOf(approval),
    enabled: open || approval.kind === "chain",
  });
  const heading = approval.title ?? approval.tool ?? approval.step ?? approval.id;
  return (
    <article className="card" aria-label={heading}>
      <div className="row">
        <h2>{heading}</h2>
        <StatusBadge approval={approval} />
      </div>
      <p className="soft">
        {text("from", { user: approval.requested_by ?? text("trigger"), when: moment(approval.created_at) })}
        {approval.expires_at && open ? ` · ${text("expires", { when: moment(approval.expires_at) })}` : ""}
      </p>
      <dl className="facts">
        {approval.tool && <Fact label={text("tool")} value={approval.tool} />}
        {approval.agent && <Fact label={text("agent")} value={approval.agent} />}
        {approval.hash && <Fact label={text("hash")} value={approval.hash.slice(0, 16)} />}
        {approval.reason && <Fact label={text("reason")} value={approval.reason} />}
      </dl>
      {approval.run_id && <Link href={`/chains/${approval.chain}/runs/${approval.run_id}`}>{text("run")}</Link>}
      {about.error && <ErrorNote error={about.error} />}
      {about.data !== undefined && <Json value={about.data} label={text("arguments")} />}
      <Evidence value={approval.evidence} />
      {/* Nothing is decided that is not seen. */}
      {open && about.data !== undefined && <Decision approval={approval} />}
    </article>
  );
}

function Evidence({ value }: { value: unknown }) {
  const text = useText(messages);
  if (value === null || value === undefined) return null;
  return (
    <>
      <h3>{text("evidence")}</h3>
      <Json value={value} label={text("evidence")} />
    </>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}

function StatusBadge({ approval }: { approval: Waiting }) {
  const text = useText(messages);
  const known = STATUSES.find((one) => one === approval.status) ?? "void";
  const tones: Record<Status, "good" | "bad" | "warn" | "plain"> = {
    pending: "warn",
    approved: "good",
    used: "good",
    rejected: "bad",
    expired: "plain",
    void: "plain",
  };
  const status = text(`status.${known}`);
  return <Badge tone={tones[known]}>{approval.decided_by ? text("by", { status, user: approval.decided_by }) : status}</Badge>;
}

function Decision({ approval }: { approval: Waiting }) {
  const text = useText(messages);
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const send = async (verdict: Verdict) => {
    setBusy(true);
    try {
      await decide(approval, verdict, reason.trim());
      toast(text(verdict));
      await queries.invalidateQueries({ queryKey: ["approvals"] });
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="form">
      <Field label={text("reason")} help={text("reasonHelp")} value={reason} onChange={setReason} />
      {error !== null && <ErrorNote error={error} />}
      <div className="actions">
        <Button tone="danger" onPress={() => void send("rejected")} isDisabled={busy}>
          {text("reject")}
        </Button>
        <Button tone="primary" onPress={() => void send("approved")} isDisabled={busy}>
          {text("approve")}
        </Button>
      </div>
    </div>
  );
}
