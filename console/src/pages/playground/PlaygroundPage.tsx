// Models asked directly: any alias and parameters, two of them side by side.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useSearch } from "wouter";

import { answer, api } from "../../api/client";
import type { List, Model } from "../../api/shapes";
import { number, usd, useText } from "../../i18n/text";
import { Snippet } from "../../ui/Snippet";
import { curl, pythonCompletion } from "../../ui/snippets";
import { Button, ErrorNote, Field, Loading, Page, Select, Toggle } from "../../ui/ui";
import { ask, NO_REPLY, type Question, type Reply } from "./asking";
import { messages } from "./messages";

interface Asked {
  model: string;
  reply: Reply;
  error: unknown;
}

export default function PlaygroundPage() {
  const text = useText(messages);
  const wanted = new URLSearchParams(useSearch()).get("model");
  const models = useQuery({ queryKey: ["models", "all"], queryFn: () => answer<List<Model>>(api.GET("/v1/models")) });
  const chat = (models.data?.data ?? []).filter((model) => model.kind === "chat");
  if (models.isPending) return <Loading label={text("loading")} />;
  return (
    <Page title={text("title")} lead={text("lead")}>
      {models.error && <ErrorNote error={models.error} />}
      {chat[0] && <Bench key={wanted} models={chat} first={chat.find((model) => model.id === wanted)?.id ?? chat[0].id} />}
    </Page>
  );
}

function Bench({ models, first }: { models: readonly Model[]; first: string }) {
  const text = useText(messages);
  const [model, setModel] = useState(first);
  const [second, setSecond] = useState("");
  const [system, setSystem] = useState("");
  const [message, setMessage] = useState("");
  const [temperature, setTemperature] = useState("");
  const [tokens, setTokens] = useState("");
  const [stream, setStream] = useState(true);
  const [asked, begin, stop, busy] = useAnswers();
  const wrongTemperature = temperature !== "" && !(Number(temperature) >= 0 && Number(temperature) <= 2);
  const wrongTokens = tokens !== "" && !(Number.isInteger(Number(tokens)) && Number(tokens) >= 1);
  const question: Question = {
    model,
    messages: [...(system ? [{ role: "system" as const, content: system }] : []), { role: "user", content: message }],
    ...(temperature && !wrongTemperature ? { temperature: Number(temperature) } : {}),
    ...(tokens && !wrongTokens ? { max_completion_tokens: Number(tokens) } : {}),
    stream,
  };
  const options = models.map((one) => ({ id: one.id, name: one.id, note: one.description }));
  return (
    <div className="stack">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          begin([model, ...(second ? [second] : [])].map((name) => ({ ...question, model: name })));
        }}
      >
        <div className="split">
          <Select label={text("model")} options={options} value={model} onChange={setModel} />
          <Select
            label={text("second")}
            options={[{ id: "", name: text("second.none") }, ...options]}
            value={second}
            onChange={setSecond}
          />
        </div>
        <Field label={text("system")} value={system} onChange={setSystem} rows={2} />
        <Field label={text("message")} value={message} onChange={setMessage} rows={4} placeholder={text("messagePlaceholder")} isRequired />
        <div className="split">
          <Field
            label={text("temperature")}
            value={temperature}
            onChange={setTemperature}
            inputMode="decimal"
            error={wrongTemperature ? text("error.temperature") : undefined}
          />
          <Field
            label={text("maxTokens")}
            value={tokens}
            onChange={setTokens}
            inputMode="numeric"
            error={wrongTokens ? text("error.maxTokens") : undefined}
          />
        </div>
        <div className="row">
          <Toggle label={text("stream")} value={stream} onChange={setStream} />
          <Button tone="primary" type="submit" isDisabled={!message.trim() || wrongTemperature || wrongTokens || busy}>
            {text("ask")}
          </Button>
          {busy && <Button onPress={stop}>{text("stop")}</Button>}
        </div>
      </form>
      <div className={asked.length > 1 ? "split" : "stack"} aria-live="polite" aria-busy={busy}>
        {asked.map((one) => (
          <Shown key={one.model} asked={one} busy={busy} />
        ))}
      </div>
      <section className="stack" aria-labelledby="request">
        <h2 id="request">{text("request")}</h2>
        <Snippet title={text("curl")} code={curl("/v1/chat/completions", question, { stream })} />
        <Snippet title={text("python")} code={pythonCompletion({ ...question })} />
      </section>
    </div>
  );
}

/** The answers to the questions asked last; asking again and leaving the page end what is still being written. */
function useAnswers(): [readonly Asked[], (questions: readonly Question[]) => void, () => void, boolean] {
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  const [open, setOpen] = useState(0);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const begin = (questions: readonly Question[]) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const distinct = questions.filter((one, place) => questions.findIndex((other) => other.model === one.model) === place);
    setAsked(distinct.map(({ model }) => ({ model, reply: NO_REPLY, error: null })));
    setOpen(distinct.length);
    for (const question of distinct) {
      const change = (changes: Partial<Asked>) => {
        if (running.current !== controller) return;
        setAsked((all) => all.map((one) => (one.model === question.model ? { ...one, ...changes } : one)));
      };
      ask(question, (reply) => change({ reply }), controller.signal)
        .catch((error: unknown) => change(controller.signal.aborted ? {} : { error }))
        .finally(() => running.current === controller && setOpen((count) => count - 1));
    }
  };
  return [asked, begin, () => running.current?.abort(), open > 0];
}

function Shown({ asked, busy }: { asked: Asked; busy: boolean }) {
  const text = useText(messages);
  const { reply } = asked;
  const facts = [
    reply.firstMs !== null && text("first", { ms: number(Math.round(reply.firstMs)) }),
    reply.wholeMs !== null && text("whole", { seconds: number(reply.wholeMs / 1000, { maximumFractionDigits: 2 }) }),
    reply.input !== null && text("tokens", { input: number(reply.input), output: number(reply.output ?? 0) }),
    reply.cost !== null && text("cost", { cost: usd(reply.cost) }),
    reply.cache !== null && text("cache", { state: reply.cache }),
    reply.finish !== null && text("finish", { reason: reply.finish }),
  ].filter((fact) => typeof fact === "string");
  return (
    <section className="card" aria-label={text("answer", { model: asked.model })}>
      <h2>{asked.model}</h2>
      {asked.error !== null && <ErrorNote error={asked.error} />}
      {reply.text ? <p className="plain-text">{reply.text}</p> : busy && <p className="soft">{text("waiting")}</p>}
      <small className="soft">{facts.join(" · ")}</small>
    </section>
  );
}
