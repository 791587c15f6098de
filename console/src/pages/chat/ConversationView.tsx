import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";

import type { Agent, Model, Reference } from "../../api/shapes";
import { useText } from "../../i18n/text";
import { toast } from "../../ui/toast";
import { Button, useExplain } from "../../ui/ui";
import { AttachmentBar } from "./AttachmentBar";
import { useAttachments } from "./attachments";
import { Choices } from "./Choices";
import { Composer } from "./Composer";
import type { Answerer, Conversation, Stretch } from "./conversation";
import { messages } from "./messages";
import { type TurnProps, TurnView } from "./TurnView";
import type { Turn } from "./turns";

interface Props {
  conversation: Conversation;
  agents: readonly Agent[];
  models: readonly Model[];
  answerer: Answerer;
  onAnswerer: (answerer: Answerer) => void;
  model: string | null;
  onModel: (model: string | null) => void;
  onFirst: () => void;
  onSource: (reference: Reference) => void;
  source: Reference | null;
}

export function ConversationView({ conversation, agents, models, answerer, onAnswerer, model, onModel, onFirst, onSource, source }: Props) {
  const text = useText(messages);
  const stretches = useSyncExternalStore(conversation.subscribe, () => conversation.stretches);
  const busy = useSyncExternalStore(conversation.subscribe, () => conversation.busy);
  const attachments = useAttachments(conversation.session);
  const [dropping, setDropping] = useState(false);
  const log = useFollowing(stretches);

  const ask = useCallback(
    (question: string, images: readonly string[] = [], other: string | null = model, again = false) => {
      if (answerer.kind === "agent" && !conversation.stretches.length) onFirst();
      const vectorStores = attachments.store ? [attachments.store] : [];
      void conversation.ask({ text: question, images, answerer, model: other, vectorStores, again });
    },
    [answerer, attachments.store, conversation, model, onFirst],
  );
  const askAgain = useCallback<typeof ask>((question, images, other) => ask(question, images, other, true), [ask]);

  const canAttach = answerer.kind === "agent" && attachments.allowed;
  return (
    <div
      className="conversation"
      data-dropping={dropping || undefined}
      onDragOver={(event) => {
        if (!canAttach || !event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={(event) => event.currentTarget === event.target && setDropping(false)}
      onDrop={(event) => {
        if (!canAttach) return;
        event.preventDefault();
        setDropping(false);
        attachments.add([...event.dataTransfer.files]);
      }}
    >
      <div className="log" ref={log} role="log" aria-label={text("log")} aria-live="off" aria-busy={busy} tabIndex={0}>
        {conversation.hasOlder && <Older conversation={conversation} log={log} />}
        {stretches.length === 0 && <Hello isPlain={answerer.kind === "model"} />}
        {stretches.map(({ key, turns }) => (
          <StretchView
            key={key}
            turns={turns}
            conversation={conversation}
            models={models}
            onAsk={askAgain}
            onSource={onSource}
            source={source}
            plain={answerer.kind === "model"}
          />
        ))}
      </div>
      <Spoken conversation={conversation} busy={busy} />
      <div className="composer-area">
        <AttachmentBar attachments={attachments} />
        <Composer
          busy={busy}
          waiting={attachments.pending}
          canAttach={canAttach}
          seesImages={
            answerer.kind === "model" && (models.find((one) => one.id === (model ?? answerer.name))?.abilities.includes("vision") ?? false)
          }
          onAttach={attachments.add}
          onSend={ask}
          onStop={() => conversation.stop()}
        >
          <Choices agents={agents} models={models} answerer={answerer} onAnswerer={onAnswerer} model={model} onModel={onModel} />
        </Composer>
      </div>
      {dropping && <div className="drop-note">{text("drop")}</div>}
    </div>
  );
}

const StretchView = memo(function StretchView({ turns, ...props }: Omit<TurnProps, "turn"> & { turns: readonly Turn[] }) {
  return (
    <div className="stretch">
      {turns.map((turn) => (
        <TurnView key={turn.key} turn={turn} {...props} />
      ))}
    </div>
  );
});

function Hello({ isPlain }: { isPlain: boolean }) {
  const text = useText(messages);
  return (
    <div className="hello">
      <img src="/icon.svg" alt="" width="48" height="48" />
      <h1>{text("hello.title")}</h1>
      <p>{text(isPlain ? "hello.plain" : "hello.body")}</p>
    </div>
  );
}

/** Keeps the place that is read where it is while older messages come above it. */
function Older({ conversation, log }: { conversation: Conversation; log: React.RefObject<HTMLDivElement | null> }) {
  const text = useText(messages);
  const explain = useExplain();
  const [busy, setBusy] = useState(false);
  async function load() {
    setBusy(true);
    const height = log.current?.scrollHeight ?? 0;
    try {
      await conversation.load();
    } catch (error) {
      toast(explain(error), "bad");
    }
    setBusy(false);
    requestAnimationFrame(() => log.current?.scrollBy({ top: log.current.scrollHeight - height, behavior: "instant" }));
  }
  return (
    <Button tone="quiet" className="older" isDisabled={busy} onPress={() => void load()}>
      {text("older")}
    </Button>
  );
}

const NEAR = 90;

/** Scrolls with what grows at the end, until the person scrolls away from it. */
function useFollowing(stretches: readonly Stretch[]): React.RefObject<HTMLDivElement | null> {
  const log = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  useLayoutEffect(() => {
    const element = log.current;
    if (element && following.current) element.scrollTop = element.scrollHeight;
  }, [stretches]);
  useEffect(() => {
    const element = log.current;
    if (!element) return;
    const scrolled = () => {
      following.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    };
    const grown = new ResizeObserver(() => {
      if (following.current) element.scrollTop = element.scrollHeight;
    });
    const watched = new MutationObserver(() => watch());
    const watch = () => {
      grown.disconnect();
      const last = element.lastElementChild;
      if (last) grown.observe(last);
    };
    watch();
    watched.observe(element, { childList: true });
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      grown.disconnect();
      watched.disconnect();
      element.removeEventListener("scroll", scrolled);
    };
  }, []);
  return log;
}

/** Tells screen readers where an answer is, without reading every token to them. */
function Spoken({ conversation, busy }: { conversation: Conversation; busy: boolean }) {
  const text = useText(messages);
  const was = useRef(false);
  const [told, setTold] = useState("");
  useEffect(() => {
    if (busy) setTold(text("stage.writing"));
    else if (was.current) {
      const last = conversation.turn(conversation.turns.at(-1)?.key ?? "");
      setTold(`${text("status.ready")} ${last?.text ?? ""}`);
    }
    was.current = busy;
  }, [busy, conversation, text]);
  return (
    <div className="sr-only" role="status">
      {told}
    </div>
  );
}
