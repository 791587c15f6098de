// The steps of a run, each opened to its prompt, its answer and what it cost.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Disclosure, DisclosurePanel, Button as AriaButton, Heading } from "react-aria-components";
import { useLocation } from "wouter";

import { answer, api } from "../../api/client";
import type { Run, RunStep } from "../../api/operator_shapes";
import { number, usd, useText } from "../../i18n/text";
import { Json } from "../../ui/data";
import { toast } from "../../ui/toast";
import { Badge, Button, ErrorNote, useExplain } from "../../ui/ui";
import { lights, type Light, stepOf } from "./graph";
import { messages } from "./messages";

const TONES: Record<Light, "info" | "good" | "bad" | "warn" | "plain"> = {
  running: "info",
  completed: "good",
  failed: "bad",
  waiting: "warn",
  other: "plain",
};

export function StepList({ run, writing }: { run: Run; writing: ReadonlyMap<string, string> }) {
  return (
    <div className="stack">
      {(run.steps ?? []).map((step) => (
        <Step key={step.path} run={run} step={step} writing={writing.get(step.path) ?? ""} />
      ))}
    </div>
  );
}

function Step({ run, step, writing }: { run: Run; step: RunStep; writing: string }) {
  const text = useText(messages);
  const [open, setOpen] = useState(false);
  const light = lights([step]).get(stepOf(step.path)) ?? "other";
  return (
    <Disclosure className="card" isExpanded={open} onExpandedChange={setOpen}>
      <Heading>
        <AriaButton slot="trigger" className="button quiet">
          <code>{step.path}</code> <small className="soft">{step.kind}</small> <Badge tone={TONES[light]}>{text(`status.${light}`)}</Badge>
          {step.cost_usd !== null && <small>{usd(step.cost_usd)}</small>}
        </AriaButton>
      </Heading>
      {light === "running" && writing && (
        <p className="plain-text" aria-live="off">
          {writing}
        </p>
      )}
      <DisclosurePanel>{open && <Details run={run} step={step} />}</DisclosurePanel>
    </Disclosure>
  );
}

function Details({ run, step }: { run: Run; step: RunStep }) {
  const text = useText(messages);
  const path = { run_id: run.id, path: step.path };
  const whole = useQuery({
    queryKey: ["run", run.id, "step", step.path, step.status],
    queryFn: () => answer<RunStep>(api.GET("/v1/runs/{run_id}/steps/{path}", { params: { path } })),
  });
  return (
    <div className="stack">
      <p className="soft">
        {step.model && `${text("model")}: ${step.model} · `}
        {step.attempts !== null && `${text("attempts")}: ${number(step.attempts)}`}
        {step.reused_from && ` · ${text("reused")}`}
      </p>
      {whole.error && <ErrorNote error={whole.error} />}
      {step.error && <Json value={step.error} label={text("status.failed")} />}
      {whole.data?.rendered !== null && whole.data?.rendered !== undefined && (
        <>
          <h4>{text("prompt")}</h4>
          <Json value={whole.data.rendered} label={text("prompt")} />
        </>
      )}
      {whole.data?.result !== null && whole.data?.result !== undefined && (
        <>
          <h4>{text("result")}</h4>
          <Json value={whole.data.result} label={text("result")} />
        </>
      )}
      {run.status !== "running" && <ReplayFrom run={run} step={step.path} />}
    </div>
  );
}

function ReplayFrom({ run, step }: { run: Run; step: string }) {
  const text = useText(messages);
  const explain = useExplain();
  const [, navigate] = useLocation();
  const replay = async () => {
    try {
      const body = { from_step: step, prompts: {}, wait_seconds: 0 };
      const again = await answer<Run>(api.POST("/v1/runs/{run_id}/replay", { params: { path: { run_id: run.id } }, body }));
      navigate(`/chains/${encodeURIComponent(run.chain)}/runs/${again.id}`);
    } catch (error) {
      toast(explain(error), "bad");
    }
  };
  return (
    <div className="actions">
      <Button onPress={() => void replay()}>{text("replayFrom", { step })}</Button>
    </div>
  );
}
