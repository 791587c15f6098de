// A run as it goes on: its state read anew at every event, and what its models are writing.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { answer, api, download } from "../../api/client";
import { parseEvents } from "../../api/sse";
import type { Run } from "../../api/operator_shapes";

interface RunEvent {
  type: string;
  step?: string;
  delta?: string;
}

const PAUSE_MS = 1000;

const isEnded = (run: Run | undefined): boolean => run !== undefined && run.status !== "running";

export function useRun(id: string) {
  return useQuery({
    queryKey: ["run", id],
    queryFn: () => answer<Run>(api.GET("/v1/runs/{run_id}", { params: { path: { run_id: id } } })),
    refetchInterval: (query) => (isEnded(query.state.data) ? false : 3000),
  });
}

/** What is being written, by step; events also bring the run's state up to date. */
export function useWriting(run: Run | undefined): ReadonlyMap<string, string> {
  const queries = useQueryClient();
  const [written, setWritten] = useState<ReadonlyMap<string, string>>(new Map());
  const id = run && !isEnded(run) ? run.id : null;
  useEffect(() => {
    if (!id) return;
    const controller = new AbortController();
    const told = (event: RunEvent) => {
      if (event.type === "step.delta" && event.step) {
        const { step, delta } = event;
        setWritten((before) => new Map(before).set(step, (before.get(step) ?? "") + (delta ?? "")));
      } else {
        // An attempt writes from its first word on, whatever one before it had written.
        if (event.type === "step.started" && event.step) {
          const { step } = event;
          setWritten((before) => new Map(before).set(step, ""));
        }
        void queries.invalidateQueries({ queryKey: ["run", id] });
      }
    };
    void follow(id, told, controller.signal);
    return () => controller.abort();
  }, [id, queries]);
  return written;
}

/** All events of a run to its end; a broken connection is taken up again behind the last event. */
async function follow(id: string, told: (event: RunEvent) => void, signal: AbortSignal): Promise<void> {
  let last = "";
  while (!signal.aborted) {
    try {
      const headers = last ? { "last-event-id": last } : {};
      const response = await download(`/v1/runs/${id}/events`, headers, signal);
      for await (const event of parseEvents(decoded(response))) {
        if (event.name === "done") return;
        if (event.id) last = event.id;
        told(JSON.parse(event.data) as RunEvent);
      }
    } catch {
      // Polling shows the run's state all the same.
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function* decoded(response: Response): AsyncGenerator<string> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
