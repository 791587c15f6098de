// One run: the chain lighting up, each step's prompt and answer, replay, and what differs from the run it did again.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { answer, api } from "../../api/client";
import type { ChainVersion, Run, RunDiff } from "../../api/operator_shapes";
import { moment, number, usd, useText } from "../../i18n/text";
import { Json } from "../../ui/data";
import { Confirm } from "../../ui/dialogs";
import { toast } from "../../ui/toast";
import { Button, ErrorNote, Loading, Note, useExplain } from "../../ui/ui";
import { RunBadge } from "./ChainSheet";
import { Graph } from "./Graph";
import { graph, lights } from "./graph";
import { messages } from "./messages";
import { StepList } from "./StepList";
import { useRun, useWriting } from "./watching";

export function RunSheet({ chain, run: id }: { chain: string; run: string }) {
  const text = useText(messages);
  const run = useRun(id);
  const writing = useWriting(run.data);
  return (
    <div className="stack">
      <Link href={`/chains/${encodeURIComponent(chain)}`}>{text("back", { chain })}</Link>
      {run.error && <ErrorNote error={run.error} />}
      {run.data ? <Loaded run={run.data} writing={writing} /> : <Loading label={text("loading")} />}
    </div>
  );
}

function Loaded({ run, writing }: { run: Run; writing: ReadonlyMap<string, string> }) {
  const text = useText(messages);
  const path = { name: run.chain, version: String(run.version) };
  const version = useQuery({
    queryKey: ["chains", run.chain, run.version],
    queryFn: () => answer<ChainVersion>(api.GET("/v1/chains/{name}/versions/{version}", { params: { path } })),
    staleTime: Infinity,
  });
  return (
    <>
      <div className="row">
        <h2>
          <code>{run.id}</code>
        </h2>
        <RunBadge status={run.status} />
        <Actions run={run} />
      </div>
      <p className="soft">
        {moment(run.created_at)} · {run.created_by ?? text("trigger")} · {text("version", { version: run.version })} ·{" "}
        {number(run.usage.input_tokens + run.usage.output_tokens)} {text("column.tokens")} · {usd(run.cost_usd)}
      </p>
      {run.replay_of && (
        <p>
          <Link href={`/chains/${encodeURIComponent(run.chain)}/runs/${run.replay_of}`}>{text("replayOf", { run: run.replay_of })}</Link>
        </p>
      )}
      {run.error && <Note tone="bad">{run.error.message ?? JSON.stringify(run.error)}</Note>}
      <div className="split">
        {version.data && (
          <section className="stack" aria-label={text("graph")}>
            <Graph nodes={graph(version.data.document.steps)} lights={lights(run.steps ?? [])} />
          </section>
        )}
        <section className="stack">
          <h3>{text("steps")}</h3>
          <StepList run={run} writing={writing} />
        </section>
      </div>
      {run.output !== null && run.output !== undefined && (
        <section className="stack">
          <h3>{text("output")}</h3>
          <Json value={run.output} label={text("output")} />
        </section>
      )}
      {run.replay_of && run.status !== "running" && <Difference run={run} />}
    </>
  );
}

function Actions({ run }: { run: Run }) {
  const text = useText(messages);
  const explain = useExplain();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  const path = { run_id: run.id };
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    try {
      await act();
    } catch (error) {
      toast(explain(error), "bad");
    } finally {
      setBusy(false);
    }
  };
  const cancel = async () => {
    await answer(api.POST("/v1/runs/{run_id}/cancel", { params: { path } }));
    toast(text("cancelled"));
    await queries.invalidateQueries({ queryKey: ["run", run.id] });
  };
  const replay = async () => {
    const again = await answer<Run>(api.POST("/v1/runs/{run_id}/replay", { params: { path }, body: { prompts: {}, wait_seconds: 0 } }));
    navigate(`/chains/${encodeURIComponent(run.chain)}/runs/${again.id}`);
  };
  if (run.status === "running") {
    return (
      <Confirm
        trigger={<Button isDisabled={busy}>{text("cancel")}</Button>}
        title={text("cancelTitle")}
        body={text("cancelBody")}
        action={text("cancel")}
        onConfirm={() => void attempt(cancel)}
      />
    );
  }
  return (
    <Button isDisabled={busy} onPress={() => void attempt(replay)}>
      {text("replay")}
    </Button>
  );
}

function Difference({ run }: { run: Run }) {
  const text = useText(messages);
  const diff = useQuery({
    queryKey: ["run", run.id, "diff"],
    queryFn: () => answer<RunDiff>(api.GET("/v1/runs/{run_id}/diff", { params: { path: { run_id: run.id } } })),
  });
  return (
    <section className="stack">
      <h3>{text("diff")}</h3>
      {diff.error && <ErrorNote error={diff.error} />}
      {diff.data && <Json value={{ run: diff.data.run, changed: diff.data.changed }} label={text("diff")} />}
    </section>
  );
}
